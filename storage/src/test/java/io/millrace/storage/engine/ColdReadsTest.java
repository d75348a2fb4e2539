package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.LogSlice;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.ReadResult;
import io.millrace.storage.disk.DiskException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ColdReadsTest {

    private static final Path FOLDER = Path.of("dir");
    private static final int MAX_OPEN = 4;

    private final FaultDisk disk = new FaultDisk(1);

    @BeforeEach
    void makeFolder() throws DiskException {
        disk.createDirectories(FOLDER);
    }

    private StoreFixture open() throws Exception {
        StorageConfig small = StorageConfig.SMALL;
        return StoreFixture.open(
                disk,
                FOLDER,
                new StorageConfig(
                        small.journal(),
                        small.producers(),
                        small.segments().maxDirtyBytes(),
                        MAX_OPEN,
                        MAX_OPEN,
                        64,
                        0));
    }

    private static ReadResult read(StoreFixture fixture, PartitionLog log, int maxBytes, boolean wholeFirstBatch) {
        ReadResult first = log.read(0, log.logEndOffset(), maxBytes, wholeFirstBatch);
        if (!(first instanceof ReadResult.Pending)) {
            return first;
        }
        fixture.settle();
        return log.read(0, log.logEndOffset(), maxBytes, wholeFirstBatch);
    }

    private static int sizeBytes(ReadResult result) {
        assertThat(result).isInstanceOf(ReadResult.Batches.class);
        ReadResult.Batches batches = (ReadResult.Batches) result;
        batches.slices().forEach(LogSlice::release);
        return batches.sizeBytes();
    }

    @Test
    void whoMayHaveAWholeBatchIsNotAnsweredWithTheNothingOfWhoMayNot() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = fixture.create("t", 0);
        for (int i = 0; i < 10; i++) {
            StoreFixture.append(log, "x".repeat(100_000));
        }
        fixture.settle();
        assertThat(sizeBytes(read(fixture, log, 50_000, false))).isZero();
        assertThat(sizeBytes(read(fixture, log, 50_000, true))).isGreaterThan(100_000);
        assertThat(sizeBytes(read(fixture, log, 50_000, false))).isZero();
    }

    @Test
    void aDeletedLogKeepsNoFileOpen() throws Exception {
        StoreFixture fixture = open();
        int before = disk.openFiles();
        PartitionLog log = fixture.create("t", 0);
        for (int i = 0; i < 10; i++) {
            StoreFixture.append(log, "x".repeat(100_000));
        }
        fixture.settle();
        assertThat(sizeBytes(read(fixture, log, 1 << 20, true))).isGreaterThan(100_000);
        assertThat(disk.openFiles()).isGreaterThan(before);
        boolean[] deleted = {false};
        fixture.store.delete(log, () -> deleted[0] = true);
        fixture.settle();
        assertThat(deleted[0]).isTrue();
        assertThat(disk.openFiles()).isEqualTo(before);
    }

    @Test
    void coldReadsOfManyLogsKeepFewFilesOpen() throws Exception {
        StoreFixture fixture = open();
        List<PartitionLog> logs = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            PartitionLog log = fixture.create("t" + i, 0);
            logs.add(log);
            for (int j = 0; j < 6; j++) {
                StoreFixture.append(log, "x".repeat(50_000));
            }
            fixture.settle();
        }
        int before = disk.openFiles();
        for (PartitionLog log : logs) {
            assertThat(sizeBytes(read(fixture, log, 1 << 20, true))).isGreaterThan(50_000);
        }
        fixture.settle();
        // A .log and its index for each that is kept or stood at.
        assertThat(disk.openFiles() - before).isLessThanOrEqualTo(4 * MAX_OPEN);
        fixture.close();
        assertThat(disk.openFiles()).isZero();
    }
}
