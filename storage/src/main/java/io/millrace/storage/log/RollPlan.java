package io.millrace.storage.log;

import io.millrace.storage.LogConfig;
import io.millrace.storage.checkpoint.LogRow;
import io.millrace.storage.observer.SideSection;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where segments end and where derived state is remembered. Both are decided when a batch is appended, because only then do
 * the observers know exactly what lies below; write-behind follows later. Owner: the log's loop.
 */
final class RollPlan {

    private static final long NONE = -1;
    private static final int SNAPSHOT_INTERVAL_BYTES = 4 << 20;
    /** A snapshot is worth taking when the log grew by this many times its size. */
    private static final int SNAPSHOT_SIZE_FACTOR = 64;
    /** Offsets inside a segment, from its base, are 31 bits wide in its index. A batch alone never has more. */
    private static final long MAX_OFFSET_DELTA = Integer.MAX_VALUE;

    private final JournaledLog log;
    private final ArrayDeque<SegmentRoll> rolls = new ArrayDeque<>(1);
    private @Nullable SegmentRoll waiting;
    private LogRow.@Nullable Snapshot snapshot;
    private long openBase;
    private long openBytes;
    private long openSinceMs = NONE;
    private long bytesSinceSnapshot;
    private long lastSnapshotBytes;

    /**
     * @param openBase base of the segment that the next append falls into
     * @param openBytes its length
     */
    RollPlan(JournaledLog log, LogRow.@Nullable Snapshot snapshot, long openBase, long openBytes) {
        this.log = log;
        this.snapshot = snapshot;
        this.openBase = openBase;
        this.openBytes = openBytes;
    }

    /** Ends the segment before a batch when with it that, or its index, is full, or out of offsets, or when it is old. */
    void beforeBatch(LogConfig config, long baseOffset, long endOffset, int sizeBytes, long nowMs) {
        boolean full = openBytes + sizeBytes > config.segmentBytes();
        boolean old = openSinceMs != NONE && nowMs - openSinceMs >= config.rollAfterMs();
        boolean indexFull = config.indexBytesAtMost(openBytes + sizeBytes) > config.segmentIndexBytes();
        boolean wide = endOffset - 1 - openBase > MAX_OFFSET_DELTA;
        if (full || old || indexFull || wide) {
            rollAt(baseOffset);
        }
        openBytes += sizeBytes;
        if (openSinceMs == NONE) {
            openSinceMs = nowMs;
        }
    }

    /** Ends the open segment here, where the observers know all below; does nothing when it is empty. */
    void rollAt(long offset) {
        if (openBytes > 0 && offset > openBase) {
            SegmentRoll roll = new SegmentRoll(offset, log.observers().sealed());
            rolls.add(roll);
            remember(roll);
            openBase = offset;
            openBytes = 0;
            openSinceMs = NONE;
        }
    }

    void afterAppend(long logEnd, int sizeBytes) {
        bytesSinceSnapshot += sizeBytes;
        if (bytesSinceSnapshot > Math.max(SNAPSHOT_INTERVAL_BYTES, SNAPSHOT_SIZE_FACTOR * lastSnapshotBytes)) {
            takeSnapshot(logEnd);
        }
    }

    /** Remembers the derived state as it is now; it goes to the checkpoint once segments reach this far. */
    void takeSnapshot(long logEnd) {
        remember(new SegmentRoll(logEnd, log.observers().sealed()));
    }

    private void remember(SegmentRoll taken) {
        lastSnapshotBytes = 0;
        for (SideSection section : taken.sections()) {
            lastSnapshotBytes += section.sizeBytes();
        }
        bytesSinceSnapshot = 0;
        waiting = taken;
    }

    /** The newest snapshot at or below what segments hold; for the checkpoint. */
    LogRow.@Nullable Snapshot snapshotBelow(long segmentEnd, long segmentBase) {
        SegmentRoll taken = waiting;
        if (taken != null && taken.endOffset() <= segmentEnd) {
            snapshot = new LogRow.Snapshot(taken.endOffset(), segmentBase, List.copyOf(taken.sections()));
            waiting = null;
        }
        return snapshot;
    }

    /** The last snapshot that the checkpoint was given, null when it had none. */
    LogRow.@Nullable Snapshot snapshot() {
        return snapshot;
    }

    /** The next place where a segment ends, null when the open one goes on. */
    @Nullable
    SegmentRoll nextRoll() {
        return rolls.peek();
    }

    /** The first place behind {@code offset} where a segment ends; {@link Long#MAX_VALUE} when none is decided. */
    long endAfter(long offset) {
        if (!rolls.isEmpty()) {
            for (SegmentRoll roll : rolls) {
                if (roll.endOffset() > offset) {
                    return roll.endOffset();
                }
            }
        }
        return Long.MAX_VALUE;
    }

    /** The one after {@link #nextRoll}. */
    @Nullable
    SegmentRoll rollAfterNext() {
        Iterator<SegmentRoll> all = rolls.iterator();
        all.next();
        return all.hasNext() ? all.next() : null;
    }

    /** A segment that ends there is sealed; a truncation may have taken the roll away meanwhile. */
    void rolled(long endOffset) {
        SegmentRoll first = rolls.peek();
        if (first != null && first.endOffset() <= endOffset) {
            rolls.remove();
        }
    }

    /**
     * What lies at or above {@code endOffset} is gone. When no place where a segment ends is left in the tail, the open segment
     * is the one with {@code activeBase}: the last that keeps anything, not the one that was written to before.
     *
     * @param activeBytes of that segment, at most
     */
    void truncated(long endOffset, long activeBase, long activeBytes) {
        rolls.removeIf(roll -> roll.endOffset() > endOffset);
        SegmentRoll taken = waiting;
        if (taken != null && taken.endOffset() > endOffset) {
            waiting = null;
        }
        LogRow.Snapshot kept = snapshot;
        if (kept != null && kept.offset() > endOffset) {
            snapshot = null;
        }
        reopened(activeBase, activeBytes);
    }

    /** The open segment is this one, with the tail behind it, unless a segment ends in the tail. */
    void reopened(long activeBase, long activeBytes) {
        SegmentRoll last = rolls.peekLast();
        openBase = last == null ? activeBase : last.endOffset();
        openBytes = (last == null ? activeBytes : 0) + tailBytesFrom(last == null ? Long.MIN_VALUE : last.endOffset());
    }

    private long tailBytesFrom(long offset) {
        long bytes = 0;
        for (long e = log.tail().entryHolding(offset); e < log.tail().endEntry(); e++) {
            bytes += log.tail().sizeAt(e);
        }
        return bytes;
    }

    void reset(long offset) {
        truncated(Long.MIN_VALUE, offset, 0);
        openSinceMs = NONE;
    }
}
