package io.millrace.storage.compaction;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The broker's one right to compact, with what bounds it. Thread-safe; one for all stores of a process. Whoever holds the slot
 * runs one pass and gives it back.
 */
public final class CompactionSlot {

    /** {@code log.cleaner.dedupe.buffer.size}, as in Kafka; taken as keys come, not at once. */
    public static final long DEFAULT_DEDUPE_BYTES = 128L << 20;

    /** {@code log.cleaner.io.max.bytes.per.second}: no bound. */
    public static final double UNBOUNDED = Double.MAX_VALUE;

    private final AtomicBoolean taken = new AtomicBoolean();
    private final CompactionTotals totals = new CompactionTotals();
    private volatile long dedupeBytes = DEFAULT_DEDUPE_BYTES;
    private volatile double maxBytesPerSecond = UNBOUNDED;

    /** True when the caller holds it now; it must {@link #give} it back. */
    public boolean tryTake() {
        return taken.compareAndSet(false, true);
    }

    public void give() {
        taken.set(false);
    }

    public CompactionTotals totals() {
        return totals;
    }

    /** Bytes of an offset map, at most. */
    public long dedupeBytes() {
        return dedupeBytes;
    }

    public void dedupeBytes(long bytes) {
        dedupeBytes = Math.max(OffsetMap.MIN_LIMIT_BYTES, bytes);
    }

    /** Bytes read and written in a second, at most. From the next step on. */
    public void maxBytesPerSecond(double bytes) {
        maxBytesPerSecond = Math.max(1, bytes);
    }

    /** How long a pass has to wait after it moved so many bytes. */
    public long pauseNs(long movedBytes, long tookNs) {
        double dueNs = movedBytes / maxBytesPerSecond * 1e9;
        return dueNs <= tookNs ? 0 : (long) Math.min(dueNs - tookNs, 60e9);
    }
}
