package io.millrace.storage.log;

import io.millrace.runtime.EventLoop;
import io.millrace.runtime.Timer;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that idle producers are forgotten: those of any log of the store after {@code producer.id.expiration.ms}, and the
 * one that has been idle longest when the broker remembers too many. Owned by the store's loop.
 *
 * <p>One entry per log that has producers, at most: when its longest idle one would expire, as known when the entry was made.
 * Activity only makes that later, so an entry may come too early and is then put back, never too late.
 */
public final class ProducerExpiry {

    private static final long MIN_PAUSE_NS = 1_000_000_000L;

    private record Due(long atNs, JournaledLog log) {}

    private final EventLoop loop;
    private final PriorityQueue<Due> queue = new PriorityQueue<>(Comparator.comparingLong(Due::atNs));
    private @Nullable Timer timer;
    private boolean closed;

    public ProducerExpiry(EventLoop loop) {
        this.loop = loop;
    }

    /** The log may have producers that nobody watches yet. */
    public void watch(JournaledLog log) {
        if (log.state().isExpiryWatched() || closed) {
            return;
        }
        long atNs = log.producers().nextExpiryNs();
        if (atNs != Long.MAX_VALUE) {
            log.state().expiryWatched(true);
            queue.add(new Due(atNs, log));
            schedule();
        }
    }

    /** Batches with, or without, a producer went to the log. */
    void appended(JournaledLog log) {
        if (log.producers().size() > 0) {
            watch(log);
            if (log.producers().isBrokerOver()) {
                evictOne(log);
            }
        }
    }

    /** The log is deleted. */
    public void forget(JournaledLog log) {
        if (log.state().isExpiryWatched()) {
            log.state().expiryWatched(false);
            queue.removeIf(due -> due.log == log);
        }
    }

    public void close() {
        closed = true;
        queue.clear();
        if (timer != null) {
            timer.cancel();
        }
    }

    private void schedule() {
        Due next = queue.peek();
        if (timer == null && next != null && !closed) {
            long waitNs = next.atNs - loop.clock().monotonicNs();
            timer = loop.schedule(Math.max(MIN_PAUSE_NS, waitNs), this::expireDue);
        }
    }

    private void expireDue() {
        timer = null;
        long nowNs = loop.clock().monotonicNs();
        for (Due next = queue.peek(); next != null && next.atNs <= nowNs; next = queue.peek()) {
            queue.remove();
            next.log.producers().expire();
            putBack(next.log);
        }
        schedule();
    }

    private void putBack(JournaledLog log) {
        log.state().expiryWatched(false);
        watch(log);
    }

    /**
     * Forgets the producer of this store that has been idle longest, and never the one that has just appended: so a broker at
     * its bound forgets as many as come, and not all the neighbours of whoever appends.
     */
    private void evictOne(JournaledLog appending) {
        Due spared = null;
        for (int tries = queue.size(); tries > 0; tries--) {
            Due next = queue.remove();
            boolean stands = next.log.producers().nextExpiryNs() <= next.atNs;
            if (stands && next.log.producers().evictLongestIdle(next.log == appending)) {
                putBack(next.log);
                break;
            }
            if (stands) {
                spared = next;
            } else {
                putBack(next.log);
            }
        }
        if (spared != null) {
            queue.add(spared);
        }
    }
}
