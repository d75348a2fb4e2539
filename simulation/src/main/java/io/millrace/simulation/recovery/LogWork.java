package io.millrace.simulation.recovery;

import io.millrace.protocol.record.ValidationRules;
import io.millrace.simulation.SimRandom;
import io.millrace.storage.AppendResult;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What a workload does to one log, drawn from its random numbers, each time to the real one and to its history. Owned by the
 * check's thread.
 */
final class LogWork {

    private static final int HUGE_BYTES = 140_000;

    private final SimRandom random;
    private final WorkloadShape shape;
    private final BatchMaker maker;
    private long nextProducerId = 1000;

    LogWork(SimRandom random, WorkloadShape shape, BatchMaker maker) {
        this.random = random;
        this.shape = shape;
        this.maker = maker;
    }

    /** All that is synced is committed, and the log looks whether it is worth compacting. */
    void commit(StoreProcess process, WorkLog log) {
        process.runOnLoopOf(log.history().identity(), () -> {
            log.highWatermark(log.log().syncedEndOffset());
            log.log().reconfigure(StoreSettings.logConfig(shape));
        });
    }

    /** Down to a batch's end at or above the high watermark, as a follower does. */
    void truncate(StoreProcess process, WorkLog log) {
        List<Long> ends = new ArrayList<>();
        ends.add(Math.max(log.highWatermark(), log.history().now().startOffset()));
        for (ModelBatch batch : log.history().now().batches()) {
            if (batch.endOffset() >= ends.getFirst()) {
                ends.add(batch.endOffset());
            }
        }
        long highWatermark = ends.getFirst();
        boolean onBoundary = log.history().now().batches().stream()
                .noneMatch(batch -> batch.baseOffset() < highWatermark && batch.endOffset() > highWatermark);
        if (!onBoundary) {
            ends.removeFirst();
        }
        if (ends.isEmpty()) {
            return;
        }
        long to = ends.get(random.nextInt(ends.size()));
        process.runOnLoopOf(log.history().identity(), () -> {
            log.log().truncateTo(to);
            log.history().add(new LogEvent.Truncated(to));
        });
        if (shape.compaction().isOn()) {
            // What a producer had below its last five batches may be compacted, and those are gone.
            log.producerIds().clear();
        }
    }

    /** As the deletion of committed records does. */
    void moveStart(StoreProcess process, WorkLog log) {
        long low = log.history().now().startOffset();
        long high = Math.max(log.highWatermark(), low);
        long to = random.between(low, high);
        process.runOnLoopOf(log.history().identity(), () -> {
            log.log().logStartTo(to);
            log.history().add(new LogEvent.StartMoved(to));
        });
        log.producerIds().clear();
    }

    /** Empties it, to begin at or above its end. */
    void reset(StoreProcess process, WorkLog log) {
        long to = log.history().now().endOffset() + random.between(0, 50);
        process.runOnLoopOf(log.history().identity(), () -> {
            log.log().resetTo(to);
            log.history().add(new LogEvent.Reset(to));
        });
        log.producerIds().clear();
    }

    void nextEpoch(StoreProcess process, WorkLog log) {
        log.epoch(log.epoch() + random.between(1, 3));
        if (!log.follower()) {
            process.runOnLoopOf(log.history().identity(), () -> log.log().beginEpoch(log.epoch()));
        }
    }

    /** One batch or several in one request, of an idempotent producer or of none. */
    void append(StoreProcess process, WorkLog log) {
        long producerId = -1;
        int sequence = -1;
        if (shape.idempotence() && random.percent(70)) {
            producerId = producerFor(log);
            ModelBatch last = log.lastOf(producerId);
            sequence = last == null ? 0 : last.sequence() + last.recordCount();
        }
        boolean huge = shape.hugeBatches() && random.oneIn(6);
        int count = producerId < 0 && !huge && random.oneIn(5) ? random.between(2, 3) : 1;
        long base = log.history().now().endOffset();
        List<ModelBatch> placed = new ArrayList<>();
        List<byte[]> sent = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int records = huge ? 1 : random.between(1, shape.maxRecords());
            byte[] batch = maker.make(
                    process.scheduler().clock().wallMs(),
                    records,
                    huge ? HUGE_BYTES : shape.maxValueBytes(),
                    producerId,
                    producerId < 0 ? -1 : 0,
                    sequence);
            byte[] stored = maker.placed(batch, base, log.epoch());
            int event = log.history().eventCount() + i + 1;
            placed.add(new ModelBatch(
                    ByteBuffer.wrap(stored),
                    base,
                    base + records,
                    log.epoch(),
                    producerId,
                    producerId < 0 ? -1 : 0,
                    sequence,
                    event));
            sent.add(log.follower() ? stored : batch);
            base += records;
        }
        ByteBuffer request = ByteBuffer.allocate(
                sent.stream().mapToInt(bytes -> bytes.length).sum());
        sent.forEach(request::put);
        request.flip();
        process.runOnLoopOf(log.history().identity(), () -> {
            check(log, placed, send(log, request));
        });
    }

    /** The answer is the one that the model foresees, which takes it over. */
    private static void check(WorkLog log, List<ModelBatch> placed, AppendResult result) {
        switch (result) {
            case AppendResult.Appended appended -> {
                if (appended.baseOffset() != placed.getFirst().baseOffset()
                        || appended.endOffset() != placed.getLast().endOffset()) {
                    throw new Violation(
                            log.history().identity() + ": appended at " + appended + ", expected " + placed);
                }
                placed.forEach(batch -> log.history().add(new LogEvent.Appended(batch)));
            }
            case AppendResult.Refused refused -> {
                // Only a failed directory or a full tail may refuse; the model then stays as it is.
                if (!Probes.isRetriable(refused)) {
                    throw new Violation(log.history().identity() + ": refused " + placed + ": " + refused
                            + "\n  events " + log.history().lastEvents(12));
                }
            }
            case AppendResult.Duplicate duplicate ->
                throw new Violation(log.history().identity() + ": took " + placed + " for a duplicate: " + duplicate
                        + "\n  events " + log.history().lastEvents(12));
        }
    }

    private AppendResult send(WorkLog log, ByteBuffer request) {
        return log.follower()
                ? log.log().appendAsFollower(request)
                : log.log().appendAsLeader(request, log.epoch(), ValidationRules.Origin.CLIENT);
    }

    /** A producer that the log must know, or one that it has never seen: the model forgets those that truncation cut away. */
    private long producerFor(WorkLog log) {
        log.producerIds().removeIf(id -> log.lastOf(id) == null);
        if (log.producerIds().isEmpty() || (log.producerIds().size() < 3 && random.oneIn(4))) {
            log.producerIds().add(nextProducerId++);
            return log.producerIds().getLast();
        }
        return log.producerIds().get(random.nextInt(log.producerIds().size()));
    }

    /** A producer repeats its last batch. */
    void resend(StoreProcess process, WorkLog log) {
        if (log.follower()) {
            return;
        }
        long producerId = producerFor(log);
        ModelBatch last = log.lastOf(producerId);
        if (last != null) {
            process.runOnLoopOf(log.history().identity(), () -> Probes.resend(log.log(), last, log.epoch(), true));
        }
    }

    /** What a reader sees is what the model holds. */
    void compare(StoreProcess process, WorkLog log) {
        FoundLog found = process.read(log.log());
        if (!log.history().now().sameAs(found)) {
            throw new Violation(log.history().identity() + ": reads " + found + "\n  should be "
                    + log.history().now());
        }
    }
}
