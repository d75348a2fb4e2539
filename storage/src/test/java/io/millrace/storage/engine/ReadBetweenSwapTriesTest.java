package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.record.RecordBatchBuilder;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.storage.AppendResult;
import io.millrace.storage.LogConfig;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.ReadResult;
import io.millrace.storage.StorageFailure;
import io.millrace.storage.compaction.CompactionSlot;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A compacted segment has its file in place, and the sync of the folder behind that found no free descriptor: until the next try
 * the file is not what the log's row says, and nothing is damaged.
 */
class ReadBetweenSwapTriesTest {

    private static final Path FOLDER = Path.of("dir");
    private static final int BATCHES = 60;
    private static final int KEYS = 10;

    private final FaultDisk disk = new FaultDisk(1);
    private final OutOfDescriptors files = new OutOfDescriptors(disk);
    private final List<String> answers = new ArrayList<>();
    private StoreFixture fixture;

    /** Passes all on; once, behind the rename of a swap file, a folder cannot be opened. */
    private static final class OutOfDescriptors extends HookedDisk {
        private boolean watched;
        private boolean due;
        private boolean met;

        OutOfDescriptors(Disk real) {
            super(real);
        }

        @Override
        public void rename(Path from, Path to) throws DiskException {
            super.rename(from, to);
            due |= watched && !met && from.toString().endsWith(".swap");
        }

        @Override
        public void syncDirectory(Path folder) throws DiskException {
            if (due) {
                due = false;
                met = true;
                throw new DiskException(DiskException.Kind.TOO_MANY_OPEN_FILES, "open", folder, null);
            }
            super.syncDirectory(folder);
        }
    }

    @BeforeEach
    void open() throws Exception {
        disk.createDirectories(FOLDER);
        fixture = StoreFixture.open(files, FOLDER, StorageConfig.SMALL.withCompaction(new CompactionSlot()));
    }

    /** Sixty batches of ten keys each in segments of such a size, compacted to larger ones; the first swap has failed once. */
    private PartitionLog betweenTries(int segmentBytes) {
        LogConfig kept = LogConfig.DEFAULT.withSegmentBytes(1 << 20).withRetention(-1, -1);
        PartitionLog log = fixture.store.create(StoreFixture.identity("t", 0), kept.withSegmentBytes(segmentBytes));
        for (int i = 0; i < BATCHES; i++) {
            append(log, i);
            fixture.settle();
        }
        log.highWatermark(log.syncedEndOffset());
        files.watched = true;
        log.reconfigure(
                kept.withCleanup(LogConfig.Cleanup.COMPACT, new LogConfig.Compaction(0.1, 0, Long.MAX_VALUE, 1000)));
        while (!files.met) {
            boolean ran = fixture.loop.turn();
            ran |= fixture.lanes.step();
            if (!ran) {
                fixture.loop.advanceMs(1000);
            }
        }
        fixture.settle();
        return log;
    }

    private AppendResult append(PartitionLog log, int number) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(256, 1 << 20)) {
            for (int key = 0; key < KEYS; key++) {
                byte[] name = ("key-" + key).getBytes(StandardCharsets.UTF_8);
                builder.append(fixture.loop.wallMs() + (long) number * KEYS + key, name, new byte[10_000]);
            }
            return log.appendAsLeader(builder.build(), 0, ValidationRules.Origin.CLIENT);
        }
    }

    private ReadResult read(PartitionLog log, long offset) {
        ReadResult result = log.read(offset, log.logEndOffset(), 1 << 20, true);
        if (result instanceof ReadResult.Pending) {
            fixture.settle();
            result = log.read(offset, log.logEndOffset(), 1 << 20, true);
        }
        return result;
    }

    private void soundOnceSwapped(PartitionLog log) throws Exception {
        for (int i = 0; i < 20; i++) {
            fixture.loop.advanceMs(1000);
            fixture.settle();
        }
        assertThat(log.damage()).isNull();
        assertThat(fixture.failures).isEmpty();
        assertThat(fixture.values(log, 0)).hasSizeBetween(KEYS, BATCHES * KEYS - 1);
        assertThat(append(log, BATCHES)).isInstanceOf(AppendResult.Appended.class);
    }

    @Test
    void aLookUpByTimeFindsNoDamage() throws Exception {
        PartitionLog log = betweenTries(1 << 20);
        log.findByTime(fixture.loop.wallMs() + 35, log.logEndOffset(), new PartitionLog.OffsetLookup() {
            @Override
            public void found(long offset, long timestampMs, int leaderEpoch) {
                answers.add("found");
            }

            @Override
            public void failed(StorageFailure failure) {
                answers.add("failed");
            }
        });
        fixture.settle();
        assertThat(answers).containsExactly("failed");
        assertThat(log.damage()).isNull();
        soundOnceSwapped(log);
    }

    @Test
    void aReadIsNotToldOfDamage() throws Exception {
        // Several go into one file: the first batch of it lies beyond the end of the segment of that name.
        PartitionLog log = betweenTries(250_000);
        int failed = 0;
        for (long offset = 0; offset < log.logEndOffset(); offset += KEYS / 2) {
            ReadResult result = read(log, offset);
            assertThat(result)
                    .as("at %d", offset)
                    .isNotInstanceOf(ReadResult.Damaged.class)
                    .isNotInstanceOf(ReadResult.Pending.class);
            failed += result instanceof ReadResult.Failed ? 1 : 0;
        }
        assertThat(failed).as("reads that met the file of the other").isPositive();
        assertThat(log.damage()).isNull();
        soundOnceSwapped(log);
    }
}
