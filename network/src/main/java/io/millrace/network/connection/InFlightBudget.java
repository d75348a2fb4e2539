package io.millrace.network.connection;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes of whole requests that all connections together may hold, from their arrival to their completion. Thread-safe without
 * locks. Half-received requests are counted elsewhere ({@link io.millrace.network.frame.ReceiveBudget}): were they counted here
 * too, one that waits for room could hold the very room that it waits for.
 *
 * <p>Requests are added without asking, after their connection looked at {@link #full()}: the bound is exceeded by at most one
 * request per connection that is being read.
 *
 * <p>Who finds it full waits with {@link #awaitRoom} and is woken, once, when there is room; it takes what it wants and calls
 * {@link #passOn()}, which wakes the next while room is left. So a completion wakes as many as there is room for, and one that
 * died while it waited costs nobody their turn. The queue of waiters holds each connection at most once, so it is bounded by the
 * connections.
 */
public final class InFlightBudget {

    private final long maxBytes;
    private final AtomicLong usedBytes = new AtomicLong();
    private final ConcurrentLinkedQueue<Runnable> waiters = new ConcurrentLinkedQueue<>();

    /** @param maxBytes at least 1 */
    public InFlightBudget(long maxBytes) {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("bytes in flight: " + maxBytes + " is too small");
        }
        this.maxBytes = maxBytes;
    }

    public long usedBytes() {
        return usedBytes.get();
    }

    boolean full() {
        return usedBytes.get() >= maxBytes;
    }

    void add(long bytes) {
        usedBytes.addAndGet(bytes);
    }

    void remove(long bytes) {
        usedBytes.addAndGet(-bytes);
        passOn();
    }

    /** Runs {@code wake} once, on any thread, when there is room; it then calls {@link #passOn()}. */
    void awaitRoom(Runnable wake) {
        waiters.add(wake);
        passOn(); // room may have appeared between the refusal and the entry above
    }

    /** {@code wake} need not be run any more. */
    void forget(Runnable wake) {
        waiters.remove(wake);
    }

    /** Wakes the one that waits longest, if there is room. */
    void passOn() {
        if (!full()) {
            Runnable wake = waiters.poll();
            if (wake != null) {
                wake.run();
            }
        }
    }
}
