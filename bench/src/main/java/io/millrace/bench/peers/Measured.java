package io.millrace.bench.peers;

import java.util.Locale;

/** One run of one row on one peer. */
record Measured(
        String row,
        String peer,
        int round,
        double mbPerSecond,
        double cpuSecondsPerGib,
        double p50Ms,
        double p99Ms,
        double errors) {

    static final String CSV_HEADER = "row,peer,round,mb_per_s,broker_cpu_s_per_gib,p50_ms,p99_ms,errors";

    String csv() {
        return String.format(
                Locale.ROOT,
                "\"%s\",%s,%d,%.1f,%.3f,%.3f,%.3f,%.0f",
                row,
                peer,
                round,
                mbPerSecond,
                cpuSecondsPerGib,
                p50Ms,
                p99Ms,
                errors);
    }
}
