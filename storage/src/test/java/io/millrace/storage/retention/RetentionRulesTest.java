package io.millrace.storage.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.LogConfig;
import io.millrace.storage.retention.RetentionRules.Outcome;
import io.millrace.storage.retention.RetentionRules.Part;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetentionRulesTest {

    private static final long NOW = 1_000_000;
    private static final LogConfig FOREVER = LogConfig.DEFAULT.withRetention(-1, -1);

    private static Part sealed(long endOffset, long newestMs) {
        return new Part(endOffset, 100, newestMs, true);
    }

    private static Part open(long endOffset, long newestMs) {
        return new Part(endOffset, 100, newestMs, false);
    }

    private static Outcome decide(LogConfig config, long committedEnd, Part... parts) {
        return RetentionRules.decide(List.of(parts), 0, committedEnd, config, NOW);
    }

    @Test
    void whatIsOlderThanRetentionMsGoesUpToTheFirstThatIsNot() {
        LogConfig config = FOREVER.withRetention(1_000, -1);
        Outcome outcome = decide(
                config, 40, sealed(10, NOW - 1_001), sealed(20, NOW - 1_000), sealed(30, NOW - 5_000), open(40, NOW));
        assertThat(outcome).isEqualTo(new Outcome(10, NOW + 1, -1));
    }

    @Test
    void theOpenPartGoesAsAWholeAndByTimeOnly() {
        assertThat(decide(FOREVER.withRetention(1_000, -1), 20, sealed(10, 0), open(20, NOW - 1_001)))
                .isEqualTo(new Outcome(20, RetentionRules.NEVER, -1));
        assertThat(decide(FOREVER.withRetention(-1, 0), 20, sealed(10, NOW), open(20, NOW)))
                .isEqualTo(new Outcome(10, RetentionRules.NEVER, -1));
    }

    @Test
    void whileTheRestIsLargeEnoughTheOldestGoes() {
        LogConfig config = FOREVER.withRetention(-1, 200);
        assertThat(decide(config, 40, sealed(10, NOW), sealed(20, NOW), sealed(30, NOW), open(40, NOW))
                        .logStartOffset())
                .isEqualTo(20);
        assertThat(decide(FOREVER.withRetention(-1, 201), 40, sealed(10, NOW), sealed(20, NOW), open(30, NOW))
                        .logStartOffset())
                .isZero();
    }

    @Test
    void aPartOfWhichCompactionLeftNoDatedRecordGoesWithTheNext() {
        LogConfig config = FOREVER.withRetention(1_000, -1)
                .withCleanup(LogConfig.Cleanup.COMPACT_AND_DELETE, LogConfig.DEFAULT.compaction());
        assertThat(decide(config, 40, sealed(10, -1), sealed(20, 0), sealed(30, -1), open(40, NOW)))
                .isEqualTo(new Outcome(20, NOW + 1_001, -1));
        assertThat(decide(FOREVER.withRetention(1_000, -1), 40, sealed(10, -1), sealed(20, 0), open(40, NOW)))
                .as("without compaction its records have no time, and stay")
                .isEqualTo(new Outcome(0, RetentionRules.NEVER, -1));
    }

    @Test
    void nothingAboveWhatIsCommittedGoes() {
        Outcome outcome = decide(FOREVER.withRetention(1_000, -1), 19, sealed(10, 0), sealed(20, 0), open(30, NOW));
        assertThat(outcome).isEqualTo(new Outcome(10, NOW + RetentionRules.BLOCKED_MS, -1));
    }

    @Test
    void anUnknownTimeIsAskedForUnlessSizeDecides() {
        Part unknown = new Part(20, 100, RetentionRules.UNKNOWN_TIME, true);
        assertThat(decide(FOREVER.withRetention(1_000, -1), 30, sealed(10, 0), unknown, open(30, NOW)))
                .isEqualTo(new Outcome(10, RetentionRules.NEVER, 1));
        assertThat(decide(FOREVER.withRetention(1_000, 100), 30, sealed(10, 0), unknown, open(30, NOW)))
                .isEqualTo(new Outcome(20, NOW + 1_001, -1));
    }

    @Test
    void compactedAndUnboundedLogsKeepEverything() {
        LogConfig config = FOREVER.withRetention(1, 1);
        LogConfig compacted = new LogConfig(
                config.segmentBytes(),
                config.segmentMs(),
                config.indexIntervalBytes(),
                config.segmentIndexBytes(),
                1,
                1,
                LogConfig.Cleanup.COMPACT,
                config.compaction(),
                config.batches());
        assertThat(decide(compacted, 20, sealed(10, 0), open(20, 0)))
                .isEqualTo(new Outcome(0, RetentionRules.NEVER, -1));
        assertThat(decide(FOREVER, 20, sealed(10, 0), open(20, 0))).isEqualTo(new Outcome(0, RetentionRules.NEVER, -1));
    }

    @Test
    void recordsWithoutATimeNeverExpireAndHugeRetentionDoesNotOverflow() {
        assertThat(decide(FOREVER.withRetention(0, -1), 20, sealed(10, -1), open(20, 0)))
                .isEqualTo(new Outcome(0, RetentionRules.NEVER, -1));
        assertThat(decide(FOREVER.withRetention(Long.MAX_VALUE, -1), 20, sealed(10, 5), open(20, 0)))
                .isEqualTo(new Outcome(0, RetentionRules.NEVER, -1));
    }
}
