package io.millrace.storage.retention;

import io.millrace.runtime.EventLoop;
import io.millrace.runtime.Timer;
import java.util.Comparator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The moments at which logs of one shard have something to decide, behind one timer: an idle log costs one entry, a log without
 * records none. Owner: the shard loop.
 */
public final class RetentionQueue {

    /** A day: that soon a corrected wall clock is noticed. */
    private static final long MAX_DELAY_MS = 24L * 3600 * 1000;

    /** One log's place in the queue. Owner: the queue's loop. */
    public static final class Entry {

        private final int order;
        private final Runnable due;
        private long dueNs;
        private boolean queued;

        /**
         * @param order among equal deadlines; unlike any other entry's
         * @param due runs when the time has come; the entry has left the queue by then
         */
        public Entry(int order, Runnable due) {
            this.order = order;
            this.due = due;
        }

        public boolean isQueued() {
            return queued;
        }
    }

    private final EventLoop loop;
    // Differences, for the clock's origin is arbitrary and it may wrap.
    private final TreeSet<Entry> entries = new TreeSet<>(
            Comparator.<Entry>comparingLong(entry -> entry.dueNs - origin()).thenComparingInt(entry -> entry.order));
    private final long originNs;
    private @Nullable Timer timer;
    private long timerNs;

    public RetentionQueue(EventLoop loop) {
        this.loop = loop;
        this.originNs = loop.clock().monotonicNs();
    }

    private long origin() {
        return originNs;
    }

    /** Entries that wait. */
    public int size() {
        return entries.size();
    }

    /** Lets {@code entry} be due in {@code delayMs}, at least 0, whatever was said of it before. */
    public void at(Entry entry, long delayMs) {
        loop.checkOwned();
        cancel(entry);
        long boundedMs = Math.clamp(delayMs, 0, MAX_DELAY_MS);
        entry.dueNs = loop.clock().monotonicNs() + boundedMs * 1_000_000;
        entry.queued = true;
        entries.add(entry);
        if (entries.first() == entry) {
            arm(entry.dueNs);
        }
    }

    /** Takes it out; does nothing when it does not wait. */
    public void cancel(Entry entry) {
        loop.checkOwned();
        if (entry.queued) {
            entries.remove(entry);
            entry.queued = false;
        }
    }

    /** Nothing is due any more. */
    public void close() {
        entries.forEach(entry -> entry.queued = false);
        entries.clear();
        Timer present = timer;
        timer = null;
        if (present != null) {
            present.cancel();
        }
    }

    private void arm(long atNs) {
        Timer present = timer;
        if (present != null) {
            if (timerNs - atNs <= 0) {
                return;
            }
            present.cancel();
        }
        timerNs = atNs;
        timer = loop.schedule(Math.max(0, atNs - loop.clock().monotonicNs()), this::fire);
    }

    private void fire() {
        timer = null;
        long nowNs = loop.clock().monotonicNs();
        try {
            while (!entries.isEmpty() && entries.first().dueNs - nowNs <= 0) {
                Entry due = entries.removeFirst();
                due.queued = false;
                due.due.run();
            }
        } finally {
            // What one of them throws is the loop's to report; the others, overdue ones too, still get their turn.
            if (!entries.isEmpty()) {
                arm(entries.first().dueNs);
            }
        }
    }
}
