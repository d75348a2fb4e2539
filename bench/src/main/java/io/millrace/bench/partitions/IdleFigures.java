package io.millrace.bench.partitions;

import io.millrace.bench.probe.ProcessFigures;
import java.util.Locale;

/**
 * One start of a broker with data, and what it then holds while it does nothing.
 *
 * @param heapMiB used after a full collection
 * @param startCpuSeconds until the first acknowledgement
 * @param idleCpuPercent of one core; NaN where it was not watched
 */
record IdleFigures(
        int partitions,
        String after,
        long portOpenMs,
        long firstAckMs,
        double startCpuSeconds,
        ProcessFigures process,
        double heapMiB,
        double idleCpuPercent) {

    static final String HEADER = """
            | peer | partitions | after | port open ms | first ack ms | CPU-s until then | RSS MiB | heap MiB | descriptors | maps | threads | idle CPU % |
            |---|---|---|---|---|---|---|---|---|---|---|---|
            """;

    String line(String peer) {
        return String.format(
                Locale.ROOT,
                "| %s | %d | %s | %d | %d | %.2f | %.0f | %.1f | %d | %d | %d | %s |%n",
                peer,
                partitions,
                after,
                portOpenMs,
                firstAckMs,
                startCpuSeconds,
                process.residentMiB(),
                heapMiB,
                process.descriptors(),
                process.maps(),
                process.threads(),
                percent(idleCpuPercent, 2));
    }

    private static String percent(double value, int decimals) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    /** What each partition adds from {@code fewer} to this. */
    String perPartition(String peer, IdleFigures fewer) {
        double more = partitions - fewer.partitions();
        return String.format(
                Locale.ROOT,
                "- %s, per partition from %d to %d, after %s: %.2f KiB resident, %.2f KiB of heap, %.3f descriptors, %.3f maps, %.4f threads, "
                        + "%.3f ms until the first ack, %s %% of a core idle%n",
                peer,
                fewer.partitions(),
                partitions,
                after,
                (process.residentMiB() - fewer.process().residentMiB()) * 1024 / more,
                (heapMiB - fewer.heapMiB()) * 1024 / more,
                (process.descriptors() - fewer.process().descriptors()) / more,
                (process.maps() - fewer.process().maps()) / more,
                (process.threads() - fewer.process().threads()) / more,
                (firstAckMs - fewer.firstAckMs()) / more,
                percent((idleCpuPercent - fewer.idleCpuPercent()) / more, 5));
    }
}
