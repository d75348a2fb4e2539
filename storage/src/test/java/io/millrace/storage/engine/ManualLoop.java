package io.millrace.storage.engine;

import io.millrace.runtime.Clock;
import io.millrace.runtime.EventLoop;
import io.millrace.runtime.Timer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** A loop, its lanes and its clock in the test's own thread: nothing runs unless the test says so. */
final class ManualLoop implements EventLoop, Clock {

    private record Scheduled(long atNs, Runnable task) {}

    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final List<Scheduled> timers = new ArrayList<>();
    private long nowNs;
    private long wallOffsetMs;

    @Override
    public String name() {
        return "manual";
    }

    @Override
    public Clock clock() {
        return this;
    }

    @Override
    public void post(Runnable task) {
        tasks.add(task);
    }

    @Override
    public Timer schedule(long delayNs, Runnable task) {
        Scheduled scheduled = new Scheduled(nowNs + delayNs, task);
        timers.add(scheduled);
        return () -> timers.remove(scheduled);
    }

    @Override
    public boolean isOwner() {
        return true;
    }

    @Override
    public long monotonicNs() {
        return nowNs;
    }

    @Override
    public long wallMs() {
        return 1_700_000_000_000L + nowNs / 1_000_000 + wallOffsetMs;
    }

    /** Somebody sets the wall clock, forward or back; the monotonic clock does not notice. */
    void jumpWallMs(long ms) {
        wallOffsetMs += ms;
    }

    /** Runs what is queued now; false when nothing was. */
    boolean turn() {
        int count = tasks.size();
        for (int i = 0; i < count; i++) {
            tasks.remove().run();
        }
        return count > 0;
    }

    void advanceMs(long ms) {
        nowNs += ms * 1_000_000;
        List<Scheduled> due = new ArrayList<>();
        timers.removeIf(timer -> {
            boolean now = timer.atNs <= nowNs;
            if (now) {
                due.add(timer);
            }
            return now;
        });
        due.forEach(timer -> post(timer.task));
    }
}
