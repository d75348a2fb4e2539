package io.millrace.broker.admin;

import io.millrace.runtime.EventLoop;
import io.millrace.runtime.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks event loops for a sign of life, on demand, so that it costs nothing between two questions. Owned by the control loop.
 *
 * <p>Invariant: at most one question waits in a loop's mailbox, however many checks run; a stuck loop does not collect them.
 */
final class LoopPulses {

    /** @param silentMs since the question that it has not answered */
    record SilentLoop(String name, long silentMs) {}

    private static final class Pulse {
        private final EventLoop loop;
        private boolean asked;
        private long askedNs;

        Pulse(EventLoop loop) {
            this.loop = loop;
        }
    }

    private static final class Check {
        private final long startedNs;
        private final Consumer<List<SilentLoop>> done;
        private @Nullable Timer deadline;

        Check(long startedNs, Consumer<List<SilentLoop>> done) {
            this.startedNs = startedNs;
            this.done = done;
        }
    }

    private final EventLoop control;
    private final long toleranceNs;
    private final List<Pulse> pulses = new ArrayList<>();
    /** Bounded by the admin port's connections: each has one request at a time. */
    private final List<Check> checks = new ArrayList<>();

    /** @param toleranceMs how long a loop may take before it counts as silent */
    LoopPulses(EventLoop control, List<? extends EventLoop> loops, long toleranceMs) {
        this.control = control;
        this.toleranceNs = TimeUnit.MILLISECONDS.toNanos(toleranceMs);
        loops.forEach(loop -> pulses.add(new Pulse(loop)));
    }

    /** Gives {@code done}, on the control loop, the loops that kept silent: none as soon as all have answered. */
    void check(Consumer<List<SilentLoop>> done) {
        control.checkOwned();
        long nowNs = control.clock().monotonicNs();
        Check check = new Check(nowNs, done);
        checks.add(check);
        check.deadline = control.schedule(toleranceNs, () -> finish(check));
        for (Pulse pulse : pulses) {
            if (!pulse.asked) {
                pulse.asked = true;
                pulse.askedNs = nowNs;
                pulse.loop.post(() -> control.post(() -> answered(pulse)));
            }
        }
    }

    private void answered(Pulse pulse) {
        pulse.asked = false;
        for (Pulse other : pulses) {
            if (other.asked) {
                return;
            }
        }
        List.copyOf(checks).forEach(this::finish);
    }

    private void finish(Check check) {
        if (!checks.remove(check)) {
            return;
        }
        if (check.deadline != null) {
            check.deadline.cancel();
        }
        long nowNs = control.clock().monotonicNs();
        List<SilentLoop> silent = new ArrayList<>();
        for (Pulse pulse : pulses) {
            // One asked later has answered since the check began.
            if (pulse.asked && pulse.askedNs - check.startedNs <= 0) {
                silent.add(new SilentLoop(pulse.loop.name(), TimeUnit.NANOSECONDS.toMillis(nowNs - pulse.askedNs)));
            }
        }
        check.done.accept(silent);
    }
}
