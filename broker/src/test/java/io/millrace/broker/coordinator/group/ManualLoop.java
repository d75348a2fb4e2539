package io.millrace.broker.coordinator.group;

import io.millrace.runtime.Clock;
import io.millrace.runtime.EventLoop;
import io.millrace.runtime.Timer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A loop whose tasks run when the test says so and whose clock stands until the test moves it. */
final class ManualLoop implements EventLoop, Clock {

    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final List<Scheduled> scheduled = new ArrayList<>();
    private long nowNs = 1_000;
    private long wallMs = 1_700_000_000_000L;

    private static final class Scheduled implements Timer {
        private final long atNs;
        private final Runnable task;
        private boolean cancelled;

        private Scheduled(long atNs, Runnable task) {
            this.atNs = atNs;
            this.task = task;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }

    @Override
    public String name() {
        return "manual";
    }

    @Override
    public Clock clock() {
        return this;
    }

    @Override
    public long monotonicNs() {
        return nowNs;
    }

    @Override
    public long wallMs() {
        return wallMs;
    }

    @Override
    public void post(Runnable task) {
        tasks.add(task);
    }

    @Override
    public Timer schedule(long delayNs, Runnable task) {
        Scheduled timer = new Scheduled(nowNs + delayNs, task);
        scheduled.add(timer);
        return timer;
    }

    @Override
    public boolean isOwner() {
        return true;
    }

    void run() {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
    }

    /** Moves both clocks to every timer on the way, in order, and to the end. */
    void advanceMs(long ms) {
        long endNs = nowNs + ms * 1_000_000;
        run();
        while (true) {
            Scheduled next = scheduled.stream()
                    .filter(each -> !each.cancelled)
                    .min(Comparator.comparingLong(each -> each.atNs))
                    .orElse(null);
            if (next == null || next.atNs > endNs) {
                break;
            }
            scheduled.remove(next);
            moveTo(Math.max(nowNs, next.atNs));
            next.task.run();
            run();
        }
        moveTo(endNs);
    }

    private void moveTo(long ns) {
        wallMs += ns / 1_000_000 - nowNs / 1_000_000;
        nowNs = ns;
    }

    /** Timers set and neither fired nor cancelled. */
    long timers() {
        return scheduled.stream().filter(each -> !each.cancelled).count();
    }
}
