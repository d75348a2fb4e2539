package io.millrace.storage.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.LogConfig;
import io.millrace.storage.compaction.CompactionRules.Decision;
import io.millrace.storage.compaction.CompactionRules.Group;
import io.millrace.storage.compaction.CompactionRules.Part;
import io.millrace.storage.compaction.CompactionRules.Source;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CompactionRulesTest {

    private static final long NOW = 1_000_000;
    private static final LogConfig.Compaction HALF = new LogConfig.Compaction(0.5, 0, Long.MAX_VALUE, 1000);

    private static Part clean(long from, long to, long bytes) {
        return new Part(from, to, bytes, NOW - 5000, NOW - 6000, to);
    }

    private static Part dirty(long from, long to, long bytes) {
        return new Part(from, to, bytes, NOW - 500, NOW - 600, -1);
    }

    @Test
    void aLogIsDueWhenMoreThanItsShareIsDirty() {
        assertThat(CompactionRules.decide(List.of(clean(0, 10, 100), dirty(10, 20, 100)), HALF, NOW))
                .isEqualTo(new Decision(false, 10, 20, 0.5, CompactionRules.NEVER));
        assertThat(CompactionRules.decide(List.of(clean(0, 10, 100), dirty(10, 20, 101)), HALF, NOW)
                        .due())
                .isTrue();
    }

    @Test
    void anEmptyOrCleanLogIsNotDue() {
        assertThat(CompactionRules.decide(List.of(), HALF, NOW).due()).isFalse();
        LogConfig.Compaction always = new LogConfig.Compaction(0, 0, Long.MAX_VALUE, 1000);
        assertThat(CompactionRules.decide(List.of(clean(0, 10, 100)), always, NOW)
                        .due())
                .isFalse();
    }

    @Test
    void aSegmentThatIsCompactedInPartIsDirtyFromThere() {
        Part half = new Part(10, 20, 100, 1, 1, 15);
        Decision decision = CompactionRules.decide(List.of(clean(0, 10, 1), half), HALF, NOW);
        assertThat(decision.dirtyFrom()).isEqualTo(15);
        assertThat(decision.due()).isTrue();
    }

    @Test
    void whatIsYoungerThanTheLeastLagIsLeftAloneUntilItIsOld() {
        LogConfig.Compaction lag = new LogConfig.Compaction(0, 1000, Long.MAX_VALUE, 1000);
        Part old = new Part(0, 10, 100, NOW - 1000, NOW - 2000, -1);
        Decision decision = CompactionRules.decide(List.of(old, dirty(10, 20, 100)), lag, NOW);
        assertThat(decision.due()).isTrue();
        assertThat(decision.dirtyTo()).isEqualTo(10);
        Decision young = CompactionRules.decide(List.of(dirty(10, 20, 100)), lag, NOW);
        assertThat(young.due()).isFalse();
        assertThat(young.nextMs()).isEqualTo(NOW - 500 + 1000);
    }

    @Test
    void theLargestLagMakesALogDueWhateverItsRatio() {
        LogConfig.Compaction lag = new LogConfig.Compaction(1, 0, 600, 1000);
        Decision before = CompactionRules.decide(List.of(dirty(0, 10, 100)), lag, NOW);
        assertThat(before.due()).isFalse();
        assertThat(before.nextMs()).isEqualTo(NOW + 1);
        assertThat(CompactionRules.decide(List.of(dirty(0, 10, 100)), lag, NOW + 1)
                        .due())
                .isTrue();
    }

    @Test
    void neighboursShareASegmentAsLongAsOneCanTakeThem() {
        LogConfig config = LogConfig.DEFAULT.withSegmentBytes(10_000);
        List<Group> groups = CompactionRules.groups(
                List.of(
                        new Source(0, 10, 4000),
                        new Source(10, 20, 6000),
                        new Source(20, 30, 1),
                        new Source(30, 40, 20_000),
                        new Source(40, 50, 1)),
                config);
        assertThat(groups).extracting(Group::baseOffset).containsExactly(0L, 20L, 30L, 40L);
        assertThat(groups).extracting(Group::endOffset).containsExactly(20L, 30L, 40L, 50L);
    }

    @Test
    void relativeOffsetsOfASegmentFitInAnInt() {
        List<Group> groups = CompactionRules.groups(
                List.of(
                        new Source(0, 10, 1),
                        new Source(10, 1L + Integer.MAX_VALUE, 1),
                        new Source(1L << 31, 1L << 32, 1)),
                LogConfig.DEFAULT);
        assertThat(groups).extracting(Group::baseOffset).containsExactly(0L, 1L << 31);
    }
}
