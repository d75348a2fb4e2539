package io.millrace.broker.fetch;

import io.millrace.runtime.Clock;
import io.millrace.runtime.Randomness;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The sessions of one shard's connections, at most {@link #MAX_SESSIONS}. Owned by that shard's loop. */
final class FetchSessions {

    /** As many as Kafka's {@code max.incremental.fetch.session.cache.slots}, but per shard. */
    static final int MAX_SESSIONS = 1_000;
    /** A session that was used within this time is not evicted for a new one (Kafka's two minutes). */
    static final long PROTECTED_NS = 120_000_000_000L;

    private final Clock clock;
    private final Randomness randomness;
    /** In order of use, least recent first. */
    private final Map<Integer, FetchSession> sessions = new LinkedHashMap<>();

    FetchSessions(Clock clock, Randomness randomness) {
        this.clock = clock;
        this.randomness = randomness;
    }

    int size() {
        return sessions.size();
    }

    /** A new session, or null when the table is full of sessions in use: the client then goes on without one. */
    @Nullable
    FetchSession create(boolean byTopicId) {
        long now = clock.monotonicNs();
        if (sessions.size() >= MAX_SESSIONS) {
            FetchSession eldest = sessions.values().iterator().next();
            if (now - eldest.lastUsedNs() < PROTECTED_NS) {
                return null;
            }
            sessions.remove(eldest.id());
        }
        int id;
        do {
            id = 1 + randomness.nextInt(Integer.MAX_VALUE - 1);
        } while (sessions.containsKey(id));
        FetchSession session = new FetchSession(id, byTopicId, now);
        sessions.put(id, session);
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

    void remove(int id) {
        sessions.remove(id);
    }
}
