package io.millrace.storage.engine;

import io.millrace.storage.checkpoint.CheckpointLog;
import io.millrace.storage.checkpoint.LogRow;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskLane;
import io.millrace.storage.journal.Journal;
import io.millrace.storage.log.JournaledLog;
import io.millrace.storage.log.LogCheckpoint;
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
            WriteRound freeing = planFreeing();
            if (!freeing.isEmpty()) {
                start(freeing);
            }
            return;
        }
        if (dirtyBytes >= maxDirtyBytes) {
            checkpoint();
            return;
        }
        WriteRound round = plan();
        if (!round.isEmpty()) {
            start(round);
        } else if (checkpointDue()) {
            checkpoint();
        } else {
            events.idle();
        }
    }

    private WriteRound plan() {
        WriteRound round = new WriteRound();
        long bytes = dirtyBytes;
        // A round frees tail memory when it is over, so it is bounded by more than what may be dirty.
        long limitBytes = Math.min(maxDirtyBytes, dirtyBytes + MAX_BYTES_PER_ROUND);
        int count = wishes.size();
        while (count-- > 0 && bytes < limitBytes && !round.isFull()) {
            JournaledLog log = wishes.remove();
            log.files().wishTaken();
            bytes += round.add(log, MAX_BYTES_PER_WORK);
        }
        boolean all = draining || memory.pressured();
        if (all || wantedBelow > releasedBelow) {
            for (JournaledLog log : rows.needing()) {
                if (bytes >= limitBytes || round.isFull()) {
                    break;
                }
                if (all || log.files().need().oldestGeneration() < wantedBelow) {
                    bytes += round.add(log, MAX_BYTES_PER_WORK);
                }
            }
        }
        return round;
    }

    /** What a full disk can be freed by; the logs stay on the list for the rest. */
    private WriteRound planFreeing() {
        WriteRound round = new WriteRound();
        for (JournaledLog log : wishes) {
            if (round.isFull()) {
                break;
            }
            round.add(log, 0);
        }
        return round;
    }

    private void start(WriteRound round) {
        running = true;
        lane.submit(() -> round.perform(writers), (outcomes, failure) -> performed(round, outcomes, failure));
    }

    private void performed(WriteRound round, WriteRound.@Nullable Outcomes outcomes, @Nullable DiskException broken) {
        DiskException failure = outcomes == null ? broken : outcomes.failure();
        boolean blocked = failure != null && WriteRound.passes(failure);
        // Still running for whoever wishes for something meanwhile: the outcomes come first.
        try {
            take(round, outcomes);
            if (blocked) {
                // What was left waits on the list for the next try; a run at once would fail again, and so on.
                round.wishAgain();
            }
        } finally {
            running = false;
        }
        if (failure == null) {
            goOn(round);
        } else if (blocked) {
            events.blocked(failure);
        } else if (round.metDamageOfOneLog(outcomes, failure)) {
            goOn(round);
        } else {
            events.failed(failure);
        }
    }

    private void goOn(WriteRound round) {
        round.wishAgain();
        run();
    }

    private void take(WriteRound round, WriteRound.@Nullable Outcomes outcomes) {
        for (int i = 0; i < round.size(); i++) {
            JournaledLog log = round.log(i);
            dirtyBytes += round.deliver(i, outcomes);
            rows.changed(log);
            if (log.files().isRemoved()) {
                rows.removed(log);
                events.removed(log);
            }
        }
    }

    private boolean checkpointDue() {
        if (rows.removedCount() >= WriteRound.MAX_WORKS) {
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
