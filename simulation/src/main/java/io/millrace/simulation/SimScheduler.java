package io.millrace.simulation;

import io.millrace.runtime.Clock;
import io.millrace.runtime.Timer;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time and the one queue of what happens next. Owned by the thread that calls {@link #step}; everything simulated runs
 * inside that call.
 *
 * <p>Invariant: events run in order of (time, sequence of creation), so a run is a function of the seed alone. Time moves only
 * by taking an event.
 */
public final class SimScheduler {

    private static final int MAX_QUEUED_EVENTS = 1 << 20;
    private static final long FIRST_WALL_MS = 1_700_000_000_000L;

    private final PriorityQueue<Event> queue = new PriorityQueue<>(
            Comparator.comparingLong((Event event) -> event.timeNs).thenComparingLong(event -> event.sequence));
    private final TraceHash trace = new TraceHash();
    private final SimClock clock = new SimClock();
    private long nowNs;
    private long sequence;
    private long wallOffsetMs;
    private @Nullable SimLoop running;

    /** Both clocks of the simulated machine. */
    public Clock clock() {
        return clock;
    }

    /** Digest of every event run and of whatever else the parts of the simulation add. */
    public TraceHash trace() {
        return trace;
    }

    public long nowNs() {
        return nowNs;
    }

    /** Moves the wall clock, forward or back, and leaves the monotonic clock alone. */
    public void jumpWall(long deltaMs) {
        wallOffsetMs += deltaMs;
        trace.add(deltaMs);
    }

    /** Runs {@code task} after {@code delayNs}; {@code label} names it in the trace. */
    public Timer after(long delayNs, String label, Runnable task) {
        if (delayNs < 0) {
            throw new IllegalArgumentException("delay " + delayNs + " ns is negative");
        }
        if (queue.size() >= MAX_QUEUED_EVENTS) {
            throw new IllegalStateException(
                    "more than " + MAX_QUEUED_EVENTS + " events queued: something feeds itself");
        }
        Event event = new Event(nowNs + delayNs, sequence++, label, task);
        queue.add(event);
        return event;
    }

    /** Runs the next event; false when nothing is left. */
    public boolean step() {
        Event event = queue.poll();
        while (event != null && event.cancelled) {
            event = queue.poll();
        }
        if (event == null) {
            return false;
        }
        nowNs = event.timeNs;
        trace.add(event.timeNs);
        trace.add(event.label);
        event.started = true;
        event.task.run();
        return true;
    }

    /**
     * Runs until {@code done} holds.
     *
     * @return false when the queue ran empty first
     * @throws IllegalStateException after {@code maxEvents}: no progress, or a bound that is too small
     */
    public boolean runUntil(BooleanSupplier done, int maxEvents) {
        for (int i = 0; i < maxEvents; i++) {
            if (done.getAsBoolean()) {
                return true;
            }
            if (!step()) {
                return done.getAsBoolean();
            }
        }
        throw new IllegalStateException("not done after " + maxEvents + " events at " + nowNs + " ns");
    }

    /** Runs all events due within the next {@code durationNs}, then moves time to its end. */
    public void runFor(long durationNs) {
        long endNs = nowNs + durationNs;
        while (!queue.isEmpty() && queue.peek().timeNs <= endNs) {
            step();
        }
        nowNs = endNs;
    }

    /** Which loop the running event belongs to; null on a lane or outside of any event. */
    @Nullable
    SimLoop running() {
        return running;
    }

    /** Runs {@code task} as {@code loop}. */
    void runAs(SimLoop loop, Runnable task) {
        SimLoop before = running;
        running = loop;
        try {
            task.run();
        } finally {
            running = before;
        }
    }

    private static final class Event implements Timer {
        private final long timeNs;
        private final long sequence;
        private final String label;
        private final Runnable task;
        private boolean started;
        private boolean cancelled;

        private Event(long timeNs, long sequence, String label, Runnable task) {
            this.timeNs = timeNs;
            this.sequence = sequence;
            this.label = label;
            this.task = task;
        }

        @Override
        public void cancel() {
            if (!started) {
                cancelled = true;
            }
        }
    }

    private final class SimClock implements Clock {

        @Override
        public long monotonicNs() {
            return nowNs;
        }

        @Override
        public long wallMs() {
            return FIRST_WALL_MS + wallOffsetMs + nowNs / 1_000_000;
        }
    }
}
