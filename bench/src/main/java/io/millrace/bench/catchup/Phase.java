package io.millrace.bench.catchup;

import io.millrace.bench.load.LiveLoad;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * What the live clients felt in a part of the run.
 *
 * @param note on the others
 */
record Phase(
        String peer,
        String name,
        double seconds,
        LiveLoad.Felt felt,
        double brokerCpuSeconds,
        double residentMiB,
        String note) {

    static final String HEADER = """
            | peer | meanwhile | live requests | produce p50 / p99 / p99.9 / max ms | consume p50 / p99 / p99.9 / max ms | broker CPU % | RSS MiB | |
            |---|---|---|---|---|---|---|---|
            """;
    private static final double NANOS_PER_MS = 1e6;
    private static final double PERCENT = 100;

    String line() {
        return String.format(
                Locale.ROOT,
                "| %s | %s | %d | %s | %s | %.0f | %.0f | %s |%n",
                peer,
                name,
                felt.producedNs().getTotalCount(),
                figures(felt.producedNs()),
                figures(felt.consumedNs()),
                brokerCpuSeconds / seconds * PERCENT,
                residentMiB,
                note);
    }

    /** Both p99 through those of another part. */
    String against(Phase without) {
        return String.format(
                Locale.ROOT,
                "- %s, %s: p99 of the live producer %.2f times, of the live consumer %.2f times that of \"%s\"%n",
                peer,
                name,
                p99Ms(felt.producedNs()) / p99Ms(without.felt.producedNs()),
                p99Ms(felt.consumedNs()) / p99Ms(without.felt.consumedNs()),
                without.name);
    }

    private static double p99Ms(Histogram ns) {
        return ns.getValueAtPercentile(99) / NANOS_PER_MS;
    }

    private static String figures(Histogram ns) {
        return String.format(
                Locale.ROOT,
                "%.2f / %.2f / %.2f / %.1f",
                ns.getValueAtPercentile(50) / NANOS_PER_MS,
                p99Ms(ns),
                ns.getValueAtPercentile(99.9) / NANOS_PER_MS,
                ns.getMaxValue() / NANOS_PER_MS);
    }
}
