package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.record.Crc32c;
import io.millrace.protocol.record.RecordBatchView;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.storage.AppendResult;
import io.millrace.storage.LogConfig;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.StorageFailure;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A topic with {@code millrace.validate=header} takes a batch whose records do not parse: that is no damage of the log. */
final class UnreadableRecordsTest {

    private static final Path FOLDER = Path.of("dir");
    private static final LogConfig HEADER_ONLY = headerOnly(LogConfig.DEFAULT.withSegmentBytes(4096));
    private static final int SOUND_BATCHES = 40;

    private final FaultDisk disk = new FaultDisk(1);
    private final List<Long> found = new ArrayList<>();
    private final PartitionLog.OffsetLookup lookup = new PartitionLog.OffsetLookup() {
        @Override
        public void found(long offset, long timestampMs, int leaderEpoch) {
            found.add(offset);
        }

        @Override
        public void failed(StorageFailure failure) {
            throw new AssertionError(failure);
        }
    };

    @BeforeEach
    void makeFolder() throws Exception {
        disk.createDirectories(FOLDER);
    }

    private static LogConfig headerOnly(LogConfig config) {
        LogConfig.BatchRules rules = config.batches();
        return new LogConfig(
                config.segmentBytes(),
                config.segmentMs(),
                config.indexIntervalBytes(),
                config.segmentIndexBytes(),
                config.retentionMs(),
                config.retentionBytes(),
                config.cleanup(),
                config.compaction(),
                new LogConfig.BatchRules(
                        rules.maxBatchBytes(),
                        rules.timestampType(),
                        rules.timestampBeforeMaxMs(),
                        rules.timestampAfterMaxMs(),
                        true));
    }

    private static ByteBuffer unreadable() {
        ByteBuffer batch = StoreFixture.batch("x".repeat(200));
        for (int i = RecordBatchView.HEADER_BYTES; i < batch.limit(); i++) {
            batch.put(i, (byte) 0xFF);
        }
        int crcStart = RecordBatchView.CRC_START_POSITION;
        return batch.putInt(RecordBatchView.MAGIC_POSITION + 1, Crc32c.of(batch, crcStart, batch.limit() - crcStart));
    }

    private static PartitionLog written(StoreFixture fixture) {
        PartitionLog log = fixture.store.create(StoreFixture.identity("t", 0), HEADER_ONLY);
        assertThat(log.appendAsLeader(unreadable(), 0, ValidationRules.Origin.CLIENT))
                .isInstanceOf(AppendResult.Appended.class);
        return log;
    }

    /** The log after a restart, its first batches in sealed segments. */
    private PartitionLog cold(StoreFixture[] fixture) throws Exception {
        fixture[0] = StoreFixture.open(disk, FOLDER, StorageConfig.SMALL);
        PartitionLog log = written(fixture[0]);
        for (int i = 0; i < SOUND_BATCHES; i++) {
            StoreFixture.append(log, i + "v".repeat(300));
            fixture[0].settle();
        }
        fixture[0].close();
        fixture[0] = StoreFixture.open(disk, FOLDER, StorageConfig.SMALL);
        log = fixture[0].log("t", 0);
        log.reconfigure(HEADER_ONLY);
        log.highWatermark(log.logEndOffset());
        return log;
    }

    private void assertTakesRecords(PartitionLog log) {
        assertThat(log.damage()).isNull();
        StoreFixture.append(log, "more");
    }

    @Test
    void aLookUpByTimeIsAnsweredFromTheHeader() throws Exception {
        StoreFixture[] fixture = {null};
        PartitionLog log = cold(fixture);
        log.findByTime(1, log.logEndOffset(), lookup);
        fixture[0].settle();
        assertThat(found).containsExactly(0L);
        log.findMaxTimestamp(log.logEndOffset(), lookup);
        fixture[0].settle();
        assertThat(found).containsExactly(0L, 0L);
        assertTakesRecords(log);
    }

    @Test
    void theTailIsSearchedLikeASegment() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER, StorageConfig.SMALL);
        PartitionLog log = written(fixture);
        log.findByTime(1, log.logEndOffset(), lookup);
        log.findMaxTimestamp(log.logEndOffset(), lookup);
        fixture.settle();
        assertThat(found).containsExactly(0L, 0L);
        assertTakesRecords(log);
    }

    @Test
    void retentionByTimeGoesOn() throws Exception {
        StoreFixture[] fixture = {null};
        PartitionLog log = cold(fixture);
        log.decidesRetention(true);
        for (int i = 0; i < 400; i++) {
            fixture[0].loop.advanceMs(1000);
            fixture[0].settle();
        }
        assertTakesRecords(log);
        // Its records are of 2023, by the header.
        log.reconfigure(headerOnly(LogConfig.DEFAULT.withSegmentBytes(4096).withRetention(1, -1)));
        fixture[0].loop.advanceMs(1_800_000_000_000L - fixture[0].loop.wallMs());
        fixture[0].settle();
        assertThat(log.logStartOffset()).isGreaterThan(SOUND_BATCHES / 2);
        assertThat(log.damage()).isNull();
    }
}
