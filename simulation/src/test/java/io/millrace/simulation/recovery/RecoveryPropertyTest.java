package io.millrace.simulation.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.simulation.recovery.planted.PlantedBug;
import org.junit.jupiter.api.Test;

/** The recovery check on the engine as it is; {@code RecoveryMain} is the same for as long as one likes. */
class RecoveryPropertyTest {

    private static final long POINTS =
            Long.getLong("millrace.recovery.points", Boolean.getBoolean("millrace.quick") ? 1_000 : 6_000);
    private static final long FIRST_SEED = Long.getLong("millrace.recovery.seed", 1);
    private static final int DRAWS = 6;

    @Test
    void everyCutRecoversToAPrefixThatHoldsAllThatWasReported() {
        RecoveryReport report = new RecoveryReport();
        for (long seed = FIRST_SEED; report.distinctPoints() < POINTS; seed++) {
            new RecoveryCheck(report, PlantedBug.NONE, DRAWS, POINTS).run(seed, RecoveryCheck.Focus.ALL);
        }
        System.out.println("recovery check: " + report);
        assertThat(report.distinctPoints()).isGreaterThanOrEqualTo(POINTS);
        assertThat(report.workloads()).isGreaterThan(1);
    }

    @Test
    void oneSeedIsOneRun() {
        for (long seed = 1; seed <= 20; seed++) {
            assertThat(traceOf(seed)).as("seed %d", seed).isEqualTo(traceOf(seed));
        }
        assertThat(traceOf(1)).isNotEqualTo(traceOf(2));
    }

    private static long traceOf(long seed) {
        return new RecoveryCheck(new RecoveryReport(), PlantedBug.NONE, 0, 0).run(seed, RecoveryCheck.Focus.ALL);
    }
}
