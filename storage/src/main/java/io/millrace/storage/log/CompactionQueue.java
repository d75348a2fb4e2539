package io.millrace.storage.log;

import io.millrace.runtime.EventLoop;
import io.millrace.runtime.Randomness;
import io.millrace.runtime.Timer;
import io.millrace.storage.compaction.CompactionSlot;
import io.millrace.storage.compaction.OffsetMap;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskLane;
import java.util.LinkedHashSet;
import org.jspecify.annotations.Nullable;

/**
 * Logs of one store that are due for compaction, the dirtiest first. One pass runs in the whole broker, so the queue asks for
 * the {@link CompactionSlot} and asks again while another shard has it. Owner: the shard loop.
 */
public final class CompactionQueue {

    /** Between two tries, and after a pass, so that other shards have their turn. */
    private static final long RETRY_NS = 100_000_000;

    private final EventLoop loop;
    private final Disk disk;
    private final DiskLane pool;
    private final CompactionSlot slot;
    private final Randomness randomness;
    // At most one entry for each log of the store.
    private final LinkedHashSet<LogCompaction> waiting = new LinkedHashSet<>();
    private @Nullable LogCompaction running;
    private @Nullable Timer timer;
    private boolean closed;

    public CompactionQueue(EventLoop loop, Disk disk, DiskLane pool, CompactionSlot slot, Randomness randomness) {
        this.loop = loop;
        this.disk = disk;
        this.pool = pool;
        this.slot = slot;
        this.randomness = randomness;
    }

    EventLoop loop() {
        return loop;
    }

    Disk disk() {
        return disk;
    }

    DiskLane pool() {
        return pool;
    }

    CompactionSlot slot() {
        return slot;
    }

    /** For one pass, with a secret that no other has. */
    OffsetMap newMap() {
        return new OffsetMap(slot.dedupeBytes(), randomness);
    }

    /** The log is due. */
    void wants(LogCompaction compaction) {
        waiting.add(compaction);
        start();
    }

    /** It is not any more. */
    void forget(LogCompaction compaction) {
        waiting.remove(compaction);
        if (waiting.isEmpty()) {
            slot.leave(this);
        }
    }

    /** Its pass is over. */
    @SuppressWarnings("ReferenceEquality") // the very one that runs
    void ended(LogCompaction compaction) {
        if (running == compaction) {
            running = null;
            slot.give();
            retryLater();
        }
    }

    /** No pass begins any more; the one that runs ends at its next step. */
    public void close() {
        closed = true;
        waiting.clear();
        slot.leave(this);
        Timer present = timer;
        timer = null;
        if (present != null) {
            present.cancel();
        }
    }

    private void start() {
        while (!closed && running == null && timer == null && !waiting.isEmpty()) {
            if (!slot.tryTake(this)) {
                retryLater();
                return;
            }
            LogCompaction next = dirtiest();
            waiting.remove(next);
            running = next;
            if (!next.start()) {
                running = null;
                slot.give();
            }
        }
    }

    private LogCompaction dirtiest() {
        LogCompaction best = waiting.getFirst();
        for (LogCompaction each : waiting) {
            if (each.dirtyRatio() > best.dirtyRatio()) {
                best = each;
            }
        }
        return best;
    }

    private void retryLater() {
        if (timer == null && !closed && !waiting.isEmpty()) {
            timer = loop.schedule(RETRY_NS, () -> {
                timer = null;
                start();
            });
        }
    }
}
