package io.millrace.storage.engine;

import io.millrace.storage.checkpoint.CheckpointLog;
import io.millrace.storage.checkpoint.LogRow;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskLane;
import io.millrace.storage.journal.Journal;
import io.millrace.storage.log.FileOutcome;
import io.millrace.storage.log.FileWork;
import io.millrace.storage.log.JournalNeed;
import io.millrace.storage.log.JournaledLog;
import io.millrace.storage.log.LogCheckpoint;
import io.millrace.storage.tail.TailMemory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Moves batches from the tail to segments, and journal files from needed to free. Owned by the shard loop; one job at a time
 * runs on the write-behind lane.
 *
 * <pre>
 *   IDLE --work due--> ROUND (write segments, at most maxDirtyBytes) --enough dirty, or files wanted back--> CHECKPOINT
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

    /** What the store does about outcomes. */
    interface Events {

        /** The directory cannot be relied on any more. */
        void failed(DiskException failure);

        /** A write found no space; it is tried again when the store says so. */
        void diskFull();

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

    private final DiskLane lane;
    private final SegmentWriters writers;
    private final CheckpointLog checkpoint;
    private final Journal journal;
    private final TailMemory memory;
    private final SpaceProbe space;
    private final int maxDirtyBytes;
    private final Events events;

    private final ArrayDeque<JournaledLog> wishes = new ArrayDeque<>();
    // In the order in which they began to need the journal, so roughly by oldest generation.
    private final LinkedHashSet<JournaledLog> needing = new LinkedHashSet<>();
    private final LinkedHashSet<JournaledLog> changed = new LinkedHashSet<>();
    private final List<Integer> removedLogIds = new ArrayList<>();
    private boolean running;
    private boolean paused;
    private boolean stopped;
    private boolean draining;
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
        this.memory = memory;
        this.space = space;
        this.maxDirtyBytes = maxDirtyBytes;
        this.events = events;
        this.releasedBelow = journal.generation();
    }

    /** The log has, or will have, something in the journal. */
    void needs(JournaledLog log) {
        needing.add(log);
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

    /** A full disk: no writes until {@link #resume}. */
    void pause() {
        paused = true;
    }

    void resume() {
        paused = false;
        run();
    }

    /** For good, after a failure. */
    void stop() {
        stopped = true;
    }

    boolean isRunning() {
        return running;
    }

    private void run() {
        if (running || stopped || paused) {
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
        int count = wishes.size();
        while (count-- > 0 && bytes < maxDirtyBytes && round.works.size() < MAX_WORKS_PER_ROUND) {
            JournaledLog log = wishes.remove();
            log.files().wishTaken();
            bytes += add(round, log);
        }
        boolean all = draining || memory.pressured();
        if (all || wantedBelow > releasedBelow) {
            for (JournaledLog log : needing) {
                if (bytes >= maxDirtyBytes || round.works.size() >= MAX_WORKS_PER_ROUND) {
                    break;
                }
                if (all || log.files().need().oldestGeneration() < wantedBelow) {
                    bytes += add(round, log);
                }
            }
        }
        return round;
    }

    private int add(Round round, JournaledLog log) {
        FileWork work = log.files().next(MAX_BYTES_PER_WORK);
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
        running = false;
        int done = outcomes == null ? 0 : outcomes.outcomes.size();
        for (int i = 0; i < round.works.size(); i++) {
            JournaledLog log = round.logs.get(i);
            FileWork work = round.works.get(i);
            if (i < done && work instanceof FileWork.Write write) {
                dirtyBytes += write.sizeBytes();
            }
            log.files().done(i < done && outcomes != null ? outcomes.outcomes.get(i) : null);
            changed.add(log);
            if (log.files().isRemoved()) {
                removed(log);
            }
        }
        DiskException failure = outcomes == null ? broken : outcomes.failure;
        if (failure == null) {
            rewish(round.logs);
            run();
        } else if (passes(failure)) {
            events.diskFull();
        } else {
            events.failed(failure);
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
        changed.remove(log);
        needing.remove(log);
        removedLogIds.add(log.logId());
        events.removed(log);
    }

    private boolean checkpointDue() {
        if (removedLogIds.size() >= MAX_WORKS_PER_ROUND) {
            return true;
        }
        if (draining && (!removedLogIds.isEmpty() || anyChangedHasRow())) {
            return true;
        }
        boolean wanted = wantedBelow > releasedBelow || (draining && !journalReleased());
        return wanted && (oldestNeededAfter() > releasedBelow || (journal.isWaiting() && anyWantsRow()));
    }

    private boolean anyChangedHasRow() {
        for (JournaledLog log : changed) {
            if (log.files().need().hasRow()) {
                return true;
            }
        }
        return false;
    }

    /** Whether a log that keeps a journal file can go on only behind a row, for its record waits for that very file. */
    private boolean anyWantsRow() {
        for (JournaledLog log : needing) {
            JournalNeed need = log.files().need();
            if (need.oldestGeneration() < wantedBelow && need.wantsRow()) {
                return true;
            }
        }
        return false;
    }

    /** The oldest generation that would be needed after a checkpoint of everything. */
    private long oldestNeededAfter() {
        long oldest = oldestUnwritten();
        for (JournaledLog log : needing) {
            oldest = Math.min(oldest, log.files().need().oldestGenerationAfterCheckpoint());
        }
        return oldest;
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
        List<LogCheckpoint> rows = new ArrayList<>();
        long group = journal.collectingGroup();
        long live = oldestUnwritten();
        for (JournaledLog log : needing) {
            JournalNeed need = log.files().need();
            if (need.hasRow() && (changed.remove(log) || draining || need.oldestGeneration() < wantedBelow)) {
                rows.add(need.checkpoint(group));
                live = Math.min(live, rows.getLast().oldestGenerationAfter());
            } else {
                live = Math.min(live, need.oldestGeneration());
            }
        }
        for (Iterator<JournaledLog> rest = changed.iterator(); rest.hasNext(); ) {
            JournalNeed need = rest.next().files().need();
            if (need.hasRow()) {
                rest.remove();
                rows.add(need.checkpoint(group));
                live = Math.min(live, rows.getLast().oldestGenerationAfter());
            }
        }
        long oldestLive = live;
        List<Integer> gone = List.copyOf(removedLogIds);
        removedLogIds.clear();
        List<LogRow> changedRows = new ArrayList<>(rows.size());
        for (LogCheckpoint row : rows) {
            changedRows.add(row.row());
        }
        dirtyBytes = 0;
        lane.submit(
                () -> {
                    writers.sync();
                    checkpoint.update(changedRows, gone, oldestLive);
                    return space.usableBytes();
                },
                (usable, failure) -> checkpointed(rows, oldestLive, usable, failure));
    }

    private void checkpointed(
            List<LogCheckpoint> rows, long live, @Nullable Long usable, @Nullable DiskException failure) {
        running = false;
        if (failure != null) {
            // Segment syncs and checkpoint syncs alike: what they left on the disk is unknown.
            events.failed(failure);
            return;
        }
        for (int i = 0; i < rows.size(); i++) {
            LogCheckpoint row = rows.get(i);
            row.log().files().need().checkpointed(row);
        }
        for (Iterator<JournaledLog> all = needing.iterator(); all.hasNext(); ) {
            if (!all.next().files().need().needsCheckpoint()) {
                all.remove();
            }
        }
        releasedBelow = Math.max(releasedBelow, live);
        journal.releaseBelow(live);
        if (usable != null) {
            events.usable(usable);
        }
        run();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("WriteBehind[running=" + running + " paused=" + paused + " draining="
                + draining + " dirtyBytes=" + dirtyBytes + " wantedBelow=" + wantedBelow + " releasedBelow="
                + releasedBelow + " " + journal + " changed="
                + changed.size() + " removed=" + removedLogIds.size() + " needing=");
        for (JournaledLog log : needing) {
            text.append(log.files()).append(' ');
        }
        return text.append(']').toString();
    }

    /** Whether everything is in segments and the checkpoint says so. */
    boolean isDrained() {
        return draining
                && !running
                && needing.isEmpty()
                && changed.isEmpty()
                && removedLogIds.isEmpty()
                && journalReleased();
    }

    /** Closes what the lane holds; the last job of a store. */
    void closeFiles() throws DiskException {
        writers.close();
        checkpoint.close();
    }
}
