package io.millrace.storage.log;

import io.millrace.storage.TailSlice;
import io.millrace.storage.segment.Segment;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The segments of one log and the file work that is due, one piece at a time. Owner: the log's loop.
 *
 * <p>Duties in order, so that no file is touched before the record that allows it is synced: delete, reset, cut, rebuild of the
 * derived state, segments below the log start, batches of the tail. {@link FileDuties} knows what was asked for and what of it
 * may be done, {@link TailWrites} what is to be written; {@link FileChanges} takes over what has become of it.
 */
public final class LogFiles {

    private static final long NONE = -1;
    /** A log with this many bytes in its tail is worth a segment write of its own. */
    public static final int WORTH_WRITING_BYTES = 256 * 1024;

    private final JournaledLog log;
    private final Path folder;
    private final LogSegments segments;
    private final FileDuties duties = new FileDuties();
    private final JournalNeed need;
    private final RollPlan rolls;
    private final TailWrites writes;
    private final FileChanges changes;
    private boolean hasFolder;
    private boolean wished;
    private @Nullable FileWork running;
    private @Nullable MadeSide sideMade;

    LogFiles(JournaledLog log, LogStart start) {
        this.log = log;
        this.folder = start.folder();
        this.segments = start.segments();
        this.hasFolder = start.hasFolder();
        SegmentRow active = segments.last();
        this.need = new JournalNeed(
                log,
                this,
                active == null ? start.endOffset() : active.endOffset(),
                active == null ? NONE : active.baseOffset());
        this.rolls = new RollPlan(
                log,
                start.snapshot(),
                active == null ? start.endOffset() : active.baseOffset(),
                active == null ? 0 : active.lengthBytes());
        this.writes = new TailWrites(log, segments, rolls);
        this.changes = new FileChanges(log, folder, segments, rolls, duties);
    }

    public LogSegments segments() {
        return segments;
    }

    FileDuties duties() {
        return duties;
    }

    RollPlan rolls() {
        return rolls;
    }

    /** What the log still needs of the journal. */
    public JournalNeed need() {
        return need;
    }

    /** Number of the log's contents: what was planned or written before the last truncation has a lower one. */
    public int plan() {
        return duties.plan();
    }

    long segmentBytes() {
        return segments.sizeBytes();
    }

    boolean isCutting() {
        return duties.isCutting();
    }

    /** See {@link FileDuties#isCutDue}. */
    boolean isCutDue() {
        return duties.isCutDue();
    }

    /**
     * Whether the lane is putting a compacted segment in the place of others right now: what look-ups find by name may be
     * either, and a repeated one will tell. {@link LogCompaction#isSwapBegun} is true between two tries, too.
     */
    boolean isSwapRunning() {
        return running instanceof FileWork.Swap;
    }

    /**
     * A {@code .side} file was made again and waits for its name; only when none {@link #isSideWaiting}.
     *
     * @param madeAt what {@link #plan} was when that began
     */
    public void sideMade(Segment segment, int madeAt) {
        sideMade = new MadeSide(segment, madeAt);
        wish();
    }

    /** A segment's {@code .side} file is whole: a reader that missed it opened the files before it was there. */
    public void sideFound(Segment segment) {
        log.host().reader().drop(segment);
    }

    /** Whether one that was made again has not got its name yet: nobody may make another one then. */
    public boolean isSideWaiting() {
        return sideMade != null || running instanceof FileWork.PlaceSide;
    }

    /**
     * Whether what was read of the files since {@link #plan} had that value is what the log has: nothing was cut or swapped
     * since, nor will be.
     */
    public boolean isUnchanged(int since) {
        return plan() == since
                && !isCutDue()
                && !isSwapRunning()
                && !log.compaction().isSwapBegun();
    }

    /** A compacted segment is complete. */
    void swapDue() {
        wish();
    }

    public boolean isRemoved() {
        return duties.isRemoved();
    }

    /** The log's part of a group is durable; {@code controls} says which records it had. */
    void synced(int controls) {
        if (controls != 0) {
            duties.synced(controls, log.feed().isTruncationPending());
            wish();
        } else if (log.tail().sizeBytes() >= WORTH_WRITING_BYTES || isRollSynced() || isNextSegmentDue()) {
            wish();
        }
    }

    /** A durable row shows the log as it is. */
    void shownByRow() {
        if (duties.shownByRow()) {
            wish();
        }
    }

    /** Whether a segment that has ended can be written to its end and sealed, so that retention can take it. */
    private boolean isRollSynced() {
        SegmentRoll roll = rolls.nextRoll();
        return roll != null && roll.endOffset() <= log.syncedEndOffset();
    }

    /**
     * Whether the last segment is sealed and compaction waits for the one behind it: a start cuts the last one by its length,
     * so until then nobody may replace it.
     */
    private boolean isNextSegmentDue() {
        SegmentRow last = segments.last();
        return last != null
                && last.sealed()
                && log.config().cleanup().compacts()
                && log.syncedEndOffset() > last.endOffset();
    }

    private void wish() {
        if (!wished) {
            wished = true;
            log.host().writeBehindWanted(log);
        }
    }

    /** The store took the log off the list of those that wish for file work. */
    public void wishTaken() {
        wished = false;
    }

    /** After a piece of work: whether the log should come again without waiting for its next append. */
    public void wishAgain() {
        boolean duty = duties.isAnyAllowed(need.checkpointEnd())
                || log.compaction().isSwapDue()
                || sideMade != null
                || rolls.nextRoll() != null
                || isNextSegmentDue();
        long syncedBytes =
                log.syncedEndOffset() > log.tail().startOffset() ? log.tail().sizeBytes() : 0;
        if (!isRemoved() && running == null && (duty || syncedBytes >= WORTH_WRITING_BYTES)) {
            wish();
        }
    }

    /**
     * @param inTail whether all of the cut lies in the tail
     * @param journalled whether a record of it goes to the journal
     */
    void truncated(boolean inTail, boolean journalled, long endOffset) {
        contentsChanged();
        log.readerSlices().truncated(endOffset);
        SegmentRow active = segments.last();
        SegmentRow kept = segments.lastBelow(endOffset);
        rolls.truncated(
                endOffset,
                kept == null ? Math.min(log.tail().startOffset(), endOffset) : kept.baseOffset(),
                kept == null ? 0 : kept.lengthBytes());
        boolean written = active != null && active.endOffset() > log.tail().startOffset();
        boolean writing = running instanceof FileWork.Write || running instanceof FileWork.Cut;
        duties.truncated(endOffset, inTail, written || writing, journalled);
        if (!log.observers().truncatedTo(endOffset)) {
            duties.rebuildAsked();
        }
        wish();
    }

    void reset(long offset) {
        contentsChanged();
        log.readerSlices().truncated(Long.MIN_VALUE);
        rolls.reset(offset);
        duties.resetAsked();
    }

    private void contentsChanged() {
        duties.contentsChanged();
        need.contentsChanged();
        log.compaction().contentsChanged();
    }

    /**
     * The next piece of file work; null when none is due or one is running.
     *
     * @param maxBytes to write; 0 when the disk is full: only what needs no space, deletes and removals before all
     */
    public @Nullable FileWork next(int maxBytes) {
        if (running != null || isRemoved()) {
            return null;
        }
        FileWork work = plan(maxBytes);
        running = work;
        return work;
    }

    private @Nullable FileWork plan(int maxBytes) {
        if (log.compaction().isSwapBegun()) {
            return log.compaction().swap(place());
        }
        if (duties.isDeleteAllowed()) {
            // A pass has files open, or makes some, in the folder that goes; it comes again when it has ended.
            return log.compaction().isBusy() ? null : new FileWork.Delete(place());
        }
        // Until its delete record is synced a log goes on as any other: what it needs of the journal must not wait.
        if (duties.isResetAsked()) {
            return duties.isResetAllowed() ? new FileWork.Remove(place(), segments.bases(), true) : null;
        }
        if (duties.isCutNext()) {
            return planCut(duties.cut());
        }
        if (duties.isRebuildNext()) {
            return new FileWork.Rebuild(place(), segments.copy(), log.tail().startOffset(), rolls.snapshot(), plan());
        }
        if (duties.takeRemove()) {
            List<Long> bases = segments.basesBelow(log.ends().syncedLogStart());
            if (!bases.isEmpty()) {
                return new FileWork.Remove(place(), bases, false);
            }
        }
        if (duties.cut().isDue()) {
            // Stuck: the last segment is neither whole nor cut.
            return null;
        }
        FileWork swap = log.compaction().swap(place());
        if (swap != null) {
            return swap;
        }
        MadeSide made = sideMade;
        if (made != null) {
            sideMade = null;
            return made.work(place(), segments, plan());
        }
        return maxBytes == 0 ? null : writes.next(place(), plan(), maxBytes);
    }

    private FileWork.Place place() {
        return new FileWork.Place(log.logId(), log.identity(), folder, !hasFolder);
    }

    /** Null while its record is waited for. */
    private @Nullable FileWork planCut(PendingCut cut) {
        if (!cut.isExact()) {
            SegmentRow holding = segments.holding(cut.endOffset());
            if (holding == null) {
                throw new IllegalStateException(
                        "a cut to " + cut.endOffset() + " below the tail needs a segment: " + this);
            }
            return new FileWork.Boundary(place(), holding, cut.endOffset(), plan());
        }
        if (!duties.isCutAllowed(need.checkpointEnd())) {
            return null;
        }
        SegmentRow kept = segments.lastBelow(cut.endOffset());
        return new FileWork.Cut(
                place(),
                segments.basesFrom(cut.endOffset()),
                kept == null ? NONE : kept.baseOffset(),
                kept == null ? 0 : kept.lengthBytes(),
                cut.endOffset(),
                plan());
    }

    /** The outcome of the piece that {@link #next} gave; null when it failed and is to be tried again later. */
    public void done(@Nullable FileOutcome outcome) {
        FileWork work = running;
        running = null;
        if (work == null) {
            return;
        }
        if (work instanceof FileWork.Write write) {
            write.slices().forEach(TailSlice::release);
        }
        if (outcome == null) {
            failed(work);
            return;
        }
        // Only a write makes the folder; a cut or a removal of nothing does not.
        hasFolder |= work instanceof FileWork.Write;
        changes.done(work, outcome);
    }

    /** What is not planned again by itself. */
    private void failed(FileWork work) {
        if (work instanceof FileWork.Remove remove && !remove.reset()) {
            duties.removeAsked();
        }
        if (work instanceof FileWork.PlaceSide side) {
            // What it speaks of may be gone by the next try: it is removed, and made again some day.
            sideMade = new MadeSide(side.segment(), -1);
        }
        if (work instanceof FileWork.Swap
                || work instanceof FileWork.MarkCompacted
                || work instanceof FileWork.PlaceSide) {
            wish();
        }
    }

    /**
     * A piece of work met damage, see {@link FileChanges#metDamage}.
     *
     * @return false when no damage was to be met by such work
     */
    public boolean metDamage(FileWork work) {
        return changes.metDamage(work);
    }

    @Override
    public String toString() {
        return log.identity() + "[tail=" + log.tail().startOffset() + ".."
                + log.tail().endOffset() + " synced="
                + log.syncedEndOffset() + " " + duties + " " + need + " running=" + (running != null)
                + " segments=" + segments + "]";
    }
}
