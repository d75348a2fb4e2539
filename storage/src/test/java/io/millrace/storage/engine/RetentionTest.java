package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.record.RecordBatchBuilder;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.storage.AppendResult;
import io.millrace.storage.LogConfig;
import io.millrace.storage.PartitionLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Retention over a store: what goes, when, and what a start finds afterwards. */
class RetentionTest {

    private static final int SEGMENT_BYTES = 16 * 1024;
    private static final LogConfig KEEP_ALL =
            LogConfig.DEFAULT.withSegmentBytes(SEGMENT_BYTES).withRetention(-1, -1);

    @TempDir
    private Path folder;

    private static PartitionLog create(StoreFixture fixture, LogConfig config) {
        PartitionLog log = fixture.store.create(StoreFixture.identity("t", 0), config);
        log.decidesRetention(true);
        return log;
    }

    /** One batch of about 4 KiB, stamped now. */
    private static void append(StoreFixture fixture, PartitionLog log) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(8 * 1024, 16 << 20)) {
            builder.append(fixture.loop.wallMs(), null, new byte[4000]);
            ByteBuffer built = builder.build();
            ByteBuffer copy = ByteBuffer.allocate(built.remaining());
            assertThat(log.appendAsLeader(copy.put(built).flip(), 0, ValidationRules.Origin.CLIENT))
                    .isInstanceOf(AppendResult.Appended.class);
        }
        fixture.settle();
        log.highWatermark(log.syncedEndOffset());
    }

    private static void append(StoreFixture fixture, PartitionLog log, int count) {
        for (int i = 0; i < count; i++) {
            append(fixture, log);
        }
    }

    private static void advance(StoreFixture fixture, long ms) {
        fixture.loop.advanceMs(ms);
        fixture.settle();
    }

    private List<String> segmentFiles() throws IOException {
        Path partition = folder.resolve("t-0");
        if (!Files.exists(partition)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(partition)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".log"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void anIdleLogIsEmptyWhenItsRecordsAreTooOldAndNotBefore() throws Exception {
        StoreFixture fixture = StoreFixture.open(folder);
        PartitionLog log = create(fixture, KEEP_ALL.withRetention(60_000, -1));
        append(fixture, log, 10);
        advance(fixture, 60_000);
        assertThat(log.logStartOffset()).isZero();
        advance(fixture, 1);
        assertThat(log.logStartOffset()).isEqualTo(10);
        assertThat(log.logEndOffset()).isEqualTo(10);
        assertThat(segmentFiles()).isEmpty();
        append(fixture, log);
        assertThat(log.logEndOffset()).isEqualTo(11);
        fixture.close();
    }

    @Test
    void laterRecordsPutTheirSegmentOff() throws Exception {
        StoreFixture fixture = StoreFixture.open(folder);
        PartitionLog log = create(fixture, KEEP_ALL.withRetention(60_000, -1));
        append(fixture, log, 4);
        advance(fixture, 30_000);
        append(fixture, log, 2);
        advance(fixture, 30_001);
        // The first segment holds four batches of 4 KiB at most.
        assertThat(log.logStartOffset()).isBetween(1L, 4L);
        advance(fixture, 30_000);
        assertThat(log.logStartOffset()).isEqualTo(6);
        fixture.close();
    }

    @Test
    void aSegmentGoesByTimeWhenSegmentMsEndsItThoughItIsSmall() throws Exception {
        StoreFixture fixture = StoreFixture.open(folder);
        LogConfig config = new LogConfig(
                1 << 30,
                1_000,
                4096,
                10 << 20,
                10_000,
                -1,
                LogConfig.Cleanup.DELETE,
                LogConfig.Compaction.DEFAULT,
                LogConfig.BatchRules.DEFAULT);
        PartitionLog log = create(fixture, config);
        append(fixture, log);
        advance(fixture, 1_000);
        append(fixture, log);
        advance(fixture, 9_001);
        assertThat(log.logStartOffset()).isEqualTo(1);
        fixture.close();
    }

    @Test
    void theIndexEndsASegmentToo() throws Exception {
        StoreFixture fixture = StoreFixture.open(folder);
        LogConfig config = new LogConfig(
                1 << 30,
                Long.MAX_VALUE,
                1024,
                320,
                -1,
                -1,
                LogConfig.Cleanup.DELETE,
                LogConfig.Compaction.DEFAULT,
                LogConfig.BatchRules.DEFAULT);
        PartitionLog log = create(fixture, config);
        append(fixture, log, 30);
        fixture.close();
        // Ten entries of 32 bytes, one for each 1 KiB at most.
        assertThat(segmentFiles().size()).isGreaterThan(5);
    }

    @Test
    void theOldestSegmentsGoWhileTheRestIsLargeEnough() throws Exception {
        StoreFixture fixture = StoreFixture.open(folder);
        PartitionLog log = create(fixture, KEEP_ALL.withRetention(-1, 40 * 1024));
        append(fixture, log, 60);
        assertThat(log.sizeBytes()).isBetween(40 * 1024L, 40 * 1024L + 3L * SEGMENT_BYTES);
        assertThat(log.logStartOffset()).isPositive();
        fixture.close();
        assertThat(segmentFiles()).hasSizeLessThan(6);
    }

    @Test
    void aNewConfigurationIsObeyedAtOnce() throws Exception {
        StoreFixture fixture = StoreFixture.open(folder);
        PartitionLog log = create(fixture, KEEP_ALL);
        append(fixture, log, 20);
        advance(fixture, 3_600_000);
        assertThat(log.logStartOffset()).isZero();
        log.reconfigure(KEEP_ALL.withRetention(1_000, -1));
        fixture.settle();
        assertThat(log.logStartOffset()).isEqualTo(20);
        fixture.close();
    }

    @Test
    void nothingGoesThatIsNotCommitted() throws Exception {
        StoreFixture fixture = StoreFixture.open(folder);
        PartitionLog log = create(fixture, KEEP_ALL.withRetention(1_000, -1));
        append(fixture, log, 6);
        log.highWatermark(0);
        advance(fixture, 5_000);
        assertThat(log.logStartOffset()).isZero();
        log.highWatermark(6);
        advance(fixture, 1_000);
        assertThat(log.logStartOffset()).isEqualTo(6);
        fixture.close();
    }

    @Test
    void aFollowerKeepsWhatItsLeaderKeeps() throws Exception {
        StoreFixture fixture = StoreFixture.open(folder);
        PartitionLog log = create(fixture, KEEP_ALL.withRetention(1_000, -1));
        log.decidesRetention(false);
        append(fixture, log, 6);
        advance(fixture, 5_000);
        assertThat(log.logStartOffset()).isZero();
        log.decidesRetention(true);
        fixture.settle();
        assertThat(log.logStartOffset()).isEqualTo(6);
        fixture.close();
    }

    @Test
    void segmentsFoundAtStartGoByTheTimesInTheirFiles() throws Exception {
        StoreFixture first = StoreFixture.open(folder);
        append(first, create(first, KEEP_ALL), 20);
        first.close();
        StoreFixture second = StoreFixture.open(folder);
        PartitionLog log = second.log("t", 0);
        log.reconfigure(KEEP_ALL.withRetention(3_600_000, -1));
        log.decidesRetention(true);
        advance(second, 400_000);
        assertThat(log.logStartOffset()).isZero();
        advance(second, 3_200_001);
        assertThat(log.logStartOffset()).isEqualTo(20);
        second.close();
    }

    @Test
    void anEmptiedLogKeepsEpochsOffsetsAndProducersOverStarts() throws Exception {
        StoreFixture first = StoreFixture.open(folder);
        PartitionLog log = create(first, KEEP_ALL.withRetention(1_000, -1));
        append(first, log, 5);
        advance(first, 1_001);
        assertThat(log.logStartOffset()).isEqualTo(5);
        first.close();
        assertThat(segmentFiles()).isEmpty();
        for (int start = 0; start < 2; start++) {
            StoreFixture again = StoreFixture.open(folder);
            PartitionLog found = again.log("t", 0);
            assertThat(found.damage()).isNull();
            assertThat(found.logStartOffset()).isEqualTo(5);
            assertThat(found.logEndOffset()).isEqualTo(5);
            assertThat(found.latestEpoch()).isZero();
            again.close();
        }
    }
}
