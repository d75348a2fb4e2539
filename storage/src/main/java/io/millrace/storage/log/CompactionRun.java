package io.millrace.storage.log;

import io.millrace.runtime.Timer;
import io.millrace.storage.compaction.CompactionPass;
import io.millrace.storage.compaction.CompactionTotals;
import io.millrace.storage.compaction.SegmentFacts;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.segment.CleanedSegment;
import io.millrace.storage.segment.Segment;
import io.millrace.storage.segment.WriteOutcome;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One compaction of one log, carried through. It has the broker's slot from its first step until it tells
 * {@link LogCompaction#ended}. Owner: the log's loop.
 *
 * <pre>
 *   WORKING --a step is done--> WORKING, or PAUSING for the byte rate, or SWAPPING when a group is done
 *   SWAPPING --files and rows are swapped--> WORKING
 *   WORKING --all done, or the log's contents change, or no room, or a fault--> ENDING --files closed--> OVER
 *   SWAPPING --the directory goes offline--> ENDING
 * </pre>
 *
 * Free space is asked after every step: what a pass writes beside the old segments may not come out of the reserve.
 */
final class CompactionRun {

    private static final Logger LOG = LoggerFactory.getLogger(CompactionRun.class);

    private static final int STEP_BYTES = 1 << 20;
    /** What stays free beyond what the directory needs: the steps under way, and a side file with its index. */
    private static final long SPARE_BYTES = 4 * STEP_BYTES;

    private enum State {
        WORKING,
        PAUSING,
        SWAPPING,
        ENDING,
        OVER
    }

    /** A step and the free bytes of the file system behind it. */
    private record Stepped(CompactionPass.Step step, long usableBytes) {}

    private final JournaledLog log;
    private final CompactionPass pass;
    private final CompactableSegments segments;
    private final List<SegmentRow> rows;
    private final Path folder;
    private final int plan;
    private final long startedNs;
    private State state = State.WORKING;
    private long stepNs;
    private CompactionPass.Step.@Nullable Ready ready;
    private boolean swapBegun;
    private boolean abandoned;
    private @Nullable Timer pause;

    /** @param rows segments that the pass reads */
    CompactionRun(JournaledLog log, CompactionPass pass, CompactableSegments segments, List<SegmentRow> rows) {
        this.log = log;
        this.pass = pass;
        this.segments = segments;
        this.rows = rows;
        this.folder = rows.getFirst().segment().directory();
        this.plan = log.files().plan();
        this.startedNs = nowNs();
    }

    private long nowNs() {
        return log.host().loop().clock().monotonicNs();
    }

    private CompactionQueue compactions() {
        return log.host().compactions();
    }

    private CompactionTotals totals() {
        return compactions().slot().totals();
    }

    void step() {
        if (abandoned) {
            end();
            return;
        }
        state = State.WORKING;
        stepNs = nowNs();
        compactions()
                .pool()
                .submit(
                        () -> new Stepped(
                                pass.step(STEP_BYTES), compactions().disk().usableBytes(folder)),
                        this::stepped);
    }

    private void stepped(@Nullable Stepped stepped, @Nullable DiskException failure) {
        if (stepped != null && stepped.step instanceof CompactionPass.Step.Ready complete) {
            ready = complete;
        }
        if (abandoned) {
            end();
            return;
        }
        if (stepped == null) {
            log.compaction().failed(plan, failure);
            end();
            return;
        }
        CompactionPass.Step step = stepped.step;
        totals().moved(step.readBytes(), step.writtenBytes());
        if (!(step instanceof CompactionPass.Step.Done) && !log.host().hasRoom(stepped.usableBytes - SPARE_BYTES)) {
            log.compaction().hasNoRoom(stepped.usableBytes);
            end();
            return;
        }
        switch (step) {
            case CompactionPass.Step.More more -> pauseOrStep(more.readBytes() + more.writtenBytes());
            case CompactionPass.Step.Ready complete -> {
                state = State.SWAPPING;
                log.files().swapDue();
            }
            case CompactionPass.Step.Done done -> {
                totals().ended(pass.droppedRecords(), nowNs() - startedNs);
                LOG.info(
                        "event=compacted log={} through={} dirtyRatio={} droppedRecords={}",
                        log.identity(),
                        done.compactedEnd(),
                        log.compaction().dirtyRatio(),
                        pass.droppedRecords());
                end();
            }
        }
    }

    private void pauseOrStep(long movedBytes) {
        long pauseNs = compactions().slot().pauseNs(movedBytes, nowNs() - stepNs);
        if (pauseNs == 0) {
            step();
            return;
        }
        state = State.PAUSING;
        pause = log.host().loop().schedule(pauseNs, () -> {
            pause = null;
            step();
        });
    }

    /** Whether what was written for a group is complete and not yet in its place. */
    boolean isSwapDue() {
        return ready != null && state == State.SWAPPING;
    }

    /** Whether a swap has begun and not ended, be it that it failed: before it is ended nothing else may happen to the files. */
    boolean isSwapBegun() {
        return swapBegun;
    }

    /** What is to take its place now, as file work: a new segment or only a .side file; null when nothing is, or not any more. */
    @Nullable
    FileWork swap(FileWork.Place place) {
        CompactionPass.Step.Ready complete = ready;
        if (complete == null || state != State.SWAPPING) {
            return null;
        }
        if (!swapBegun && (abandoned || !stands(complete))) {
            end();
            return null;
        }
        swapBegun = true;
        long baseOffset = complete.group().baseOffset();
        return complete.outcome() == null
                ? new FileWork.MarkCompacted(place, baseOffset)
                : new FileWork.Swap(place, baseOffset, complete.group().endOffset());
    }

    /** Whether the log still has the segments that the new one was made from. */
    private boolean stands(CompactionPass.Step.Ready complete) {
        if (plan != log.files().plan()) {
            return false;
        }
        for (SegmentRow row : rows) {
            if (row.baseOffset() >= complete.group().baseOffset()
                    && row.baseOffset() < complete.group().endOffset()
                    && !log.files().segments().has(row.segment())) {
                return false;
            }
        }
        return true;
    }

    /** The files are swapped. */
    void swapped() {
        CompactionPass.Step.Ready complete = ready;
        if (complete == null || state != State.SWAPPING) {
            if (log.host().failure() != null) {
                // It was ended when the directory went offline.
                return;
            }
            throw new IllegalStateException("no swap is under way for " + log.identity());
        }
        ready = null;
        swapBegun = false;
        WriteOutcome outcome = complete.outcome();
        if (outcome == null) {
            marked(complete);
        } else {
            replaced(complete, outcome);
        }
        pauseOrStep(complete.readBytes() + complete.writtenBytes());
    }

    private void replaced(CompactionPass.Step.Ready complete, WriteOutcome outcome) {
        long baseOffset = complete.group().baseOffset();
        long firstTimestampMs = firstTimestampMs(baseOffset);
        Segment made = log.files()
                .segments()
                .replace(
                        folder,
                        complete.group().endOffset(),
                        outcome,
                        baseOffset,
                        log.host().reader());
        segments.known(made, new SegmentFacts(outcome.maxTimestampMs(), firstTimestampMs, complete.compactedEnd()));
        log.reads().clear();
    }

    private void marked(CompactionPass.Step.Ready complete) {
        for (SegmentRow row : rows) {
            SegmentFacts known = segments.factsOf(row);
            if (row.baseOffset() == complete.group().baseOffset() && known != null) {
                segments.known(row.segment(), known.compactedTo(complete.compactedEnd()));
            }
        }
    }

    private long firstTimestampMs(long baseOffset) {
        for (SegmentRow row : rows) {
            SegmentFacts known = segments.factsOf(row);
            if (row.baseOffset() == baseOffset && known != null) {
                return known.firstTimestampMs();
            }
        }
        return -1;
    }

    /** What it has read may be gone: it ends as soon as no step and no begun swap is under way. */
    void abort() {
        if (abandoned) {
            return;
        }
        abandoned = true;
        Timer waiting = pause;
        if (waiting != null) {
            waiting.cancel();
            pause = null;
            end();
        } else if (state == State.SWAPPING && !swapBegun) {
            end();
        }
    }

    /** The directory went offline: a swap that has begun is not ended any more, the next start does it. */
    void directoryFailed() {
        abort();
        if (state == State.SWAPPING) {
            swapBegun = false;
            // The swap file stands for what it replaces: it is no left-over.
            ready = null;
            end();
        }
    }

    private void end() {
        if (state == State.ENDING || state == State.OVER) {
            return;
        }
        state = State.ENDING;
        abandoned = true;
        CompactionPass.Step.Ready left = ready;
        ready = null;
        compactions()
                .pool()
                .submit(
                        () -> {
                            pass.close();
                            if (left != null) {
                                CleanedSegment.remove(
                                        compactions().disk(),
                                        folder,
                                        left.group().baseOffset());
                            }
                            return true;
                        },
                        (done, failure) -> {
                            state = State.OVER;
                            if (failure != null) {
                                LOG.debug("what a pass over {} left goes at the next start", log.identity(), failure);
                            }
                            log.compaction().ended();
                        });
    }
}
