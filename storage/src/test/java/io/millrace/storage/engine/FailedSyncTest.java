package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.runtime.Randomness;
import io.millrace.storage.LogConfig;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.StorageFailure;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.tail.TailMemory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What one failed sync means for everybody who shares the directory. */
class FailedSyncTest {

    private static final Path FOLDER = Path.of("dir");
    private static final String FILLER = "f".repeat(50_000);

    private final FaultDisk disk = new FaultDisk(1);

    @BeforeEach
    void makeFolder() throws DiskException {
        disk.createDirectories(FOLDER);
    }

    /** Every checkpoint is one sync of the file system when {@code syncFileSystemFrom} is 1. */
    private static StorageConfig config(int maxOpenWriters, int syncFileSystemFrom) {
        StorageConfig small = StorageConfig.SMALL;
        return new StorageConfig(
                small.journal(), small.producers(), 1 << 20, 16, maxOpenWriters, syncFileSystemFrom, 0);
    }

    /** A directory with a store for each of two shards, on one thread. */
    private final class TwoShards {

        private final ManualLoop loop = new ManualLoop();
        private final ManualLanes lanes = new ManualLanes();
        private final List<List<StorageFailure>> failures = List.of(new ArrayList<>(), new ArrayList<>());
        private final List<LogStore> stores = new ArrayList<>();
        private final LogDirectory directory;

        TwoShards(StorageConfig config) throws StorageStartException {
            Random random = new Random(5);
            directory = LogDirectory.open(
                    disk,
                    FOLDER,
                    config,
                    new TailMemory(64 << 20, 1 << 20),
                    2,
                    id -> id.partition() % 2,
                    loop,
                    new Randomness() {
                        @Override
                        public long nextLong() {
                            return random.nextLong();
                        }

                        @Override
                        public int nextInt(int bound) {
                            return random.nextInt(bound);
                        }
                    });
            for (int shard = 0; shard < 2; shard++) {
                List<StorageFailure> told = failures.get(shard);
                stores.add(directory.store(shard, loop, lanes, new StoreListener() {
                    @Override
                    public void failed(StorageFailure failure) {
                        told.add(failure);
                    }

                    @Override
                    public void refusing(@Nullable String cause) {}
                }));
            }
        }

        PartitionLog create(int partition) {
            return stores.get(partition).create(StoreFixture.identity("t", partition), LogConfig.DEFAULT);
        }

        void settle() {
            boolean ran = true;
            while (ran) {
                ran = loop.turn();
                ran |= lanes.step();
            }
        }

        void close() {
            boolean[] done = {false, false};
            stores.get(0).close(() -> done[0] = true);
            stores.get(1).close(() -> done[1] = true);
            settle();
            assertThat(done).containsExactly(true, true);
        }
    }

    @Test
    void aFileSystemSyncThatFailsForOneShardLosesNothingOfTheOther() throws Exception {
        TwoShards process = new TwoShards(config(16, 1));
        PartitionLog a = process.create(0);
        PartitionLog b = process.create(1);
        for (int i = 0; i < 8; i++) {
            StoreFixture.append(a, i + FILLER);
            StoreFixture.append(b, i + FILLER);
        }
        process.settle();
        assertThat(b.syncedEndOffset()).isEqualTo(8);

        disk.syncFaults().failOf("dir", DiskException.Kind.FAILED);
        for (int i = 0; i < 60 && !disk.syncFaults().isSpent(); i++) {
            StoreFixture.append(a, i + FILLER);
            process.settle();
        }
        assertThat(disk.syncFaults().isSpent()).as("a checkpoint was due").isTrue();
        assertThat(process.failures.get(0)).hasSize(1);
        assertThat(process.failures.get(1)).hasSize(1);
        process.close();
        assertThatThrownBy(process.directory::markClean).isInstanceOf(DiskException.class);

        disk.powerLoss();
        StoreFixture again = StoreFixture.open(disk, FOLDER, config(16, 1));
        assertThat(again.directory.cleanlyStopped()).isFalse();
        assertThat(again.directory.damages()).isEmpty();
        assertThat(again.log("t", 1).logEndOffset()).isEqualTo(8);
    }

    @Test
    void aSyncThatAnswersNoSpaceIsNotTriedAgain() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER, config(1, 64));
        PartitionLog a = fixture.create("a", 0);
        PartitionLog b = fixture.create("b", 0);
        for (int i = 0; i < 8; i++) {
            StoreFixture.append(a, i + FILLER);
        }
        fixture.settle();
        // With one open writer, a's segment is synced to make place for b's.
        disk.syncFaults().failOf(".log", DiskException.Kind.FULL);
        for (int i = 0; i < 8; i++) {
            StoreFixture.append(b, i + FILLER);
        }
        fixture.settle();
        assertThat(disk.syncFaults().isSpent()).isTrue();
        assertThat(fixture.failures).hasSize(1);
        assertThat(fixture.fulls).isEmpty();
        fixture.close();
        assertThatThrownBy(fixture.directory::markClean).isInstanceOf(DiskException.class);

        disk.powerLoss();
        StoreFixture again = StoreFixture.open(disk, FOLDER, config(1, 64));
        assertThat(again.directory.damages()).isEmpty();
        assertThat(again.directory.cleanlyStopped()).isFalse();
        assertThat(again.log("a", 0).logEndOffset()).isEqualTo(8);
    }
}
