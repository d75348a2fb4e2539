package io.millrace.broker.fetch;

import io.millrace.runtime.Clock;
import io.millrace.runtime.Randomness;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of one shard's connections, at most {@link #MAX_SESSIONS} with a bound on their partitions, each and together.
 * Owned by that shard's loop.
 */
final class FetchSessions {

    /** As many as Kafka's {@code max.incremental.fetch.session.cache.slots}, but per shard. */
    static final int MAX_SESSIONS = 1_000;
    /** A session that was used within this time is not evicted for a new one (Kafka's two minutes). */
    static final long PROTECTED_NS = 120_000_000_000L;

    /** A client with more partitions than this goes on without a session. */
    static final int MAX_PARTITIONS_PER_SESSION = 20_000;
    /** Partitions in the sessions of all shards; one costs about 200 bytes. */
    static final int MAX_PARTITIONS = 100_000;

    private final Clock clock;
    private final Randomness randomness;
    private final int maxPartitions;
    /** In order of use, least recent first. */
    private final Map<Integer, FetchSession> sessions = new LinkedHashMap<>();

    private int partitions;
    private long evictions;

    /** @param maxPartitions in all sessions of this shard */
    FetchSessions(int maxPartitions, Clock clock, Randomness randomness) {
        this.maxPartitions = maxPartitions;
        this.clock = clock;
        this.randomness = randomness;
    }

    int size() {
        return sessions.size();
    }

    /** A new session, or null when there are too many in use, or too many partitions: the client then goes on without one. */
    @Nullable
    FetchSession create(boolean byTopicId, List<FetchPartition> wanted) {
        if (wanted.size() > MAX_PARTITIONS_PER_SESSION || wanted.size() > maxPartitions - partitions) {
            return null;
        }
        long now = clock.monotonicNs();
        if (sessions.size() >= MAX_SESSIONS) {
            FetchSession eldest = sessions.values().iterator().next();
            if (now - eldest.lastUsedNs() < PROTECTED_NS) {
                return null;
            }
            remove(eldest.id());
            evictions++;
        }
        int id;
        do {
            id = 1 + randomness.nextInt(Integer.MAX_VALUE - 1);
        } while (sessions.containsKey(id));
        FetchSession session = new FetchSession(id, byTopicId, now);
        sessions.put(id, session);
        want(session, wanted);
        return session;
    }

    @Nullable
    FetchSession find(int id) {
        return sessions.get(id);
    }

    /** Accepts the request that carries {@link FetchSession#nextEpoch()}; the session is now the most recently used. */
    void advance(FetchSession session) {
        session.advance(clock.monotonicNs());
        sessions.remove(session.id());
        sessions.put(session.id(), session);
    }

    /** Takes what a request names into its session; false when that would be too much, and the session is at its end. */
    boolean want(FetchSession session, List<FetchPartition> wanted) {
        int before = session.size();
        for (FetchPartition partition : wanted) {
            session.want(partition.key(), partition.position());
        }
        partitions += session.size() - before;
        if (session.size() > MAX_PARTITIONS_PER_SESSION || partitions > maxPartitions) {
            remove(session.id());
            return false;
        }
        return true;
    }

    void forget(FetchSession session, FetchPartition.Key key) {
        int before = session.size();
        session.forget(key);
        partitions -= before - session.size();
    }

    void remove(int id) {
        FetchSession gone = sessions.remove(id);
        if (gone != null) {
            partitions -= gone.size();
        }
    }

    /** Sessions that ended for a new one. */
    long evictions() {
        return evictions;
    }

    /** In all sessions. */
    int partitions() {
        return partitions;
    }
}
