package io.millrace.storage.log;

import io.millrace.storage.compaction.CompactionPass;
import io.millrace.storage.compaction.CompactionRules;
import io.millrace.storage.compaction.CompactionRules.Decision;
import io.millrace.storage.compaction.CompactionRules.Source;
import io.millrace.storage.compaction.KeptBatches;
import io.millrace.storage.compaction.SegmentFacts;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.retention.RetentionQueue;
import io.millrace.storage.segment.SegmentDamagedException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compaction of one log: when it is due. A {@link CompactionRun} carries a pass through. Owner: the log's loop.
 *
 * <pre>
 *   IDLE --segments not known yet--> INSPECTING --> IDLE --due--> WAITING --the broker's slot--> RUNNING --> IDLE
 * </pre>
 *
 * Invariant: a pass touches sealed segments only that lie below the high watermark, below any open transaction, and below the
 * segment that the newest durable checkpoint row names: a start never cuts those by length. A swap that has begun is ended
 * before anything else is done to the log's files (but for a delete), because the next start would end it too.
 */
public final class LogCompaction {

    private static final Logger LOG = LoggerFactory.getLogger(LogCompaction.class);

    private static final long AFTER_FAILURE_MS = 60_000;
    private static final long SOON_MS = 5_000;
    private static final long START_DELAY_MS = 5_000;
    private static final int START_SPREAD_SECONDS = 30;

    private enum State {
        IDLE,
        INSPECTING,
        WAITING,
        RUNNING
    }

    private final JournaledLog log;
    private final RetentionQueue.Entry entry;
    private final CompactableSegments segments;
    private boolean spreadStart;
    private State state = State.IDLE;
    private double dirtyRatio;
    private @Nullable CompactionRun run;
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
        CompactionPass pass = new CompactionPass(
                compactions().disk(),
                new CompactionPass.Plan(
                        taken.getFirst().segment().directory(),
                        sources,
                        decision.dirtyFrom(),
                        decision.dirtyTo(),
                        new KeptBatches(log.producers().lastOffsets()),
                        log.config(),
                        nowMs()),
                compactions().newMap());
        CompactionRun begun = new CompactionRun(log, pass, segments, taken);
        run = begun;
        state = State.RUNNING;
        compactions().slot().totals().began(decision.ratio());
        begun.step();
        return true;
    }

    /** Retention or a reset took a segment, and the row of it goes when the lane's outcome has arrived. */
    private static boolean isGone(@Nullable DiskException failure) {
        return failure != null && failure.kind() == DiskException.Kind.NOT_FOUND;
    }

    /** The pass over contents of that plan met a fault and ends. */
    void failed(int plan, @Nullable DiskException failure) {
        if (isGone(failure)) {
            lookSoon();
            return;
        }
        compactions().slot().totals().failed();
        boolean damaged = SegmentDamagedException.isCauseOf(failure);
        if (plan == log.files().plan()) {
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
    }

    /** What the pass would write next would come out of the reserve: it ends. */
    void hasNoRoom(long usableBytes) {
        compactions().slot().totals().failed();
        LOG.warn(
                "event=compaction-stopped log={} freeBytes={} cause=\"the disk is nearly full\" effect=\"tried again in a minute\"",
                log.identity(),
                usableBytes);
        queue().at(entry, AFTER_FAILURE_MS);
    }

    /** See {@link CompactionRun#swap}. */
    @Nullable
    FileWork swap(FileWork.Place place) {
        CompactionRun current = run;
        return current == null ? null : current.swap(place);
    }

    boolean isSwapDue() {
        CompactionRun current = run;
        return current != null && current.isSwapDue();
    }

    boolean isSwapBegun() {
        CompactionRun current = run;
        return current != null && current.isSwapBegun();
    }

    void swapped() {
        CompactionRun current = run;
        if (current != null) {
            current.swapped();
        } else if (log.host().failure() == null) {
            throw new IllegalStateException("no pass is under way for " + log.identity());
        }
    }

    /** The directory is offline: whatever is under way ends, and the slot goes to another one. */
    void directoryFailed() {
        queue().cancel(entry);
        abort();
        CompactionRun current = run;
        if (current != null) {
            current.directoryFailed();
        }
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
        CompactionRun current = run;
        if (current != null) {
            current.abort();
        }
    }

    /** The pass is over and has let go of the folder. */
    void ended() {
        run = null;
        state = State.IDLE;
        compactions().ended(this);
        log.files().wishAgain();
        if (!entry.isQueued()) {
            // After a failure it is: then not before that time.
            look();
        }
    }
}
