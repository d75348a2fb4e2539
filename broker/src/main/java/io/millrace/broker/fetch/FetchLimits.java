package io.millrace.broker.fetch;

import io.millrace.protocol.message.FetchRequest;
import io.millrace.replication.replica.ReadBound;

/**
 * How long one fetch waits and how much it answers. Immutable.
 *
 * @param minBytes enough to answer; at most {@code maxBytes}
 * @param maxBytes at least 0; the first batch may exceed it
 */
record FetchLimits(long maxWaitNs, int minBytes, int maxBytes, ReadBound bound) {

    private static final byte READ_COMMITTED = 1;
    /** A client that asks to wait longer is answered, empty, after this. */
    private static final long MAX_WAIT_MS = 300_000;

    static FetchLimits of(FetchRequest request, int brokerMaxBytes) {
        int maxBytes = Math.max(0, Math.min(request.maxBytes(), brokerMaxBytes));
        long waitMs = Math.max(0, Math.min(request.maxWaitMs(), MAX_WAIT_MS));
        return new FetchLimits(
                waitMs * 1_000_000,
                Math.min(request.minBytes(), maxBytes),
                maxBytes,
                request.isolationLevel() == READ_COMMITTED ? ReadBound.STABLE : ReadBound.COMMITTED);
    }

    boolean waits() {
        return maxWaitNs > 0 && minBytes > 0;
    }

    boolean readsCommittedOnly() {
        return bound == ReadBound.STABLE;
    }
}
