package io.millrace.network.connection;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of requests that all connections together may hold: those in a handler's hands and large ones half received.
 * Thread-safe without locks.
 *
 * <p>Requests are added without asking, after their connection looked at {@link #full()}: the bound is exceeded by at most one
 * request per connection that is being read. Memory for large half-received requests is asked for. When all is given away, one
 * owner at a time still gets what it asks for, so that half-received requests cannot block each other for ever.
 *
 * <p>Who is refused waits with {@link #awaitRoom} and is woken, once, when a quarter is free again or the one exception ended.
 * The queue of waiters holds each connection at most once, so it is bounded by the connections.
 */
public final class InFlightBudget {

    private final long maxBytes;
    private final AtomicLong usedBytes = new AtomicLong();
    private final AtomicReference<@Nullable Object> exception = new AtomicReference<>();
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
        if (usedBytes.addAndGet(-bytes) <= maxBytes - maxBytes / 4) {
            wakeWaiters();
        }
    }

    /** Whether {@code owner} may hold {@code bytes} more for a half-received request; see {@link #release}. */
    @SuppressWarnings("ReferenceEquality") // the owner itself, not one like it
    boolean reserve(Object owner, int bytes) {
        if (tryAdd(bytes)) {
            return true;
        }
        if (exception.get() == owner || exception.compareAndSet(null, owner)) {
            usedBytes.addAndGet(bytes);
            return true;
        }
        return false;
    }

    private boolean tryAdd(int bytes) {
        while (true) {
            long used = usedBytes.get();
            if (used + bytes > maxBytes) {
                return false;
            }
            if (usedBytes.compareAndSet(used, used + bytes)) {
                return true;
            }
        }
    }

    /** Gives back all that {@code owner} reserved. */
    void release(Object owner, int bytes) {
        usedBytes.addAndGet(-bytes);
        exception.compareAndSet(owner, null);
        wakeWaiters();
    }

    /**
     * Runs {@code wake} once, on any thread, when asking again may succeed.
     *
     * @param bytes what will be asked for
     */
    void awaitRoom(int bytes, Runnable wake) {
        waiters.add(wake);
        // Room may have appeared between the refusal and the entry above.
        if (usedBytes.get() + bytes <= maxBytes || (exception.get() == null && bytes > 1)) {
            wakeWaiters();
        }
    }

    private void wakeWaiters() {
        // Only those that wait now: who is refused again queues behind them.
        for (int left = waiters.size(); left > 0; left--) {
            Runnable wake = waiters.poll();
            if (wake == null) {
                return;
            }
            wake.run();
        }
    }
}
