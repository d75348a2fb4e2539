package io.millrace.storage.log;

import io.millrace.runtime.Timer;
import io.millrace.storage.LogConfig;
import io.millrace.storage.compaction.CompactionPass;
import io.millrace.storage.compaction.CompactionRules;
import io.millrace.storage.compaction.CompactionRules.Decision;
import io.millrace.storage.compaction.CompactionRules.Source;
import io.millrace.storage.compaction.CompactionTotals;
import io.millrace.storage.compaction.KeptBatches;
import io.millrace.storage.compaction.OffsetMap;
import io.millrace.storage.compaction.SegmentFacts;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.retention.RetentionQueue;
import io.millrace.storage.segment.CleanedSegment;
import io.millrace.storage.segment.Segment;
import io.millrace.storage.segment.SegmentDamagedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compaction of one log: when to decide, and to carry a pass through. Owner: the log's loop.
 *
 * <pre>
 *   IDLE --segments not known yet--> INSPECTING --> IDLE --due--> WAITING --the broker's slot--> WORKING
 *   WORKING --a step is done--> WORKING, or PAUSING for the byte rate, or SWAPPING when a segment is complete
 *   SWAPPING --files and rows are swapped--> WORKING
 *   WORKING --all done, or the log's contents change, or a fault--> ENDING --files closed--> IDLE
 * </pre>
 *
 * Invariant: a pass touches sealed segments only that lie below the high watermark, below any open transaction, and below the
 * segment that the newest durable checkpoint row names: a start never cuts those by length. A swap that has begun is ended
 * before anything else is done to the log's files (but for a delete), because the next start would end it too.
 */
public final class LogCompaction {

    private static final Logger LOG = LoggerFactory.getLogger(LogCompaction.class);

    private static final int STEP_BYTES = 1 << 20;
    private static final long AFTER_FAILURE_MS = 60_000;
    private static final long SOON_MS = 5_000;
    private static final long START_DELAY_MS = 5_000;
    private static final int START_SPREAD_SECONDS = 30;

    private enum State {
        IDLE,
        INSPECTING,
        WAITING,
        WORKING,
        PAUSING,
        SWAPPING,
        ENDING
    }

    /** A pass under way. */
    private static final class Run {
        final CompactionPass pass;
        final List<SegmentRow> rows;
        final Path folder;
        final int plan;
        final long startedNs;
        long stepNs;

        CompactionPass.Step.@Nullable Ready ready;
        boolean swapBegun;
        boolean abandoned;

        @Nullable
        Timer pause;

        Run(CompactionPass pass, List<SegmentRow> rows, Path folder, int plan, long startedNs) {
            this.pass = pass;
            this.rows = rows;
            this.folder = folder;
            this.plan = plan;
            this.startedNs = startedNs;
        }
    }

    private final JournaledLog log;
    private final RetentionQueue.Entry entry;
    private final CompactableSegments segments;
    private boolean spreadStart;
    private State state = State.IDLE;
    private double dirtyRatio;
    private @Nullable Run run;
    // Damage was found: until the next start, or another configuration, the log is left alone.
    private boolean broken;
    private boolean waitsForRow;

    LogCompaction(JournaledLog log, boolean recovered) {
        this.log = log;
        this.spreadStart = recovered;
        this.segments = new CompactableSegments(log);
        // Numbers below 0: those above are retention's.
        this.entry = new RetentionQueue.Entry(~log.logId(), this::look);
    }

    double dirtyRatio() {
        return dirtyRatio;
    }

    /** Whether a pass may have files of the log's folder open or is about to make some. */
    boolean isBusy() {
        return run != null;
    }

    private boolean isWanted() {
        return log.config().cleanup().compacts()
                && !broken
                && !log.isClosed()
                && log.damage() == null
                && log.host().failure() == null;
    }

    void reconfigured() {
        broken = false;
        queue().cancel(entry);
        log.files().wishAgain();
        if (!log.config().cleanup().compacts()) {
            abort();
            segments.clear();
        } else if (spreadStart) {
            spreadStart = false;
            queue().at(entry, START_DELAY_MS + 1_000L * Math.floorMod(log.logId(), START_SPREAD_SECONDS));
        } else {
            look();
        }
    }

    /** A segment was sealed, or the one behind it has begun. */
    void segmentsChanged() {
        look();
    }

    /** A checkpoint row is durable, so more segments may be touched. */
    void rowDurable() {
        if (waitsForRow) {
            waitsForRow = false;
            look();
        }
    }

    void close() {
        queue().cancel(entry);
        abort();
    }

    private RetentionQueue queue() {
        return log.host().retention();
    }

    private CompactionQueue compactions() {
        return log.host().compactions();
    }

    /**
     * Decides. A log that is wanted comes out of here with a pass or an inspection under way, or with a later look in the queue,
     * or with nothing to do until a segment is sealed: no look may be lost, for a log that takes no more records is not told
     * of again.
     */
    private void look() {
        if (state != State.IDLE || !isWanted()) {
            return;
        }
        queue().cancel(entry);
        if (log.files().isCutDue()) {
            lookSoon();
            return;
        }
        List<SegmentRow> rows = segments.committed();
        List<SegmentRow> unknown = segments.unknown(rows);
        if (!unknown.isEmpty()) {
            inspect(unknown);
            return;
        }
        Decision durable = segments.decide(segments.durable(rows));
        if (durable.due()) {
            dirtyRatio = durable.ratio();
            state = State.WAITING;
            compactions().wants(this);
            return;
        }
        Decision all = segments.decide(rows);
        if (all.due()) {
            waitsForRow = true;
            log.host().checkpointWanted(log);
            // The row may not come: the disk is full, or another truncation makes it one of other contents.
            lookSoon();
            return;
        }
        if (all.nextMs() != CompactionRules.NEVER) {
            queue().at(entry, all.nextMs() - nowMs());
        }
        if (segments.hasUncommitted(rows) && all.nextMs() - nowMs() > SOON_MS) {
            lookSoon();
        }
    }

    private void lookSoon() {
        queue().at(entry, SOON_MS);
    }

    private long nowMs() {
        return log.host().loop().clock().wallMs();
    }

    private void inspect(List<SegmentRow> rows) {
        state = State.INSPECTING;
        int plan = log.files().plan();
        compactions()
                .pool()
                .submit(
                        () -> {
                            List<SegmentFacts> found = new ArrayList<>(rows.size());
                            for (SegmentRow row : rows) {
                                found.add(SegmentFacts.read(
                                        compactions().disk(),
                                        row.segment().directory(),
                                        row.baseOffset(),
                                        row.endOffset(),
                                        row.lengthBytes()));
                            }
                            return found;
                        },
                        (found, failure) -> inspected(rows, plan, found, failure));
    }

    private void inspected(
            List<SegmentRow> rows, int plan, @Nullable List<SegmentFacts> found, @Nullable DiskException failure) {
        state = State.IDLE;
        if (found != null) {
            for (int i = 0; i < found.size(); i++) {
                segments.known(rows.get(i).segment(), found.get(i));
            }
            look();
        } else if (isGone(failure) || plan != log.files().plan()) {
            // Taken by retention, or read while it was cut.
            lookSoon();
        } else if (isWanted()) {
            LOG.warn(
                    "event=compaction-look-failed log={} cause={} effect=\"tried again in a minute\"",
                    log.identity(),
                    failure == null ? "no answer" : failure.getMessage());
            queue().at(entry, AFTER_FAILURE_MS);
        }
    }

    /** The slot is this log's. False when nothing is due any more. */
    boolean start() {
        state = State.IDLE;
        if (!isWanted()) {
            return false;
        }
        if (log.files().isCutDue()) {
            lookSoon();
            return false;
        }
        if (log.host().clientRefusal() != null) {
            queue().at(entry, AFTER_FAILURE_MS);
            return false;
        }
        List<SegmentRow> rows = segments.durable(segments.committed());
        Decision decision = segments.decide(rows);
        if (!decision.due()) {
            lookSoon();
            return false;
        }
        List<SegmentRow> taken = new ArrayList<>();
        List<Source> sources = new ArrayList<>();
        for (SegmentRow row : rows) {
            if (row.endOffset() <= decision.dirtyTo()) {
                taken.add(row);
                sources.add(new Source(row.baseOffset(), row.endOffset(), row.lengthBytes()));
            }
        }
        Path folder = taken.getFirst().segment().directory();
        LogConfig config = log.config();
        CompactionPass pass = new CompactionPass(
                compactions().disk(),
                new CompactionPass.Plan(
                        folder,
                        sources,
                        decision.dirtyFrom(),
                        decision.dirtyTo(),
                        new KeptBatches(log.producers().lastOffsets()),
                        config,
                        nowMs()),
                new OffsetMap(compactions().slot().dedupeBytes()));
        run = new Run(pass, taken, folder, log.files().plan(), nowNs());
        totals().began(decision.ratio());
        step();
        return true;
    }

    private long nowNs() {
        return log.host().loop().clock().monotonicNs();
    }

    private CompactionTotals totals() {
        return compactions().slot().totals();
    }

    private void step() {
        Run current = run;
        if (current == null) {
            return;
        }
        if (current.abandoned) {
            end(current);
            return;
        }
        state = State.WORKING;
        current.stepNs = nowNs();
        compactions()
                .pool()
                .submit(() -> current.pass.step(STEP_BYTES), (step, failure) -> stepped(current, step, failure));
    }

    private void stepped(Run current, CompactionPass.@Nullable Step step, @Nullable DiskException failure) {
        if (current.abandoned) {
            end(current);
            return;
        }
        if (step == null) {
            failed(current, failure);
            return;
        }
        totals().moved(step.readBytes(), step.writtenBytes());
        switch (step) {
            case CompactionPass.Step.More more -> pauseOrStep(current, more.readBytes() + more.writtenBytes());
            case CompactionPass.Step.Ready ready -> {
                state = State.SWAPPING;
                current.ready = ready;
                log.files().swapDue();
            }
            case CompactionPass.Step.Done done -> {
                totals().ended(current.pass.droppedRecords(), nowNs() - current.startedNs);
                LOG.info(
                        "event=compacted log={} through={} dirtyRatio={} droppedRecords={}",
                        log.identity(),
                        done.compactedEnd(),
                        dirtyRatio,
                        current.pass.droppedRecords());
                end(current);
            }
        }
    }

    private void pauseOrStep(Run current, long movedBytes) {
        long pauseNs = compactions().slot().pauseNs(movedBytes, nowNs() - current.stepNs);
        if (pauseNs == 0) {
            step();
            return;
        }
        state = State.PAUSING;
        current.pause = log.host().loop().schedule(pauseNs, () -> {
            current.pause = null;
            step();
        });
    }

    /** Retention or a reset took a segment, and the row of it goes when the lane's outcome has arrived. */
    private static boolean isGone(@Nullable DiskException failure) {
        return failure != null && failure.kind() == DiskException.Kind.NOT_FOUND;
    }

    private void failed(Run current, @Nullable DiskException failure) {
        if (isGone(failure)) {
            lookSoon();
            end(current);
            return;
        }
        totals().failed();
        boolean damaged = SegmentDamagedException.isCauseOf(failure);
        if (current.plan == log.files().plan()) {
            log.quarantine().found(log.quarantine().sight(), failure, Quarantine.FoundBy.COMPACTION);
        }
        boolean passes = failure != null
                && (failure.kind() == DiskException.Kind.FULL
                        || failure.kind() == DiskException.Kind.TOO_MANY_OPEN_FILES);
        broken = !passes;
        LOG.warn(
                "event=compaction-failed log={} damaged={} cause={} effect=\"{}\"",
                log.identity(),
                damaged,
                failure == null ? "no answer" : failure.getMessage(),
                passes
                        ? "tried again in a minute"
                        : "not compacted until the next start or a change of its configuration");
        if (passes) {
            queue().at(entry, AFTER_FAILURE_MS);
        }
        end(current);
    }

    /** The new segment that is to take its place now, as file work; null when there is none, or not any more. */
    FileWork.@Nullable Swap swap(FileWork.Place place) {
        Run current = run;
        CompactionPass.Step.Ready ready = current == null ? null : current.ready;
        if (current == null || ready == null) {
            return null;
        }
        if (!current.swapBegun && (current.abandoned || !stands(current, ready))) {
            end(current);
            return null;
        }
        current.swapBegun = true;
        return new FileWork.Swap(
                place, ready.group().baseOffset(), ready.group().endOffset());
    }

    /** Whether a new segment is complete and not yet in its place. */
    boolean isSwapDue() {
        return run != null && run.ready != null;
    }

    /** Whether a swap has begun and failed: before it is ended nothing else may happen to the files. */
    boolean isSwapBegun() {
        return run != null && run.swapBegun;
    }

    /** Whether the log still has the segments that the new one was made from. */
    private boolean stands(Run current, CompactionPass.Step.Ready ready) {
        if (current.plan != log.files().plan()) {
            return false;
        }
        for (SegmentRow row : current.rows) {
            if (row.baseOffset() >= ready.group().baseOffset()
                    && row.baseOffset() < ready.group().endOffset()
                    && !log.files().segments().has(row.segment())) {
                return false;
            }
        }
        return true;
    }

    /** The files are swapped. */
    void swapped(FileWork.Swap swap) {
        Run current = run;
        CompactionPass.Step.Ready ready = current == null ? null : current.ready;
        if (current == null || ready == null) {
            throw new IllegalStateException("no swap is under way for " + log.identity());
        }
        current.ready = null;
        current.swapBegun = false;
        Segment made = log.files()
                .segments()
                .replace(
                        current.folder,
                        swap.endOffset(),
                        ready.outcome(),
                        swap.baseOffset(),
                        log.host().reader());
        segments.known(
                made,
                new SegmentFacts(
                        ready.outcome().maxTimestampMs(),
                        firstTimestampMs(current, swap.baseOffset()),
                        ready.compactedEnd()));
        log.reads().clear();
        pauseOrStep(current, ready.readBytes() + ready.writtenBytes());
    }

    private long firstTimestampMs(Run current, long baseOffset) {
        for (SegmentRow row : current.rows) {
            SegmentFacts known = segments.factsOf(row);
            if (row.baseOffset() == baseOffset && known != null) {
                return known.firstTimestampMs();
            }
        }
        return -1;
    }

    /** The log's contents are about to change: what a pass has read may be gone, and the rows speak of other contents. */
    void contentsChanged() {
        abort();
        if (isWanted()) {
            // Whatever is left may be due still, and nothing else may ever tell of it.
            lookSoon();
        }
    }

    private void abort() {
        waitsForRow = false;
        if (state == State.WAITING) {
            state = State.IDLE;
            compactions().forget(this);
        }
        Run current = run;
        if (current == null || current.abandoned) {
            return;
        }
        current.abandoned = true;
        Timer pause = current.pause;
        if (pause != null) {
            pause.cancel();
            current.pause = null;
            end(current);
        } else if (state == State.SWAPPING && !current.swapBegun) {
            end(current);
        }
    }

    private void end(Run current) {
        if (state == State.ENDING) {
            return;
        }
        state = State.ENDING;
        current.abandoned = true;
        CompactionPass.Step.Ready ready = current.ready;
        current.ready = null;
        compactions()
                .pool()
                .submit(
                        () -> {
                            current.pass.abandon();
                            if (ready != null) {
                                CleanedSegment.remove(
                                        compactions().disk(),
                                        current.folder,
                                        ready.group().baseOffset());
                            }
                            return true;
                        },
                        (done, failure) -> ended(failure));
    }

    private void ended(@Nullable DiskException failure) {
        run = null;
        state = State.IDLE;
        if (failure != null) {
            LOG.debug("what a pass over {} left goes at the next start", log.identity(), failure);
        }
        compactions().ended(this);
        log.files().wishAgain();
        if (!entry.isQueued()) {
            // After a failure it is: then not before that time.
            look();
        }
    }
}
