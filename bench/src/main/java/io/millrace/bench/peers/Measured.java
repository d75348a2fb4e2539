package io.millrace.bench.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One run of one row on one peer; NaN is what this row does not have.
 *
 * @param clientCpuSecondsPerGib what the generator took, which must not be the limit
 * @param syncedKib bytes per sync of the journal, in KiB
 * @param diskMbPerSecond what the disk reaches alone with groups of that size, in the same round
 * @param syncs counted by strace: of the journal and of segments, which is what makes records durable
 * @param otherSyncs counted by strace: of checkpoints, folders and the like
 * @param acksPerSync counted by strace, the journal's syncs
 */
record Measured(
        String row,
        String peer,
        int round,
        double mbPerSecond,
        double cpuSecondsPerGib,
        double p50Ms,
        double p99Ms,
        double errors,
        double clientCpuSecondsPerGib,
        double syncedKib,
        double diskMbPerSecond,
        double syncs,
        double otherSyncs,
        double acksPerSync) {

    static final String CSV_HEADER = "row,peer,round,mb_per_s,broker_cpu_s_per_gib,p50_ms,p99_ms,errors,"
            + "client_cpu_s_per_gib,kib_per_journal_sync,disk_mb_per_s,syncs,other_syncs,acks_per_sync";

    private static final int TEXT_FIELDS = 3;
    private static final int NUMBERS = 11;

    double diskRatio() {
        return mbPerSecond / diskMbPerSecond;
    }

    String csv() {
        return String.format(
                Locale.ROOT,
                "\"%s\",%s,%d,%.3f,%.3f,%.3f,%.3f,%.0f,%.3f,%.1f,%.1f,%.0f,%.0f,%.1f",
                row,
                peer,
                round,
                mbPerSecond,
                cpuSecondsPerGib,
                p50Ms,
                p99Ms,
                errors,
                clientCpuSecondsPerGib,
                syncedKib,
                diskMbPerSecond,
                syncs,
                otherSyncs,
                acksPerSync);
    }

    /** The inverse of {@link #csv}; what an older version did not write is NaN. */
    static Measured parse(String line) {
        int quote = line.indexOf('"', 1);
        String[] rest = line.substring(quote + 2).split(",", -1);
        List<Double> numbers = new ArrayList<>();
        for (int i = TEXT_FIELDS - 1; i < TEXT_FIELDS - 1 + NUMBERS; i++) {
            numbers.add(i < rest.length ? Double.parseDouble(rest[i]) : Double.NaN);
        }
        return new Measured(
                line.substring(1, quote),
                rest[0],
                Integer.parseInt(rest[1]),
                numbers.get(0),
                numbers.get(1),
                numbers.get(2),
                numbers.get(3),
                numbers.get(4),
                numbers.get(5),
                numbers.get(6),
                numbers.get(7),
                numbers.get(8),
                numbers.get(9),
                numbers.get(10));
    }
}
