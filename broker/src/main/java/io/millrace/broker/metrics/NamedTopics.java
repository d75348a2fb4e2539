package io.millrace.broker.metrics;

import io.millrace.protocol.Uuid;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Which topics have series of their own: the first ones, up to a bound, each until it is deleted. One for all shards, so that a
 * topic is named on all of them or on none. Thread-safe; asked when a leadership begins, never on a data path.
 */
public final class NamedTopics {

    private final int max;
    private final AtomicReference<Set<Uuid>> named = new AtomicReference<>(Set.of());

    /** @param max 0 or more */
    public NamedTopics(int max) {
        this.max = max;
    }

    /** Whether the topic is named from now on. */
    boolean claim(Uuid topicId) {
        return named.updateAndGet(present -> {
                    if (present.contains(topicId) || present.size() >= max) {
                        return present;
                    }
                    Set<Uuid> grown = new LinkedHashSet<>(present);
                    grown.add(topicId);
                    return Set.copyOf(grown);
                })
                .contains(topicId);
    }

    /** The topic was deleted: another one may have its place. */
    void release(Uuid topicId) {
        named.updateAndGet(present -> {
            if (!present.contains(topicId)) {
                return present;
            }
            Set<Uuid> left = new LinkedHashSet<>(present);
            left.remove(topicId);
            return Set.copyOf(left);
        });
    }
}
