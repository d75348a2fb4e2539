package io.millrace.bench.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a row must show, NaN where nothing is asked. Immutable.
 *
 * @param throughputRatio Millrace's throughput through Kafka's, at least
 * @param cpuSecondsPerGib of Millrace, at most
 * @param cpuRatio Millrace's CPU through Kafka's, at most
 * @param p99Ms of Millrace, at most
 * @param p99Ratio Millrace's p99 through Kafka's, at most
 * @param diskRatio Millrace's throughput through the disk's own at groups of the same size, at least
 */
record Goal(
        double throughputRatio,
        double cpuSecondsPerGib,
        double cpuRatio,
        double p99Ms,
        double p99Ratio,
        double diskRatio) {

    private static final double NONE = Double.NaN;

    /** With our own generator, as fast as it goes. */
    static final Goal PRODUCE = new Goal(2, 2.3, 1 / 3.0, NONE, 1, NONE);

    static final Goal FETCH = new Goal(NONE, 0.9, NONE, NONE, 1, NONE);
    static final Goal FIXED_RATE = new Goal(NONE, NONE, NONE, NONE, 0.1, NONE);
    static final Goal DURABLE = new Goal(2, NONE, 1 / 3.0, NONE, 1, 0.4);
    static final Goal DURABLE_AT_RATE = new Goal(NONE, NONE, NONE, 5, 1, NONE);
    /** With Kafka's own client, which is the limit itself. */
    static final Goal THEIR_CLIENT = new Goal(1, NONE, 1 / 3.0, NONE, 1, NONE);

    static final Goal THEIR_CONSUMER = new Goal(1, NONE, NONE, NONE, NONE, NONE);
    static final Goal SYNCED = new Goal(NONE, NONE, NONE, NONE, NONE, NONE);

    /** Medians of a row. Ratios are medians of the pairs' ratios. */
    record Reached(
            double throughputRatio,
            double cpuSecondsPerGib,
            double cpuRatio,
            double p99Ms,
            double p99Ratio,
            double diskRatio) {}

    /** For people: {@code met}, or what was not. */
    String verdict(Reached reached) {
        List<String> missed = new ArrayList<>();
        atLeast(missed, "throughput ratio", reached.throughputRatio(), throughputRatio);
        atMost(missed, "CPU-s/GiB", reached.cpuSecondsPerGib(), cpuSecondsPerGib);
        atMost(missed, "CPU ratio", reached.cpuRatio(), cpuRatio);
        atMost(missed, "p99 ms", reached.p99Ms(), p99Ms);
        atMost(missed, "p99 ratio", reached.p99Ratio(), p99Ratio);
        atLeast(missed, "share of the disk", reached.diskRatio(), diskRatio);
        return missed.isEmpty() ? "met" : "MISSED: " + String.join("; ", missed);
    }

    private static void atLeast(List<String> missed, String what, double reached, double wanted) {
        if (!Double.isNaN(wanted) && !(reached >= wanted)) {
            missed.add(String.format(Locale.ROOT, "%s %.2f < %.2f", what, reached, wanted));
        }
    }

    private static void atMost(List<String> missed, String what, double reached, double wanted) {
        if (!Double.isNaN(wanted) && !(reached <= wanted)) {
            missed.add(String.format(Locale.ROOT, "%s %.2f > %.2f", what, reached, wanted));
        }
    }
}
