package io.millrace.bench.spike;

/** What one run of one candidate under one load gave; CPU includes writing and syncing every byte into its segment. */
record Outcome(
        double megabytesPerSecond,
        double processCpuSecondsPerGib,
        double machineCpuSecondsPerGib,
        double p50Ms,
        double p99Ms,
        double kibPerAckSync,
        long ackSyncs,
        long segmentSyncs) {

    String csv() {
        return "%.1f,%.3f,%.3f,%.3f,%.3f,%.1f,%d,%d"
                .formatted(
                        megabytesPerSecond,
                        processCpuSecondsPerGib,
                        machineCpuSecondsPerGib,
                        p50Ms,
                        p99Ms,
                        kibPerAckSync,
                        ackSyncs,
                        segmentSyncs);
    }
}
