package io.millrace.simulation.recovery;

import io.millrace.protocol.Uuid;
import io.millrace.simulation.SimRandom;
import io.millrace.simulation.disk.PowerLoss;
import io.millrace.simulation.disk.SimDisk;
import io.millrace.simulation.recovery.planted.PlantedBug;
import io.millrace.storage.LogIdentity;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.StorageFailure;
import io.millrace.storage.compaction.CompactionSlot;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.engine.StorageStartException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Random work on a store from one seed, with the naive model beside it. Everything that memory says is compared with the model
 * at each step; the disk's onlooker compares what a cut would leave. Owned by the check's thread.
 */
final class Workload {

    private static final int MAX_LOGS = 12;

    private static final int LIVENESS_ONE_IN = 20;
    private static final long ANSWERED_WITHIN_NS = 2_000_000_000L;

    private final PlantedBug bug;
    private final SimRandom random;
    private final WorkloadShape shape;
    private final SimDisk platter;
    private final Disk disk;
    private final LogWork work;
    private final CompactionSlot compaction = new CompactionSlot();
    private final List<LogHistory> histories;
    private final List<WorkLog> logs = new ArrayList<>();
    private StoreProcess process;
    private int nextTopic;
    private int restarts;
    private boolean stopped;

    /**
     * Starts the store.
     *
     * @param bug acted out by the workload, or by a disk that lies
     */
    Workload(SimRandom random, WorkloadShape shape, SimDisk platter, PlantedBug bug, List<LogHistory> histories) {
        this.bug = bug;
        this.random = random;
        this.shape = shape;
        this.platter = platter;
        this.disk = bug.over(platter);
        this.histories = histories;
        this.work = new LogWork(
                random, shape, new BatchMaker(random.split(), shape.compaction().keys()));
        this.process = start();
    }

    StoreProcess process() {
        return process;
    }

    /** Passes of all lives. */
    long compactions() {
        return compaction.totals().passes();
    }

    private StoreProcess start() {
        // A killed process takes its hold of the slot along.
        compaction.give();
        int shards = restarts == 0 ? shape.shards() : random.between(1, 3);
        return StoreProcess.start(
                disk, random.split(), shards, StoreSettings.config(shape).withCompaction(compaction));
    }

    /** Works until the steps are done or the directory has failed. */
    void run() throws IOException {
        if (shape.failingSync()) {
            platter.faults().failSync(random.between(1, 40));
        }
        for (int i = 0; i < shape.partitions(); i++) {
            create(freshTopic());
        }
        for (int step = 0; step < shape.steps() && isWorking(); step++) {
            try {
                step();
                if (isWorking() && random.oneIn(LIVENESS_ONE_IN)) {
                    checkAnswers();
                }
                if (isWorking() && random.percent(shape.restPercent())) {
                    process.runFor(random.between(0L, 8_000_000L));
                }
            } catch (PowerLoss killed) {
                startAgain();
            }
        }
        platter.faults().cutAtOperation(Long.MAX_VALUE);
        if (isWorking()) {
            process.runFor(random.nextBoolean() ? 50_000_000 : 0);
        }
        if (isWorking() && random.nextBoolean()) {
            restart();
        }
    }

    /** What was asked for is answered in bounded time: every append, and every delete. */
    private void checkAnswers() {
        for (long waitedNs = 0; waitedNs < ANSWERED_WITHIN_NS; waitedNs += ANSWERED_WITHIN_NS / 40) {
            process.runFor(ANSWERED_WITHIN_NS / 40);
            if (!isWorking() || process.isFull() || logs.stream().noneMatch(Workload::waits)) {
                return;
            }
        }
        for (WorkLog log : logs) {
            if (waits(log)) {
                throw new Violation(log.history().identity() + ": no answer within "
                        + ANSWERED_WITHIN_NS / 1_000_000 + " ms: " + (log.deleting() ? "deleting " : "")
                        + "synced to " + log.log().syncedEndOffset() + " of "
                        + log.log().logEndOffset() + " "
                        + process.storeOf(log.history().identity()));
            }
        }
    }

    private static boolean waits(WorkLog log) {
        return log.deleting()
                ? !log.history().isDeletedDurably()
                : log.log().syncedEndOffset() < log.log().logEndOffset();
    }

    /** The process was killed at a disk operation; the machine, and what the page cache holds, goes on. */
    private void startAgain() {
        platter.revive();
        if (platter.faults().syncHasFailed()) {
            stopped = true;
            return;
        }
        if (!startNext()) {
            return;
        }
        for (LogHistory history : histories) {
            PartitionLog found = process.find(history.identity());
            FoundLog read = found == null ? FoundLog.ABSENT : process.read(found);
            int prefix = history.prefixFor(read, history.writtenEvents(), history.eventCount());
            if (prefix < 0) {
                throw new Violation(history.identity() + ": after a kill " + read + ", of " + history.eventCount()
                        + " events " + history.writtenEvents() + " were written: " + history.lastEvents(12));
            }
            history.restartedAs(read, prefix);
        }
        logs.removeIf(log -> !log.history().now().exists());
        for (WorkLog log : logs) {
            reopen(log);
        }
    }

    /** The next life; false when the disk failed a sync of the start, which then refuses. */
    private boolean startNext() {
        try {
            process = start();
        } catch (Violation e) {
            if (!shape.failingSync() || !(e.getCause() instanceof StorageStartException)) {
                throw e;
            }
            stopped = true;
        }
        return !stopped;
    }

    private void reopen(WorkLog log) {
        LogIdentity identity = log.history().identity();
        PartitionLog found = process.find(identity);
        if (found == null) {
            throw new Violation(identity + " is gone after a restart");
        }
        process.runOnLoopOf(identity, () -> {
            log.reopened(found);
            found.decidesRetention(!log.follower());
            // Looks at once at what was found.
            found.reconfigure(StoreSettings.logConfig(shape));
        });
    }

    /** Neither gone nor offline; the directory goes offline only on a disk that fails. */
    private boolean isWorking() {
        StorageFailure failure = process.failure();
        if (failure != null && !shape.failingSync()) {
            throw new Violation("the directory went offline on an honest disk: " + failure.message());
        }
        return !stopped && process.failure() == null;
    }

    private void step() throws IOException {
        List<WorkLog> live = logs.stream().filter(log -> !log.deleting()).toList();
        if (live.isEmpty()) {
            create(freshTopic());
            return;
        }
        WorkLog log = live.get(random.nextInt(live.size()));
        if (shape.compaction().isOn() && random.oneIn(5)) {
            work.commit(process, log);
        }
        int dice = random.nextInt(100);
        if (dice < 6 && shape.truncates()) {
            work.truncate(process, log);
        } else if (dice < 9 && shape.startMoves()) {
            work.moveStart(process, log);
        } else if (dice < 11 && shape.resets()) {
            work.reset(process, log);
        } else if (dice < 14 && shape.deletes()) {
            delete(log);
        } else if (dice < 15 && shape.restarts()) {
            restart();
        } else if (dice < 16 && shape.kills()) {
            platter.faults().cutAtOperation(platter.operations() + random.between(1, 60));
        } else if (dice < 19) {
            work.nextEpoch(process, log);
        } else if (dice < 27) {
            process.runOnLoopOf(
                    log.history().identity(), () -> log.highWatermark(log.log().syncedEndOffset()));
        } else if (dice < 32) {
            work.compare(process, log);
        } else if (dice < 38 && shape.idempotence()) {
            work.resend(process, log);
        } else {
            work.append(process, log);
        }
        if (isWorking()) {
            log.checkEnds();
        }
    }

    private void create(String topic) {
        if (logs.size() >= MAX_LOGS) {
            return;
        }
        LogIdentity drawn = new LogIdentity(new Uuid(random.nextLong(), random.nextLong()), topic, random.nextInt(3));
        LogIdentity identity =
                isTaken(drawn) ? new LogIdentity(drawn.topicId(), freshTopic(), drawn.partition()) : drawn;
        LogHistory history = new LogHistory(identity, shape.compaction());
        histories.add(history);
        PartitionLog created = process.onLoopOf(identity, () -> {
            PartitionLog log = process.storeOf(identity).create(identity, StoreSettings.logConfig(shape));
            history.add(new LogEvent.Created());
            return log;
        });
        WorkLog log = new WorkLog(history, created, shape.followers() && random.nextBoolean(), bug);
        process.runOnLoopOf(identity, () -> {
            created.listener(log);
            created.decidesRetention(!log.follower());
        });
        logs.add(log);
    }

    /**
     * A predecessor of the same name is still being deleted in another shard: the two journals know no common order, so the
     * store's caller has to wait. In the same shard it need not.
     */
    private boolean isTaken(LogIdentity identity) {
        return logs.stream()
                .map(WorkLog::history)
                .anyMatch(other -> other.identity().toString().equals(identity.toString())
                        && !other.isDeletedDurably()
                        && process.storeOf(other.identity()) != process.storeOf(identity));
    }

    private String freshTopic() {
        return "t" + nextTopic++;
    }

    private void delete(WorkLog log) {
        LogIdentity identity = log.history().identity();
        log.deletionBegan();
        process.runOnLoopOf(identity, () -> {
            log.history().add(new LogEvent.Deleted());
            process.storeOf(identity).delete(log.log(), log.history()::allDurable);
            if (bug == PlantedBug.DELETE_ANSWERED_EARLY) {
                log.history().allDurable();
            }
        });
        if (random.nextBoolean()) {
            create(identity.topic());
        }
    }

    private void restart() throws IOException {
        process.stop();
        if (process.failure() != null) {
            return;
        }
        logs.removeIf(WorkLog::deleting);
        histories.forEach(LogHistory::allDurable);
        restarts++;
        if (!startNext()) {
            return;
        }
        if (!process.directory().cleanlyStopped()) {
            throw new Violation("a clean stop was not recognised");
        }
        for (WorkLog log : logs) {
            reopen(log);
            work.compare(process, log);
        }
    }
}
