package io.millrace.broker.admin;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Whether this broker serves, and why not. Told from any thread, read from any thread.
 *
 * <p>A broker is ready when it has started, does not stop and nobody has reported a problem. Problems have keys chosen by code,
 * so there are few of them.
 */
public final class BrokerHealth {

    private enum Phase {
        STARTING,
        SERVING,
        STOPPING
    }

    /** @param problems reason by key, in the order of keys */
    private record State(Phase phase, boolean started, String doing, Map<String, String> problems) {}

    private final AtomicReference<State> state =
            new AtomicReference<>(new State(Phase.STARTING, false, "starting", Map.of()));

    /** Says what the start is busy with, e.g. {@code recovering the log}; without effect later. */
    public void starting(String doing) {
        change(now -> now.phase == Phase.STARTING ? new State(now.phase, false, doing, now.problems) : now);
    }

    /** The broker answers clients from now on. */
    public void serving() {
        change(now -> now.phase == Phase.STARTING ? new State(Phase.SERVING, true, "serving", now.problems) : now);
    }

    /** The broker takes no new work; final. */
    public void stopping() {
        change(now -> new State(Phase.STOPPING, now.started, "stopping", now.problems));
    }

    /**
     * Clients would be refused while this lasts.
     *
     * @param key names the problem and its place, e.g. {@code disk-full shard-0}; a second report replaces the reason
     * @param reason for an operator: what, and what to do
     */
    public void problem(String key, String reason) {
        change(now -> {
            Map<String, String> problems = new TreeMap<>(now.problems);
            problems.put(key, reason);
            return new State(now.phase, now.started, now.doing, problems);
        });
    }

    /** The problem is over; nothing happens when there was none. */
    public void resolved(String key) {
        change(now -> {
            Map<String, String> problems = new TreeMap<>(now.problems);
            problems.remove(key);
            return new State(now.phase, now.started, now.doing, problems);
        });
    }

    private void change(UnaryOperator<State> change) {
        state.updateAndGet(change);
    }

    /** Whether the start succeeded; stays true while the broker stops. */
    public boolean hasStarted() {
        return state.get().started;
    }

    /** What the broker is busy with. */
    public String doing() {
        return state.get().doing;
    }

    /** Null when ready, else every reason, one a line. */
    public @Nullable String whyNotReady() {
        State now = state.get();
        if (now.phase == Phase.SERVING && now.problems.isEmpty()) {
            return null;
        }
        StringBuilder why = new StringBuilder();
        if (now.phase != Phase.SERVING) {
            why.append(now.doing).append('\n');
        }
        now.problems.forEach(
                (key, reason) -> why.append(key).append(": ").append(reason).append('\n'));
        return why.toString();
    }
}
