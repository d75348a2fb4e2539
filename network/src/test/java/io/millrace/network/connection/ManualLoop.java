package io.millrace.network.connection;

import io.millrace.runtime.Clock;
import io.millrace.runtime.EventLoop;
import io.millrace.runtime.Timer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A loop that runs only when told to, on a clock moved by hand. One thread, which counts as the owner unless told otherwise. */
final class ManualLoop implements EventLoop {

    private record Scheduled(long dueNs, long number, Runnable task) {}

    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final List<Scheduled> timers = new ArrayList<>();
    private long nowNs = 1_000_000;
    private long number;
    private boolean outside;

    private final Clock clock = new Clock() {
        @Override
        public long monotonicNs() {
            return nowNs;
        }

        @Override
        public long wallMs() {
            return TimeUnit.NANOSECONDS.toMillis(nowNs);
        }
    };

    @Override
    public String name() {
        return "manual";
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public void post(Runnable task) {
        tasks.addLast(task);
    }

    @Override
    public Timer schedule(long delayNs, Runnable task) {
        Scheduled scheduled = new Scheduled(nowNs + delayNs, number++, task);
        timers.add(scheduled);
        return () -> timers.remove(scheduled);
    }

    @Override
    public boolean isOwner() {
        return !outside;
    }

    /** Runs {@code action} as another thread would. */
    void fromOutside(Runnable action) {
        outside = true;
        try {
            action.run();
        } finally {
            outside = false;
        }
    }

    /** Runs one queued task, if there is one. */
    boolean runOne() {
        Runnable task = tasks.pollFirst();
        if (task == null) {
            return false;
        }
        task.run();
        return true;
    }

    void runAll() {
        int steps = 0;
        while (runOne()) {
            if (++steps > 100_000) {
                throw new IllegalStateException("the loop never rests");
            }
        }
    }

    int queued() {
        return tasks.size();
    }

    int timers() {
        return timers.size();
    }

    /** Moves the clock, running what falls due on the way and all that follows from it. */
    void advanceMs(long ms) {
        long endNs = nowNs + TimeUnit.MILLISECONDS.toNanos(ms);
        while (true) {
            runAll();
            Scheduled next = timers.stream()
                    .min(Comparator.comparingLong(Scheduled::dueNs).thenComparingLong(Scheduled::number))
                    .orElse(null);
            if (next == null || next.dueNs() > endNs) {
                break;
            }
            timers.remove(next);
            nowNs = Math.max(nowNs, next.dueNs());
            next.task().run();
        }
        nowNs = endNs;
        runAll();
    }
}
