package io.millrace.broker.fetch;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The partitions that one client fetches, so that it need not name them each time (KIP-227). Owned by the loop of the shard
 * whose connections may use it: a client that comes back on another shard is told that the session is not found and starts a
 * new one.
 *
 * <p>Partitions are kept in the order in which they are served: one that gave data goes to the end, so all get their turn.
 */
final class FetchSession {

    /** A request outside any session. */
    static final int NO_SESSION_ID = 0;
    /** The request asks for no session, or ends one. */
    static final int FINAL_EPOCH = -1;
    /** The request starts a new session. */
    static final int INITIAL_EPOCH = 0;

    private final int id;
    private final boolean byTopicId;
    private final Map<FetchPartition.Key, FetchPartition> partitions = new LinkedHashMap<>();
    private int epoch = INITIAL_EPOCH;
    private long lastUsedNs;

    FetchSession(int id, boolean byTopicId, long nowNs) {
        this.id = id;
        this.byTopicId = byTopicId;
        this.lastUsedNs = nowNs;
    }

    int id() {
        return id;
    }

    /** Whether its partitions are named by topic id; a client that changes that must start again. */
    boolean byTopicId() {
        return byTopicId;
    }

    /** The epoch that the next request must carry: 1 after 0, and 1 again after the largest. */
    int nextEpoch() {
        return epoch == Integer.MAX_VALUE ? 1 : epoch + 1;
    }

    void advance(long nowNs) {
        epoch = nextEpoch();
        lastUsedNs = nowNs;
    }

    long lastUsedNs() {
        return lastUsedNs;
    }

    int size() {
        return partitions.size();
    }

    /** In serving order. */
    Collection<FetchPartition> partitions() {
        return partitions.values();
    }

    void want(FetchPartition.Key key, FetchPartition.Position position) {
        FetchPartition known = partitions.get(key);
        if (known == null) {
            partitions.put(key, new FetchPartition(key, position));
        } else {
            known.position(position);
        }
    }

    void forget(FetchPartition.Key key) {
        partitions.remove(key);
    }

    /** Moves a partition behind all others. */
    void served(FetchPartition.Key key) {
        FetchPartition partition = partitions.remove(key);
        if (partition != null) {
            partitions.put(key, partition);
        }
    }
}
