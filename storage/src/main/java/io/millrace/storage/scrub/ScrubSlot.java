package io.millrace.storage.scrub;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The broker's one right to scrub, with what bounds it and what was done with it. Thread-safe; one for all stores of a process.
 * Whoever holds the slot looks at one segment and gives it back.
 */
public final class ScrubSlot {

    /** {@code millrace.scrub.interval.ms}: a week. */
    public static final long DEFAULT_INTERVAL_MS = 7L * 24 * 3600 * 1000;

    /** {@code millrace.scrub.bytes.per.second}. */
    public static final long DEFAULT_BYTES_PER_SECOND = 8L << 20;

    /** No rounds; what a reader finds missing is still made again. */
    public static final long NEVER = 0;

    private final AtomicBoolean taken = new AtomicBoolean();
    private final AtomicLong readBytes = new AtomicLong();
    private final AtomicLong segments = new AtomicLong();
    private final AtomicLong rebuilt = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final long intervalMs;
    private final long bytesPerSecond;

    public ScrubSlot() {
        this(DEFAULT_INTERVAL_MS, DEFAULT_BYTES_PER_SECOND);
    }

    /**
     * @param intervalMs from the begin of one round over all segments to that of the next; {@link #NEVER}
     * @param bytesPerSecond read at most
     */
    public ScrubSlot(long intervalMs, long bytesPerSecond) {
        if (intervalMs < 0 || bytesPerSecond < 1) {
            throw new IllegalArgumentException(
                    "scrub interval and rate must be positive: " + intervalMs + " ms, " + bytesPerSecond + " B/s");
        }
        this.intervalMs = intervalMs;
        this.bytesPerSecond = bytesPerSecond;
    }

    /** True when the caller holds it now; it must {@link #give} it back. */
    boolean tryTake() {
        return taken.compareAndSet(false, true);
    }

    void give() {
        taken.set(false);
    }

    long intervalMs() {
        return intervalMs;
    }

    /** How long to wait after a step that read so much. */
    long pauseNs(long bytes, long tookNs) {
        double dueNs = (double) bytes / bytesPerSecond * 1e9;
        return Math.max(0, (long) (dueNs - tookNs));
    }

    void read(long bytes) {
        readBytes.addAndGet(bytes);
    }

    void sound() {
        segments.incrementAndGet();
    }

    void rebuilt() {
        rebuilt.incrementAndGet();
    }

    void failed() {
        failures.incrementAndGet();
    }

    public long readBytes() {
        return readBytes.get();
    }

    /** Segments looked at to their end and found whole. */
    public long soundSegments() {
        return segments.get();
    }

    /** {@code .side} files made again. */
    public long rebuiltSides() {
        return rebuilt.get();
    }

    /** Segments that could not be looked at to their end, for another reason than damage. */
    public long failures() {
        return failures.get();
    }
}
