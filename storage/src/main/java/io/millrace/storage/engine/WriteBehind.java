package io.millrace.storage.engine;

import io.millrace.storage.checkpoint.CheckpointLog;
import io.millrace.storage.checkpoint.LogRow;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskLane;
import io.millrace.storage.journal.Journal;
import io.millrace.storage.log.FileOutcome;
import io.millrace.storage.log.FileWork;
import io.millrace.storage.log.JournaledLog;
import io.millrace.storage.log.LogCheckpoint;
import io.millrace.storage.log.Quarantine;
import io.millrace.storage.segment.SegmentDamagedException;
import io.millrace.storage.tail.TailMemory;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Moves batches from the tail to segments, and journal files from needed to free. Owned by the shard loop; one job at a time
 * runs on the write-behind lane.
 *
 * <pre>
 *   IDLE --work due--> ROUND (write segments, at most 8 MiB) --enough dirty, or files wanted back--> CHECKPOINT
 *     ^                  |                                         (sync segments, then rows, then release journal files)
 *     +------------------+--------------------------------------------------------------------------------------+
 * </pre>
 *
 * What drives it: a log with 256 KiB in its tail; a tail budget that runs short; journal files that are wanted back; a stop.
 * Never the age of a batch.
 */
final class WriteBehind {

    private static final int MAX_WORKS_PER_ROUND = 256;
    private static final int MAX_BYTES_PER_WORK = 1 << 20;
    private static final int MAX_BYTES_PER_ROUND = 8 << 20;

    /** What the store does about outcomes. */
    interface Events {

        /** The directory cannot be relied on any more. */
        void failed(DiskException failure);

        /** A write found no space, or no free file descriptor; it is tried again when the store says so. */
        void blocked(DiskException cause);

        /** Free bytes of the file system, asked at each checkpoint. */
        void usable(long bytes);

        /** A log's files are gone and its id is free. */
        void removed(JournaledLog log);

        /** Nothing is due. */
        void idle();
    }

    private record Round(List<FileWork> works, List<JournaledLog> logs) {}

    /** Outcomes in the order of the works; those behind a failure are missing. */
    private record Outcomes(
            List<FileOutcome> outcomes, @Nullable DiskException failure) {}

    /** All segments are synced; the checkpoint, too, unless there was no space for it. */
    private record Synced(boolean checkpointWritten, long usableBytes) {}

    private final DiskLane lane;
    private final SegmentWriters writers;
    private final CheckpointLog checkpoint;
    private final Journal journal;
    private final TailMemory memory;
    private final SpaceProbe space;
    private final int maxDirtyBytes;
    private final Events events;

    private final ArrayDeque<JournaledLog> wishes = new ArrayDeque<>();
    private final CheckpointRows rows;
    private boolean running;
    private boolean paused;
    private boolean stopped;
    private boolean draining;
    private boolean rowsWanted;
    private long dirtyBytes;
    private long wantedBelow = -1;
    private long releasedBelow;

    WriteBehind(
            DiskLane lane,
            SegmentWriters writers,
            CheckpointLog checkpoint,
            Journal journal,
            TailMemory memory,
            SpaceProbe space,
            int maxDirtyBytes,
            Events events) {
        this.lane = lane;
        this.writers = writers;
        this.checkpoint = checkpoint;
        this.journal = journal;
        this.rows = new CheckpointRows(journal);
        this.memory = memory;
        this.space = space;
        this.maxDirtyBytes = maxDirtyBytes;
        this.events = events;
        this.releasedBelow = journal.generation();
    }

    /** The log has, or will have, something in the journal. */
    void needs(JournaledLog log) {
        rows.needs(log);
    }

    /** File work is due for the log. */
    void wish(JournaledLog log) {
        wishes.add(log);
        run();
    }

    /** The journal is running out of files: everything below its current file should go. */
    void spaceWanted() {
        wantedBelow = Math.max(wantedBelow, journal.generation());
        run();
    }

    /** A log waits for a checkpoint row of what its files have become. */
    void rowWanted(JournaledLog log) {
        // Its last row may have been one of other contents, and no file work has come since.
        rows.changed(log);
        rowsWanted = true;
        run();
    }

    /** A group was synced, or memory is short: look again. */
    void poke() {
        if (draining || wantedBelow > releasedBelow || memory.pressured()) {
            run();
        }
    }

    /** Brings everything into segments and the checkpoint, so that the journal is empty. {@link Events#idle} tells the end. */
    void drain() {
        draining = true;
        run();
    }

    /** A full disk: nothing but deletes and removals until {@link #resume}. */
    void pause() {
        paused = true;
    }

    boolean isPaused() {
        return paused;
    }

    void resume() {
        paused = false;
        run();
    }

    /** Bytes that the journal has and segments lack. */
    long unwrittenBytes() {
        return rows.unwrittenBytes();
    }

    /** For good, after a failure. */
    void stop() {
        stopped = true;
    }

    boolean isRunning() {
        return running;
    }

    private void run() {
        if (running || stopped) {
            return;
        }
        if (paused) {
            Round freeing = planFreeing();
            if (!freeing.works.isEmpty()) {
                start(freeing);
            }
            return;
        }
        if (dirtyBytes >= maxDirtyBytes) {
            checkpoint();
            return;
        }
        Round round = plan();
        if (!round.works.isEmpty()) {
            start(round);
        } else if (checkpointDue()) {
            checkpoint();
        } else {
            events.idle();
        }
    }

    private Round plan() {
        Round round = new Round(new ArrayList<>(), new ArrayList<>());
        long bytes = dirtyBytes;
        // A round frees tail memory when it is over, so it is bounded by more than what may be dirty.
        long limitBytes = Math.min(maxDirtyBytes, dirtyBytes + MAX_BYTES_PER_ROUND);
        int count = wishes.size();
        while (count-- > 0 && bytes < limitBytes && round.works.size() < MAX_WORKS_PER_ROUND) {
            JournaledLog log = wishes.remove();
            log.files().wishTaken();
            bytes += add(round, log, MAX_BYTES_PER_WORK);
        }
        boolean all = draining || memory.pressured();
        if (all || wantedBelow > releasedBelow) {
            for (JournaledLog log : rows.needing()) {
                if (bytes >= limitBytes || round.works.size() >= MAX_WORKS_PER_ROUND) {
                    break;
                }
                if (all || log.files().need().oldestGeneration() < wantedBelow) {
                    bytes += add(round, log, MAX_BYTES_PER_WORK);
                }
            }
        }
        return round;
    }

    /** What a full disk can be freed by; the logs stay on the list for the rest. */
    private Round planFreeing() {
        Round round = new Round(new ArrayList<>(), new ArrayList<>());
        for (JournaledLog log : wishes) {
            if (round.works.size() >= MAX_WORKS_PER_ROUND) {
                break;
            }
            add(round, log, 0);
        }
        return round;
    }

    private int add(Round round, JournaledLog log, int maxBytes) {
        FileWork work = log.files().next(maxBytes);
        if (work == null) {
            return 0;
        }
        round.works.add(work);
        round.logs.add(log);
        return work instanceof FileWork.Write write ? write.sizeBytes() : 0;
    }

    private void start(Round round) {
        running = true;
        lane.submit(() -> perform(round.works), (outcomes, failure) -> performed(round, outcomes, failure));
    }

    /** On the lane. Stops at the first failure: what follows is planned again. */
    private Outcomes perform(List<FileWork> works) {
        List<FileOutcome> outcomes = new ArrayList<>(works.size());
        for (FileWork work : works) {
            try {
                outcomes.add(writers.run(work));
            } catch (DiskException e) {
                return new Outcomes(outcomes, e);
            }
        }
        return new Outcomes(outcomes, null);
    }

    private void performed(Round round, @Nullable Outcomes outcomes, @Nullable DiskException broken) {
        // Still running for whoever wishes for something meanwhile: the outcomes come first.
        try {
            take(round, outcomes);
        } finally {
            running = false;
        }
        DiskException failure = outcomes == null ? broken : outcomes.failure;
        if (failure == null) {
            rewish(round.logs);
            run();
        } else if (passes(failure)) {
            events.blocked(failure);
        } else if (!isOneLogsDamage(round, outcomes, failure)) {
            events.failed(failure);
        }
    }

    /**
     * A segment that was to be written to or cut is damaged: its log takes no more. What it has still goes to another segment; a
     * cut ends here.
     */
    private boolean isOneLogsDamage(Round round, @Nullable Outcomes outcomes, DiskException failure) {
        if (outcomes == null || !(SegmentDamagedException.isCauseOf(failure) || SegmentFault.isCauseOf(failure))) {
            return false;
        }
        int failed = outcomes.outcomes.size();
        JournaledLog log = round.logs.get(failed);
        if (!log.files().metDamage(round.works.get(failed))) {
            return false;
        }
        log.quarantine().found(failure, Quarantine.FoundBy.WRITE);
        rewish(round.logs);
        run();
        return true;
    }

    private void take(Round round, @Nullable Outcomes outcomes) {
        int done = outcomes == null ? 0 : outcomes.outcomes.size();
        for (int i = 0; i < round.works.size(); i++) {
            JournaledLog log = round.logs.get(i);
            FileWork work = round.works.get(i);
            if (i < done && work instanceof FileWork.Write write) {
                dirtyBytes += write.sizeBytes();
            }
            log.files().done(i < done && outcomes != null ? outcomes.outcomes.get(i) : null);
            rows.changed(log);
            if (log.files().isRemoved()) {
                removed(log);
            }
        }
    }

    /** Logs that still have much in their tail, or further duties, come again without waiting for their next append. */
    private void rewish(List<JournaledLog> logs) {
        for (int i = 0; i < logs.size(); i++) {
            logs.get(i).files().wishAgain();
        }
    }

    /** Nothing was lost and it may work later: no space, or no free file descriptor. */
    private static boolean passes(DiskException failure) {
        return failure.kind() == DiskException.Kind.FULL || failure.kind() == DiskException.Kind.TOO_MANY_OPEN_FILES;
    }

    private void removed(JournaledLog log) {
        rows.removed(log);
        events.removed(log);
    }

    private boolean checkpointDue() {
        if (rows.removedCount() >= MAX_WORKS_PER_ROUND) {
            return true;
        }
        if ((draining || rowsWanted) && rows.hasNews()) {
            return true;
        }
        boolean wanted = wantedBelow > releasedBelow || (draining && !journalReleased());
        return wanted
                && (rows.oldestNeededAfter(oldestUnwritten()) > releasedBelow
                        || (journal.isWaiting() && rows.anyWantsRow(wantedBelow)));
    }

    /** Where records that nobody needs yet may still go: the current file, or past it when nothing more will come. */
    private long oldestUnwritten() {
        return draining && journal.isIdle() ? journal.generation() + 1 : journal.generation();
    }

    private boolean journalReleased() {
        return releasedBelow > journal.generation();
    }

    private void checkpoint() {
        running = true;
        rowsWanted = false;
        CheckpointRows.Batch batch = rows.take(oldestUnwritten(), wantedBelow, draining);
        List<LogRow> changedRows = new ArrayList<>(batch.rows().size());
        for (LogCheckpoint row : batch.rows()) {
            changedRows.add(row.row());
        }
        dirtyBytes = 0;
        lane.submit(
                () -> {
                    writers.sync();
                    boolean written = checkpoint.update(changedRows, batch.removedLogIds(), batch.oldestLive());
                    return new Synced(written, space.usableBytes());
                },
                (synced, failure) -> checkpointed(batch, synced, failure));
    }

    private void checkpointed(CheckpointRows.Batch batch, @Nullable Synced synced, @Nullable DiskException failure) {
        if (failure != null || synced == null) {
            running = false;
            // Segment syncs and checkpoint syncs alike: what they left on the disk is unknown.
            events.failed(failure == null ? DiskException.broken("checkpoint", new IllegalStateException()) : failure);
            return;
        }
        if (!synced.checkpointWritten()) {
            running = false;
            rows.notWritten(batch);
            events.blocked(new DiskException(DiskException.Kind.FULL, "write", Path.of("a checkpoint"), null));
            return;
        }
        rows.written(batch);
        releasedBelow = Math.max(releasedBelow, batch.oldestLive());
        journal.releaseBelow(batch.oldestLive());
        running = false;
        events.usable(synced.usableBytes());
        run();
    }

    @Override
    public String toString() {
        return "WriteBehind[running=" + running + " paused=" + paused + " draining=" + draining + " dirtyBytes="
                + dirtyBytes + " wantedBelow=" + wantedBelow + " releasedBelow=" + releasedBelow + " " + journal + " "
                + rows + "]";
    }

    /** Whether everything is in segments and the checkpoint says so. */
    boolean isDrained() {
        return draining && !running && rows.isEmpty() && journalReleased();
    }

    /** Closes what the lane holds; the last job of a store. */
    void closeFiles() throws DiskException {
        writers.close();
        checkpoint.close();
    }
}
