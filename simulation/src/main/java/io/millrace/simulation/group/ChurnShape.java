package io.millrace.simulation.group;

import io.millrace.simulation.SimRandom;

/**
 * What one run is like. Every seed draws its own, with random subsets of the faults switched off, so that some runs are about
 * one kind of trouble alone.
 *
 * @param members processes that take part, one after another or at once
 * @param churnMs how long there is trouble, virtual
 * @param lossPercent of requests and answers that never arrive
 * @param killEveryMs mean time between two kills of the coordinator, 0 never
 * @param memberFaultEveryMs mean time between two faults of members, 0 never
 */
record ChurnShape(
        int members,
        int partitions,
        int churnMs,
        int lossPercent,
        int killEveryMs,
        int memberFaultEveryMs,
        boolean staticMembers,
        boolean cooperative) {

    static ChurnShape draw(SimRandom random) {
        return new ChurnShape(
                random.between(1, 6),
                random.between(1, 8),
                random.between(20, 120) * 1_000,
                random.percent(50) ? random.between(1, 15) : 0,
                random.percent(60) ? random.between(2, 40) * 1_000 : 0,
                random.percent(80) ? random.between(1, 20) * 1_000 : 0,
                random.percent(50),
                random.percent(50));
    }
}
