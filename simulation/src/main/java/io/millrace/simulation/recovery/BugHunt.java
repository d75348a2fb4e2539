package io.millrace.simulation.recovery;

import io.millrace.simulation.recovery.planted.PlantedBug;

/** How soon the check finds a planted bug. */
public final class BugHunt {

    private final PlantedBug bug;
    private final long maxPoints;
    private final int drawsPerOperation;

    public BugHunt(PlantedBug bug, long maxPoints, int drawsPerOperation) {
        this.bug = bug;
        this.maxPoints = maxPoints;
        this.drawsPerOperation = drawsPerOperation;
    }

    /**
     * What was found.
     *
     * @param points distinct points checked until then
     * @param finding first line of what was broken; empty when nothing was found
     */
    public record Outcome(boolean found, long points, String finding) {}

    public Outcome run(long firstSeed) {
        RecoveryReport report = new RecoveryReport();
        long seed = firstSeed;
        while (report.distinctPoints() < maxPoints) {
            try {
                new RecoveryCheck(report, bug, drawsPerOperation, maxPoints).run(seed++, RecoveryCheck.Focus.ALL);
            } catch (Violation e) {
                String message = String.valueOf(e.getMessage());
                return new Outcome(
                        true,
                        report.distinctPoints(),
                        message.lines().findFirst().orElse(""));
            }
        }
        return new Outcome(false, report.distinctPoints(), "");
    }
}
