package io.millrace.simulation.group;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Groups under churn, in short; {@link GroupChurnMain} is the long form. */
class GroupChurnSimTest {

    private static final int SEEDS = 150;

    @Test
    void groupsKeepTheirPromisesWhateverHappensAndSettleAfterwards() {
        long assignments = 0;
        long commits = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            GroupChurn.Result result = GroupChurn.run(seed);
            assignments += result.assignments();
            commits += result.commits();
        }
        assertThat(assignments).as("a run in which nobody works shows nothing").isGreaterThan(SEEDS * 5L);
        assertThat(commits).isGreaterThan(SEEDS * 50L);
    }

    @Test
    void aSeedIsARun() {
        for (long seed = 1; seed <= 5; seed++) {
            assertThat(GroupChurn.run(seed)).isEqualTo(GroupChurn.run(seed));
        }
    }

    /** Shows that the checks can fail: a log that breaks its promise is found out. */
    @ParameterizedTest
    @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void aLogThatLiesIsFoundOut(SimOffsetsLog.Lie lie) {
        assertThat(GroupChurnMain.firstSeedThatFinds(lie, SEEDS)).startsWith("found by seed");
    }
}
