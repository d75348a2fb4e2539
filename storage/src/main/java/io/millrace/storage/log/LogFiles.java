package io.millrace.storage.log;

import io.millrace.storage.TailSlice;
import io.millrace.storage.segment.Segment;
import io.millrace.storage.segment.WriteOutcome;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The segments of one log and the file work that is due, one piece at a time. Owner: the log's loop.
 *
 * <p>Duties in order, so that no file is touched before the record that allows it is synced: delete, reset, cut, rebuild of the
 * derived state, segments below the log start, batches of the tail. A truncation that reaches below the tail stops appends
 * until the file is cut and the derived state is right again.
 */
public final class LogFiles {

    private static final long NONE = -1;
    /** A log with this many bytes in its tail is worth a segment write of its own. */
    public static final int WORTH_WRITING_BYTES = 256 * 1024;

    private final JournaledLog log;
    private final Path folder;
    private final LogSegments segments;
    private final RollPlan rolls;
    private final TailWrites writes;
    private boolean hasFolder;
    private @Nullable FileWork running;
    private int plan;

    private boolean deleteAsked;
    private boolean deleteDue;
    private boolean removed;
    private boolean resetAsked;
    private boolean resetDue;
    private final PendingCut cut = new PendingCut();
    private boolean cutting;
    private boolean rebuildAsked;
    // Contents whose cut or rebuild met damage: it is not tried again.
    private int stuckPlan = -1;
    private boolean removeDue;

    private final JournalNeed need;
    private boolean wished;
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
    }

    public LogSegments segments() {
        return segments;
    }

    PendingCut cut() {
        return cut;
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
        return plan;
    }

    long segmentBytes() {
        return segments.sizeBytes();
    }

    boolean isCutting() {
        return cutting;
    }

    /** Whether files will be cut, or are right now: what look-ups find in them may be half gone. */
    boolean isCutDue() {
        return (cut.isDue() && !isStuck()) || resetAsked || deleteAsked;
    }

    private boolean isStuck() {
        return stuckPlan == plan;
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
        return plan == since
                && !isCutDue()
                && !isSwapRunning()
                && !log.compaction().isSwapBegun();
    }

    /** A compacted segment is complete. */
    void swapDue() {
        wish();
    }

    /** Whether all segments go. */
    boolean isResetDue() {
        return resetAsked;
    }

    boolean isDeleteAsked() {
        return deleteAsked;
    }

    public boolean isRemoved() {
        return removed;
    }

    /** The log's part of a group is durable; {@code controls} says which records it had. */
    void synced(int controls) {
        if (controls != 0) {
            deleteDue |= deleteAsked && (controls & PendingControls.DELETED) != 0;
            resetDue |= resetAsked && (controls & PendingControls.RESET) != 0;
            // With another truncation waiting, or its place not known yet, the record that was synced is an older
            // one's.
            // A deleted log's later truncations get no record at all.
            if (!deleteAsked && !log.feed().isTruncationPending() && (controls & PendingControls.TRUNCATED) != 0) {
                cut.recordSynced();
            }
            removeDue |= (controls & PendingControls.LOG_START) != 0;
            wish();
        } else if (log.tail().sizeBytes() >= WORTH_WRITING_BYTES || isRollSynced() || isNextSegmentDue()) {
            wish();
        }
    }

    /** Whether a cut or removal is to be done that the journal has no durable record of. */
    boolean isWaitingForRecord() {
        return (resetAsked && !resetDue) || (cut.isDue() && !isCutAllowed());
    }

    /** A durable row shows the log as it is: a start would do what is due itself. */
    void shownByRow() {
        resetDue |= resetAsked;
        if (resetDue || cut.isDue()) {
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
        boolean duty = deleteDue
                || resetDue
                || (!isStuck() && ((cut.isDue() && (!cut.isExact() || isCutAllowed())) || rebuildAsked))
                || removeDue
                || log.compaction().isSwapDue()
                || sideMade != null
                || rolls.nextRoll() != null
                || isNextSegmentDue();
        long syncedBytes =
                log.syncedEndOffset() > log.tail().startOffset() ? log.tail().sizeBytes() : 0;
        if (!removed && running == null && (duty || syncedBytes >= WORTH_WRITING_BYTES)) {
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
        // After a reset all that segments hold goes anyway.
        if (!resetAsked && (!inTail || written || writing)) {
            cutting |= !inTail;
            // What the journal never had is in no segment either.
            cut.asked(endOffset, inTail, !inTail || journalled);
        }
        if (!log.observers().truncatedTo(endOffset)) {
            cutting = true;
            rebuildAsked = true;
        }
        wish();
    }

    /**
     * A piece of work met damage. What was to be written goes to a new segment. Of a cut, what leads to it or follows it: the log
     * keeps the end that it was given, and its rows and the journal say so; its files stay as they are, but for whole segments
     * that went. The next start tries again, another truncation, too.
     *
     * @return false when no damage was to be met by such work
     */
    public boolean metDamage(FileWork work) {
        switch (work) {
            case FileWork.Write write -> writeBeside();
            case FileWork.Boundary boundary -> {
                if (boundary.plan() == plan) {
                    // Where the batch begins cannot be told: the cut takes what it can from where it was asked for.
                    cut.found(boundary.offset());
                    log.truncation().cutAt(boundary.offset());
                }
            }
            case FileWork.Cut done -> {
                segments.remove(done.removedBases(), log.host().reader());
                dropReaders();
                log.reads().clear();
                if (done.plan() == plan) {
                    cutMetDamage();
                }
            }
            case FileWork.Rebuild rebuild -> stuckPlan = rebuild.plan();
            case FileWork.Remove remove -> {
                return false;
            }
            case FileWork.Swap swap -> {
                return false;
            }
            case FileWork.MarkCompacted marked -> {
                return false;
            }
            case FileWork.PlaceSide side -> {
                return false;
            }
            case FileWork.Delete delete -> {
                return false;
            }
        }
        return true;
    }

    private void writeBeside() {
        SegmentRow active = segments.last();
        if (active != null && !active.sealed()) {
            segments.lastSealed();
            rolls.rolled(active.endOffset());
        }
    }

    private void cutMetDamage() {
        SegmentRow last = segments.last();
        if (last == null || last.endOffset() <= cut.endOffset()) {
            // Nothing is left to cut: what is in the tail goes to another segment.
            cut.clear();
            cutting = rebuildAsked;
        } else {
            stuckPlan = plan;
        }
    }

    private void contentsChanged() {
        plan++;
        need.contentsChanged();
        log.compaction().contentsChanged();
    }

    void reset(long offset) {
        contentsChanged();
        log.readerSlices().truncated(Long.MIN_VALUE);
        rolls.reset(offset);
        resetAsked = true;
        resetDue = false;
        cut.clear();
        cutting = false;
        rebuildAsked = false;
    }

    void deleteAsked() {
        deleteAsked = true;
    }

    /**
     * The next piece of file work; null when none is due or one is running.
     *
     * @param maxBytes to write; 0 when the disk is full: only what needs no space, deletes and removals before all
     */
    public @Nullable FileWork next(int maxBytes) {
        if (running != null || removed) {
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
        if (deleteDue) {
            // A pass has files open, or makes some, in the folder that goes; it comes again when it has ended.
            return log.compaction().isBusy() ? null : new FileWork.Delete(place());
        }
        // Until its delete record is synced a log goes on as any other: what it needs of the journal must not wait for
        // it.
        if (resetAsked) {
            return resetDue ? new FileWork.Remove(place(), segments.bases(), true) : null;
        }
        if (cut.isDue() && !isStuck()) {
            return cut.isExact() ? (isCutAllowed() ? planCut() : null) : planBoundary();
        }
        if (rebuildAsked && !isStuck()) {
            return new FileWork.Rebuild(place(), segments.copy(), log.tail().startOffset(), rolls.snapshot(), plan);
        }
        if (removeDue) {
            removeDue = false;
            List<Long> bases = segments.basesBelow(log.syncedLogStart());
            if (!bases.isEmpty()) {
                return new FileWork.Remove(place(), bases, false);
            }
        }
        if (cut.isDue()) {
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
            return made.work(place(), segments, plan);
        }
        return maxBytes == 0 ? null : writes.next(place(), plan, maxBytes);
    }

    private FileWork.Place place() {
        return new FileWork.Place(log.logId(), log.identity(), folder, !hasFolder);
    }

    private FileWork planBoundary() {
        SegmentRow holding = segments.holding(cut.endOffset());
        if (holding == null) {
            throw new IllegalStateException("a cut to " + cut.endOffset() + " below the tail needs a segment: " + this);
        }
        return new FileWork.Boundary(place(), holding, cut.endOffset(), plan);
    }

    private void bounded(FileWork.Boundary work, FileOutcome outcome) {
        if (work.plan() == plan) {
            cut.found(outcome.boundary());
            log.truncation().cutAt(outcome.boundary());
        }
    }

    /**
     * What no checkpoint speaks of, such as what a running write adds, may be taken back at once: a start would cut it, too.
     * Anything else waits for its record, for a start without it would miss what is cut.
     */
    private boolean isCutAllowed() {
        return cut.isRecorded() || cut.endOffset() >= need.checkpointEnd();
    }

    private FileWork planCut() {
        List<Long> above = segments.basesFrom(cut.endOffset());
        SegmentRow kept = segments.lastBelow(cut.endOffset());
        return new FileWork.Cut(
                place(),
                above,
                kept == null ? NONE : kept.baseOffset(),
                kept == null ? 0 : kept.lengthBytes(),
                cut.endOffset(),
                plan);
    }

    /** The outcome of the piece that {@link #next} gave; null when it failed and is to be tried again later. */
    public void done(@Nullable FileOutcome outcome) {
        FileWork work = running;
        running = null;
        if (work instanceof FileWork.Write write) {
            write.slices().forEach(TailSlice::release);
        }
        if (work == null || outcome == null) {
            removeDue |= work instanceof FileWork.Remove remove && !remove.reset();
            if (work instanceof FileWork.PlaceSide side) {
                // What it speaks of may be gone by the next try: it is removed, and made again some day.
                sideMade = new MadeSide(side.segment(), -1);
            }
            if (work instanceof FileWork.Swap
                    || work instanceof FileWork.MarkCompacted
                    || work instanceof FileWork.PlaceSide) {
                wish();
            }
            return;
        }
        // Only a write makes the folder; a cut or a removal of nothing does not.
        hasFolder |= work instanceof FileWork.Write;
        switch (work) {
            case FileWork.Write write -> written(write, outcome.written());
            case FileWork.Boundary boundary -> bounded(boundary, outcome);
            case FileWork.Cut cut -> cut(cut, outcome.written());
            case FileWork.Remove remove -> removed(remove);
            case FileWork.Rebuild rebuild -> rebuilt(rebuild, outcome);
            case FileWork.Swap swap -> log.compaction().swapped();
            case FileWork.MarkCompacted marked -> log.compaction().swapped();
            case FileWork.PlaceSide side -> log.host().reader().drop(side.segment());
            case FileWork.Delete delete -> {
                removed = true;
                segments.dropReaders(log.host().reader());
                log.tail().close();
                log.readerSlices().truncated(Long.MIN_VALUE);
            }
        }
    }

    private void written(FileWork.Write write, @Nullable WriteOutcome outcome) {
        if (write.sealed() != null) {
            SegmentRow last = segments.lastSealed();
            rolls.rolled(last.endOffset());
            dropReaders();
        }
        int before = segments.size();
        if (outcome != null) {
            segments.wrote(folder, write.baseOffset(), outcome);
            SegmentRow written = segments.last();
            if (write.plan() == plan && written != null) {
                log.readerSlices().written(written.segment(), write.lengthBytes(), outcome.endOffset());
                log.tail().dropBelow(outcome.endOffset());
                log.readerSlices().dropped();
            }
        }
        if (write.sealed() != null) {
            // The log start may have moved over it before.
            removeDue |= segments.get(0).endOffset() <= log.syncedLogStart();
        }
        log.retention().segmentWritten(write.sealed() != null);
        if (write.sealed() != null || segments.size() > before) {
            log.compaction().segmentsChanged();
        }
    }

    private void cut(FileWork.Cut work, @Nullable WriteOutcome outcome) {
        segments.remove(work.removedBases(), log.host().reader());
        if (outcome != null) {
            segments.wrote(folder, work.cutBase(), outcome);
            dropReaders();
        }
        log.reads().clear();
        if (work.plan() != plan) {
            // Truncated again, or reset, meanwhile: that has asked for a cut of its own.
            return;
        }
        cut.clear();
        // What a write beside the truncation brought over, also when the derived state is still to be computed again.
        SegmentRow last = segments.last();
        if (last != null) {
            log.tail().dropBelow(Math.min(last.endOffset(), log.tail().endOffset()));
            log.readerSlices().dropped();
        }
        if (outcome != null) {
            rolls.reopened(work.cutBase(), outcome.lengthBytes());
        }
        cutting = cut.isDue() || rebuildAsked;
    }

    /** Its index is another one now: readers open it again. */
    private void dropReaders() {
        SegmentRow last = segments.last();
        if (last != null) {
            log.host().reader().drop(last.segment());
        }
    }

    private void removed(FileWork.Remove work) {
        log.reads().clear();
        int before = segments.size();
        long beforeBytes = segments.sizeBytes();
        segments.remove(work.bases(), log.host().reader());
        if (!work.reset()) {
            log.host().removedSegments(before - segments.size(), beforeBytes - segments.sizeBytes());
        }
        // Another reset since then waits for its own record.
        if (work.reset() && resetDue) {
            resetDue = false;
            resetAsked = false;
        }
    }

    private void rebuilt(FileWork.Rebuild work, FileOutcome outcome) {
        DerivedState state = outcome.derived();
        if (state != null && work.plan() == plan) {
            log.derived(state);
            rebuildAsked = false;
            cutting = cut.isDue();
        }
    }

    @Override
    public String toString() {
        return log.identity() + "[tail=" + log.tail().startOffset() + ".."
                + log.tail().endOffset() + " synced="
                + log.syncedEndOffset() + " " + cut + " rebuild=" + rebuildAsked
                + " reset=" + resetAsked + " delete=" + deleteAsked + " " + need + " running=" + (running != null)
                + " segments=" + segments + "]";
    }
}
