package io.millrace.storage.log;

import io.millrace.storage.StorageFailure;
import io.millrace.storage.checkpoint.LogRow;

/**
 * What one log still needs of the journal, and what a checkpoint changes about it. A journal file can be used again when no log
 * needs its generation: its batches are in checkpointed segments and its control records show in a checkpointed row. Owner:
 * the log's loop.
 */
public final class JournalNeed {

    private static final long NO_SEGMENT = -1;

    private final JournaledLog log;
    private final LogFiles files;
    private long controlGeneration = GenerationQueue.NONE;
    private int controlVersion;
    // End of the segments in the newest row that went to the checkpoint.
    private long checkpointEnd;

    JournalNeed(JournaledLog log, LogFiles files, long checkpointEnd) {
        this.log = log;
        this.files = files;
        this.checkpointEnd = checkpointEnd;
    }

    /** Exclusive end of what the checkpoint may speak of. */
    long checkpointEnd() {
        return checkpointEnd;
    }

    /** A control record of the log goes to this generation. */
    void controlIn(long generation) {
        controlVersion++;
        if (controlGeneration == GenerationQueue.NONE) {
            controlGeneration = generation;
        }
    }

    /** Whether the checkpoint must be told about the log before its journal generations can be released. */
    public boolean needsCheckpoint() {
        return oldestGeneration() != GenerationQueue.NONE;
    }

    /** Oldest journal generation that still holds something of this log; {@link Long#MAX_VALUE} when none does. */
    public long oldestGeneration() {
        return Math.min(controlGeneration, log.feed().generations().oldest());
    }

    /** What {@link #oldestGeneration} will be once a checkpoint is written behind all file work done so far. */
    public long oldestGenerationAfterCheckpoint() {
        return Math.min(
                isSettled() ? GenerationQueue.NONE : controlGeneration,
                log.feed().generations().oldestAfter(durableEnd()));
    }

    /**
     * What the next checkpoint makes durable of the log as it is now. Not what segments end with: after a truncation or reset
     * they may hold, for a while, other batches at offsets that were given again.
     */
    private long durableEnd() {
        SegmentRow active = files.segments().last();
        long tailStart = log.tail().startOffset();
        return active == null ? tailStart : Math.min(tailStart, active.endOffset());
    }

    private boolean isSettled() {
        return !log.feed().hasControls() && !files.isCutDue();
    }

    /** What the log looks like to a checkpoint that is written behind all file work done so far. */
    public LogCheckpoint checkpoint() {
        // A row is one state: with the offsets that a reset set it cannot still speak of the segments that the reset
        // drops.
        SegmentRow active = files.isResetDue() ? null : files.segments().last();
        long end = active == null ? log.tail().startOffset() : active.endOffset();
        boolean settled = isSettled();
        long base = active == null ? NO_SEGMENT : active.baseOffset();
        StorageFailure damage = log.damage();
        checkpointEnd = end;
        LogRow row = new LogRow(
                log.logId(),
                log.identity(),
                log.logStartOffset(),
                base,
                active == null ? 0 : active.lengthBytes(),
                end,
                Math.min(log.highWatermark(), log.syncedEndOffset()),
                damage == null ? "" : damage.message(),
                active == null ? null : files.rolls().snapshotBelow(end, base));
        return new LogCheckpoint(
                log, row, oldestGenerationAfterCheckpoint(), settled, controlVersion, files.plan(), durableEnd());
    }

    /** The checkpoint is synced. */
    public void checkpointed(LogCheckpoint written) {
        if (written.plan() != files.plan()) {
            // Truncated since: the row speaks of batches that are gone, and offsets may have been given again.
            return;
        }
        log.feed().generations().dropThrough(written.durableEnd());
        if (written.settled() && written.controlVersion() == controlVersion) {
            controlGeneration = GenerationQueue.NONE;
        }
    }

    @Override
    public String toString() {
        return "controls=" + controlGeneration + " oldest=" + oldestGeneration();
    }
}
