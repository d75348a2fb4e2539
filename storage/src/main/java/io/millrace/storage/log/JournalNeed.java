package io.millrace.storage.log;

import io.millrace.storage.StorageFailure;
import io.millrace.storage.checkpoint.LogRow;

/**
 * What one log still needs of the journal, and what a checkpoint changes about it. A journal file can be used again when no log
 * needs its generation. Owner: the log's loop.
 *
 * <p>A row shows every change that was made before it, whether or not its record has reached the journal and the files have
 * followed: so a log can always be brought to need no older generation by writing segments and rows alone. Were it otherwise,
 * a full journal could wait for a record that waits for room in it. What has no row yet ({@link #hasRow}), and a delete record,
 * which is needed until the files are gone, do not wait for room either.
 */
public final class JournalNeed {

    private static final long NO_SEGMENT = -1;

    private final JournaledLog log;
    private final LogFiles files;
    private final FileDuties duties;
    // Oldest generation with a control record that no durable row shows.
    private long controlGeneration = GenerationQueue.NONE;
    // The same for the row that is on its way.
    private long controlSinceRow = GenerationQueue.NONE;
    private long deleteGeneration = GenerationQueue.NONE;
    // End of the segments in the newest row of the checkpoint, or in the one on its way when that is higher.
    private long checkpointEnd;

    // Base of the last segment in the newest durable row of these contents: a start leaves those below it as they are.
    private long durableBase;

    JournalNeed(JournaledLog log, LogFiles files, long checkpointEnd, long durableBase) {
        this.log = log;
        this.files = files;
        this.duties = files.duties();
        this.checkpointEnd = checkpointEnd;
        this.durableBase = durableBase;
    }

    /** Segments with a lower base may be replaced; -1 when none may. */
    long durableBase() {
        return durableBase;
    }

    /** Truncated or reset: the row speaks of other contents. */
    void contentsChanged() {
        durableBase = NO_SEGMENT;
    }

    /** Exclusive end of what the checkpoint may speak of. */
    long checkpointEnd() {
        return checkpointEnd;
    }

    /** Control records of the log go to this generation, or a later one. */
    void controlIn(long generation, boolean delete) {
        controlGeneration = Math.min(controlGeneration, generation);
        controlSinceRow = Math.min(controlSinceRow, generation);
        if (delete) {
            deleteGeneration = generation;
        }
    }

    /** Whether the checkpoint must be told about the log before its journal generations can be released. */
    public boolean needsCheckpoint() {
        return oldestGeneration() != GenerationQueue.NONE;
    }

    /** Oldest journal generation that still holds something of this log; {@link Long#MAX_VALUE} when none does. */
    public long oldestGeneration() {
        return Math.min(
                Math.min(controlGeneration, deleteGeneration),
                log.feed().generations().oldest());
    }

    /** What {@link #oldestGeneration} will be once a checkpoint is written behind all file work done so far. */
    public long oldestGenerationAfterCheckpoint() {
        return hasRow()
                ? Math.min(deleteGeneration, log.feed().generations().oldestAfter(rowEnd()))
                : oldestGeneration();
    }

    /**
     * Whether there is a row to write. Not while a look-up in the segments is due that tells where a truncation ends. Nor before
     * the create record is synced: an older log of the same name may have its delete record in the same group, and a row of
     * the one without the end of the other would be two logs. Such a log needs no older generation.
     */
    public boolean hasRow() {
        return !log.feed().isCreating()
                && (!duties.cut().isDue() || duties.cut().isExact());
    }

    /** Whether a row would let file work go on that waits for a journal record otherwise. */
    public boolean wantsRow() {
        return hasRow() && duties.isWaitingForRecord(checkpointEnd);
    }

    /**
     * Exclusive end of the batches that segments hold and the log still has: after a truncation or reset they may hold, for a
     * while, others at offsets that were given again.
     */
    private long rowEnd() {
        SegmentRow last = duties.isResetAsked() ? null : files.segments().last();
        long end = last == null ? log.tail().startOffset() : last.endOffset();
        return duties.cut().isDue() ? Math.min(end, duties.cut().endOffset()) : end;
    }

    /**
     * What the log looks like to a checkpoint that is written behind all file work done so far.
     *
     * @param journalGroup what is collected for the journal from now on is in this group or a later one
     */
    public LogCheckpoint checkpoint(long journalGroup) {
        long end = rowEnd();
        SegmentRow active = duties.isResetAsked() ? null : files.segments().last();
        boolean cut = active != null && active.endOffset() > end;
        if (cut) {
            active = files.segments().lastBelow(end);
        }
        long base = active == null ? NO_SEGMENT : active.baseOffset();
        StorageFailure damage = log.damage();
        // Until it is synced the one before may be what a start finds.
        checkpointEnd = Math.max(checkpointEnd, end);
        controlSinceRow = GenerationQueue.NONE;
        LogRow row = new LogRow(
                log.logId(),
                log.identity(),
                log.logStartOffset(),
                base,
                active == null ? 0 : cut ? LogRow.TO_BE_CUT : active.lengthBytes(),
                end,
                Math.min(log.highWatermark(), log.syncedEndOffset()),
                new LogRow.Journalled(
                        journalGroup, log.syncedEndOffset(), log.ends().collectedEnd()),
                damage == null ? "" : damage.message(),
                duties.isResetAsked() ? null : files.rolls().snapshotBelow(end, base));
        return new LogCheckpoint(log, row, oldestGenerationAfterCheckpoint(), files.plan(), end);
    }

    /** The checkpoint is synced. */
    public void checkpointed(LogCheckpoint written) {
        controlGeneration = controlSinceRow;
        checkpointEnd = written.durableEnd();
        if (written.plan() == files.plan()) {
            // Otherwise it was truncated since, and offsets of the row may have been given again.
            durableBase = written.row().segmentBaseOffset();
            log.feed().generations().dropThrough(written.durableEnd());
            files.shownByRow();
            log.compaction().rowDurable();
        }
    }

    @Override
    public String toString() {
        return "controls=" + controlGeneration + " oldest=" + oldestGeneration();
    }
}
