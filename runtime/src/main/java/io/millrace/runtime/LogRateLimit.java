package io.millrace.runtime;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Lets one log line through per interval and counts those held back, so that what clients do cannot fill a disk with log.
 * Thread-safe.
 */
public final class LogRateLimit {

    /** What {@link #permit()} answers when the line is to be held back. */
    public static final long HELD_BACK = -1;

    private final Clock clock;
    private final long intervalNs;
    private final AtomicLong nextNs;
    private final AtomicLong heldBack = new AtomicLong();

    /** @param intervalNs at least 0; the first line always passes */
    public LogRateLimit(Clock clock, long intervalNs) {
        this.clock = clock;
        this.intervalNs = intervalNs;
        this.nextNs = new AtomicLong(clock.monotonicNs());
    }

    /** {@link #HELD_BACK}, or how many lines were held back since the last one that passed (0 or more). */
    public long permit() {
        long nowNs = clock.monotonicNs();
        long dueNs = nextNs.get();
        if (nowNs - dueNs < 0 || !nextNs.compareAndSet(dueNs, nowNs + intervalNs)) {
            heldBack.incrementAndGet();
            return HELD_BACK;
        }
        return heldBack.getAndSet(0);
    }
}
