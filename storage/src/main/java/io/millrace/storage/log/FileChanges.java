package io.millrace.storage.log;

import io.millrace.storage.segment.WriteOutcome;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Takes over what a piece of file work has made of a log's files: into its list of segments, its tail, the readers of both, and
 * what is due next. Owner: the log's loop.
 */
final class FileChanges {

    private final JournaledLog log;
    private final Path folder;
    private final LogSegments segments;
    private final RollPlan rolls;
    private final FileDuties duties;

    FileChanges(JournaledLog log, Path folder, LogSegments segments, RollPlan rolls, FileDuties duties) {
        this.log = log;
        this.folder = folder;
        this.segments = segments;
        this.rolls = rolls;
        this.duties = duties;
    }

    /** The work is done. */
    void done(FileWork work, FileOutcome outcome) {
        switch (work) {
            case FileWork.Write write -> written(write, outcome.written());
            case FileWork.Boundary boundary -> bounded(boundary, outcome.boundary());
            case FileWork.Cut cut -> cut(cut, outcome.written());
            case FileWork.Remove remove -> removed(remove);
            case FileWork.Rebuild rebuild -> rebuilt(rebuild, outcome.derived());
            case FileWork.Swap swap -> log.compaction().swapped();
            case FileWork.MarkCompacted marked -> log.compaction().swapped();
            case FileWork.PlaceSide side -> log.host().reader().drop(side.segment());
            case FileWork.Delete delete -> deleted();
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
            if (write.plan() == duties.plan() && written != null) {
                log.readerSlices().written(written.segment(), write.lengthBytes(), outcome.endOffset());
                dropTailBelow(outcome.endOffset());
            }
        }
        if (write.sealed() != null && segments.get(0).endOffset() <= log.ends().syncedLogStart()) {
            // The log start moved over it before.
            duties.removeAsked();
        }
        log.retention().segmentWritten(write.sealed() != null);
        if (write.sealed() != null || segments.size() > before) {
            log.compaction().segmentsChanged();
        }
    }

    private void bounded(FileWork.Boundary work, long boundary) {
        if (work.plan() == duties.plan()) {
            duties.cut().found(boundary);
            log.truncation().cutAt(boundary);
        }
    }

    private void cut(FileWork.Cut work, @Nullable WriteOutcome outcome) {
        segments.remove(work.removedBases(), log.host().reader());
        if (outcome != null) {
            segments.wrote(folder, work.cutBase(), outcome);
            dropReaders();
        }
        log.reads().clear();
        if (work.plan() != duties.plan()) {
            // Truncated again, or reset, meanwhile: that has asked for a cut of its own.
            return;
        }
        duties.cutDone();
        // What a write beside the truncation brought over, also when the derived state is still to be computed again.
        SegmentRow last = segments.last();
        if (last != null) {
            dropTailBelow(Math.min(last.endOffset(), log.tail().endOffset()));
        }
        if (outcome != null) {
            rolls.reopened(work.cutBase(), outcome.lengthBytes());
        }
    }

    private void removed(FileWork.Remove work) {
        log.reads().clear();
        int before = segments.size();
        long beforeBytes = segments.sizeBytes();
        segments.remove(work.bases(), log.host().reader());
        if (work.reset()) {
            duties.resetDone();
        } else {
            log.host().removedSegments(before - segments.size(), beforeBytes - segments.sizeBytes());
        }
    }

    private void rebuilt(FileWork.Rebuild work, @Nullable DerivedState state) {
        if (state != null && work.plan() == duties.plan()) {
            log.state().rebuilt(state);
            duties.rebuilt();
        }
    }

    private void deleted() {
        duties.deleteDone();
        segments.dropReaders(log.host().reader());
        log.tail().close();
        log.readerSlices().truncated(Long.MIN_VALUE);
    }

    /**
     * The work met damage. What was to be written goes to a new segment. Of a cut, what leads to it or follows it: the log keeps
     * the end that it was given, and its rows and the journal say so; its files stay as they are, but for whole segments that
     * went. The next start tries again, another truncation, too.
     *
     * @return false when no damage was to be met by such work
     */
    boolean metDamage(FileWork work) {
        switch (work) {
            case FileWork.Write write -> writeBeside();
            // Where the batch begins cannot be told: the cut takes what it can from where it was asked for.
            case FileWork.Boundary boundary -> bounded(boundary, boundary.offset());
            case FileWork.Cut done -> {
                segments.remove(done.removedBases(), log.host().reader());
                dropReaders();
                log.reads().clear();
                if (done.plan() == duties.plan()) {
                    cutMetDamage();
                }
            }
            case FileWork.Rebuild rebuild -> duties.stuck(rebuild.plan());
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
        if (last == null || last.endOffset() <= duties.cut().endOffset()) {
            // Nothing is left to cut: what is in the tail goes to another segment.
            duties.cutDone();
        } else {
            duties.stuck(duties.plan());
        }
    }

    /** Segments hold it: the tail lets go of it, and readers of it. */
    private void dropTailBelow(long endOffset) {
        log.tail().dropBelow(endOffset);
        log.readerSlices().dropped();
    }

    /** Its index is another one now: readers open it again. */
    private void dropReaders() {
        SegmentRow last = segments.last();
        if (last != null) {
            log.host().reader().drop(last.segment());
        }
    }
}
