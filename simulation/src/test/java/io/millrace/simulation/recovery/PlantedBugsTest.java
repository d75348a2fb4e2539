package io.millrace.simulation.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.simulation.recovery.planted.PlantedBug;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The recovery check can fail: it finds every known-bad variant of the engine, each within a bound of points. */
class PlantedBugsTest {

    /** The rarest, a truncation that is forgotten, takes a truncation below others; a workload that compacts has 1,000 points and more. */
    private static final long MAX_POINTS = 20_000;

    private static final int DRAWS = 6;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void isFound(PlantedBug bug) {
        BugHunt.Outcome outcome = new BugHunt(bug, MAX_POINTS, DRAWS).run(1);
        System.out.println("planted " + bug + ": after " + outcome.points() + " points: " + outcome.finding());
        assertThat(outcome.found())
                .as(bug + " within " + MAX_POINTS + " points")
                .isTrue();
    }
}
