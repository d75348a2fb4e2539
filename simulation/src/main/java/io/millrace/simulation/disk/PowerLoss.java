package io.millrace.simulation.disk;

/** The power went: thrown by every operation of a dead {@link SimDisk}, so that a run ends there. No code under test may catch it. */
public final class PowerLoss extends Error {

    private static final long serialVersionUID = 1L;

    public PowerLoss(long operationNumber) {
        super("power lost before disk operation " + operationNumber, null, false, false);
    }
}
