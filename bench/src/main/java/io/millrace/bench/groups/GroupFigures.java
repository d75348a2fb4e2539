package io.millrace.bench.groups;

import org.HdrHistogram.Histogram;

/** What members measure, by phase. Owned by the loop's thread. */
final class GroupFigures {

    static final String TOPIC = "group-load";
    static final long RETRY_NS = 100_000_000;
    private static final double NANOS_PER_MS = 1e6;
    private static final long MAX_LATENCY_NS = 300_000_000_000L;

    private final Histogram heartbeatNs = new Histogram(MAX_LATENCY_NS, 3);
    private final Histogram commitNs = new Histogram(MAX_LATENCY_NS, 3);
    private long joinedAnew;
    private long refused;
    private long lastJoinNs;
    private long lastSyncNs;

    void heartbeat(long tookNs) {
        heartbeatNs.recordValue(tookNs);
    }

    void commit(long tookNs) {
        commitNs.recordValue(tookNs);
    }

    /** The coordinator asked to come again. */
    void refused() {
        refused++;
    }

    /** A member's id was not known any more; it joins as a new one. */
    void joinedAnew() {
        joinedAnew++;
    }

    /** A member has asked to join. */
    void joining() {
        lastJoinNs = System.nanoTime();
    }

    /** A member has its assignment. */
    void synced() {
        lastSyncNs = System.nanoTime();
    }

    long commits() {
        return commitNs.getTotalCount();
    }

    /** One text of the phase that ends now; a new one begins. */
    String take() {
        String text =
                (lastSyncNs == 0 ? "" : "last_join_to_last_sync_ms=" + (lastSyncNs - lastJoinNs) / 1_000_000 + " ")
                        + "heartbeats=" + heartbeatNs.getTotalCount() + quantiles("heartbeat", heartbeatNs)
                        + " commits="
                        + commitNs.getTotalCount() + quantiles("commit", commitNs) + " joinedAnew=" + joinedAnew
                        + " refused=" + refused;
        heartbeatNs.reset();
        commitNs.reset();
        joinedAnew = 0;
        refused = 0;
        lastSyncNs = 0;
        return text;
    }

    static String quantiles(String name, Histogram latencyNs) {
        return latencyNs.getTotalCount() == 0
                ? ""
                : " %s_p50_ms=%.2f %s_p99_ms=%.2f %s_max_ms=%.2f"
                        .formatted(
                                name,
                                latencyNs.getValueAtPercentile(50) / NANOS_PER_MS,
                                name,
                                latencyNs.getValueAtPercentile(99) / NANOS_PER_MS,
                                name,
                                latencyNs.getMaxValue() / NANOS_PER_MS);
    }
}
