package io.millrace.simulation.recovery;

import io.millrace.simulation.SimRandom;
import java.util.HashSet;
import java.util.Set;

/** What a number of checks covered. Owned by the check's thread. */
public final class RecoveryReport {

    private final Set<Long> points = new HashSet<>();
    private long workloads;
    private long operations;
    private long recoveries;
    private long cutRecoveries;
    private long rebuilds;
    private long compactions;

    void point(long workload, long operation, long imageDigest) {
        points.add(SimRandom.mix(imageDigest + 31 * SimRandom.mix(operation + 31 * workload)));
    }

    void workload(long diskOperations) {
        workloads++;
        operations += diskOperations;
    }

    void recovery() {
        recoveries++;
    }

    void cutRecovery() {
        cutRecoveries++;
    }

    void compactions(long passes) {
        compactions += passes;
    }

    /** Compaction passes that ended before a cut, a stop or the end of their workload. */
    public long compactions() {
        return compactions;
    }

    void rebuild() {
        rebuilds++;
    }

    /** Distinct (workload, disk operation, surviving sectors). */
    public long distinctPoints() {
        return points.size();
    }

    public long workloads() {
        return workloads;
    }

    /** One line for people. */
    @Override
    public String toString() {
        return "points=" + points.size() + " workloads=" + workloads + " diskOperations=" + operations + " recoveries="
                + recoveries + " cutWhileRecovering=" + cutRecoveries + " rebuiltWithoutDerivedFiles=" + rebuilds
                + " compactions=" + compactions;
    }
}
