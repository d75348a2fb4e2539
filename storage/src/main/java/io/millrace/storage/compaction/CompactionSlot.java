package io.millrace.storage.compaction;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The broker's one right to compact, with what bounds it. Thread-safe; one for all stores of a process. Whoever holds the slot
 * runs one pass and gives it back; stores that ask meanwhile get it in the order in which they asked.
 */
public final class CompactionSlot {

    /** {@code log.cleaner.dedupe.buffer.size}, as in Kafka; taken as keys come, not at once. */
    public static final long DEFAULT_DEDUPE_BYTES = 128L << 20;

    /** {@code log.cleaner.io.max.bytes.per.second}: no bound. */
    public static final double UNBOUNDED = Double.MAX_VALUE;

    /** Who has it and who asked for it meanwhile: stores, so there are few. */
    private record Line(@Nullable Object holder, List<Object> waiting) {}

    private final AtomicReference<Line> line = new AtomicReference<>(new Line(null, List.of()));
    private final CompactionTotals totals = new CompactionTotals();
    private volatile long dedupeBytes = DEFAULT_DEDUPE_BYTES;
    private volatile double maxBytesPerSecond = UNBOUNDED;

    /**
     * Asks for it. Who does not get it stands in line, and must ask again or {@link #leave}: nobody takes the slot twice while
     * another one waits.
     *
     * @return true when {@code taker} holds it now; it must {@link #give} it back
     */
    public boolean tryTake(Object taker) {
        while (true) {
            Line seen = line.get();
            boolean first = seen.waiting.isEmpty() || seen.waiting.getFirst().equals(taker);
            boolean taken = seen.holder == null && first;
            if (!taken && seen.waiting.contains(taker)) {
                return false;
            }
            List<Object> waiting = new ArrayList<>(seen.waiting);
            if (taken) {
                waiting.remove(taker);
            } else {
                waiting.add(taker);
            }
            if (line.compareAndSet(seen, new Line(taken ? taker : seen.holder, List.copyOf(waiting)))) {
                return taken;
            }
        }
    }

    /** The caller, who holds it, is done. */
    public void give() {
        line.updateAndGet(seen -> new Line(null, seen.waiting));
    }

    /** The caller does not want it any more. */
    public void leave(Object taker) {
        line.updateAndGet(seen -> {
            List<Object> waiting = new ArrayList<>(seen.waiting);
            waiting.remove(taker);
            return new Line(seen.holder, List.copyOf(waiting));
        });
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
