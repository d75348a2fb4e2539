package io.millrace.network.frame;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The memory in which all connections together receive, apart from {@value FrameReader#FREE_BYTES} bytes that each has of its own.
 * Thread-safe without locks.
 *
 * <p>A frame that began to arrive asks with {@link ReceiveMemory#reserve}. When all is given away, one owner at a time still gets what it asks
 * for, however much, so that half-received frames cannot block each other for ever: that one ends, by itself or by its deadline.
 * Buffers that are only larger than needed ask with {@link ReceiveMemory#reserveSpare}, which leaves a quarter to those that must have it.
 *
 * <p>Who is refused waits with {@link #awaitRoom} in order of arrival, and is woken, once, when asking again may succeed; it then
 * calls {@link #passOn()} for the next.
 */
public final class ReceiveBudget {

    /** @param bytes what it will ask for */
    private record Waiter(int bytes, Runnable wake) {}

    private final long maxBytes;
    private final AtomicLong usedBytes = new AtomicLong();
    private final AtomicReference<@Nullable Object> exception = new AtomicReference<>();
    private final ConcurrentLinkedQueue<Waiter> waiters = new ConcurrentLinkedQueue<>();

    /** @param maxBytes at least 1 */
    public ReceiveBudget(long maxBytes) {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("bytes to receive in: " + maxBytes + " is too small");
        }
        this.maxBytes = maxBytes;
    }

    public long usedBytes() {
        return usedBytes.get();
    }

    /** The memory of one owner, who gives all of it back at once. */
    public ReceiveMemory of(Object owner) {
        return new Share(owner);
    }

    /** Runs {@code wake} once, on any thread, when asking for {@code bytes} may succeed; it then calls {@link #passOn()}. */
    public void awaitRoom(int bytes, Runnable wake) {
        waiters.add(new Waiter(bytes, wake));
        passOn(); // room may have appeared between the refusal and the entry above
    }

    /** {@code wake} need not be run any more. */
    @SuppressWarnings("ReferenceEquality") // the one that waits, not one like it
    public void forget(Runnable wake) {
        waiters.removeIf(waiter -> waiter.wake() == wake);
    }

    /** Wakes the one that waits longest, if it would get what it asks for. */
    public void passOn() {
        Waiter first = waiters.peek();
        if (first != null && (usedBytes.get() + first.bytes() <= maxBytes || exception.get() == null)) {
            // Another thread may have taken the first meanwhile: the one taken here then asks, and perhaps waits again.
            Waiter taken = waiters.poll();
            if (taken != null) {
                taken.wake().run();
            }
        }
    }

    private boolean tryAdd(int bytes, long limitBytes) {
        while (true) {
            long used = usedBytes.get();
            if (used + bytes > limitBytes) {
                return false;
            }
            if (usedBytes.compareAndSet(used, used + bytes)) {
                return true;
            }
        }
    }

    private final class Share implements ReceiveMemory {

        private final Object owner;

        Share(Object owner) {
            this.owner = owner;
        }

        @Override
        @SuppressWarnings("ReferenceEquality") // the owner itself, not one like it
        public boolean reserve(int bytes) {
            if (tryAdd(bytes, maxBytes)) {
                return true;
            }
            if (exception.get() == owner || exception.compareAndSet(null, owner)) {
                usedBytes.addAndGet(bytes);
                return true;
            }
            return false;
        }

        @Override
        public boolean reserveSpare(int bytes) {
            return tryAdd(bytes, maxBytes - maxBytes / 4);
        }

        @Override
        public void release(int bytes) {
            usedBytes.addAndGet(-bytes);
            exception.compareAndSet(owner, null);
            passOn();
        }
    }
}
