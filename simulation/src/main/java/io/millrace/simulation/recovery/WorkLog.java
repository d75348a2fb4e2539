package io.millrace.simulation.recovery;

import io.millrace.simulation.recovery.planted.PlantedBug;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.StorageFailure;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One log under work: the real one, its history, and who writes to it. */
final class WorkLog implements PartitionLog.Listener {

    private final LogHistory history;
    private PartitionLog log;
    private final boolean follower;
    private final PlantedBug bug;
    private int epoch;
    private long highWatermark;
    private boolean deleting;
    private int asked;
    private final List<Long> producerIds = new ArrayList<>();

    WorkLog(LogHistory history, PartitionLog log, boolean follower, PlantedBug bug) {
        this.bug = bug;
        this.history = history;
        this.log = log;
        this.follower = follower;
    }

    LogHistory history() {
        return history;
    }

    PartitionLog log() {
        return log;
    }

    boolean follower() {
        return follower;
    }

    int epoch() {
        return epoch;
    }

    void epoch(int next) {
        epoch = next;
    }

    long highWatermark() {
        return highWatermark;
    }

    void highWatermark(long offset) {
        highWatermark = offset;
        history.highWatermark(offset);
        log.highWatermark(bug == PlantedBug.HIGH_WATERMARK_TOO_HIGH ? log.logEndOffset() : offset);
    }

    boolean deleting() {
        return deleting;
    }

    void deletionBegan() {
        deleting = true;
    }

    List<Long> producerIds() {
        return producerIds;
    }

    /** The same log in the next life of the store. */
    void reopened(PartitionLog next) {
        log = next;
        highWatermark = next.recoveredHighWatermark();
        epoch = Math.max(epoch, next.latestEpoch());
        deleting = false;
        log.listener(this);
    }

    /** Now and then nobody waits: then both outcomes of a group come in one turn. */
    @Override
    public boolean awaitsWritten() {
        return ++asked % 3 != 0;
    }

    @Override
    public void writtenTo(long endOffset) {
        history.writtenTo(endOffset);
        if (bug == PlantedBug.ACKNOWLEDGED_WHEN_WRITTEN) {
            history.syncedTo(endOffset);
        }
        checkEnds();
    }

    @Override
    public void syncedTo(long endOffset) {
        history.syncedTo(endOffset);
        if (endOffset > log.syncedEndOffset()) {
            throw new Violation(
                    history.identity() + ": told synced to " + endOffset + " but holds " + log.syncedEndOffset());
        }
        checkEnds();
    }

    @Override
    public void retainedFrom(long logStartOffset) {
        if (logStartOffset > highWatermark) {
            throw new Violation(history.identity() + ": retention took up to " + logStartOffset
                    + ", the high watermark is " + highWatermark);
        }
        history.add(new LogEvent.StartMoved(logStartOffset));
        producerIds.clear();
    }

    @Override
    public void failed(StorageFailure failure) {
        // The store's own listener hears it too; the run ends there.
    }

    /** The order that {@link PartitionLog} promises, and the naive log's offsets. */
    void checkEnds() {
        ModelLog model = history.now();
        boolean ordered = log.logStartOffset() <= log.logEndOffset()
                && log.syncedEndOffset() <= log.writtenEndOffset()
                && log.writtenEndOffset() <= log.logEndOffset();
        if (!ordered) {
            throw new Violation(history.identity() + ": start=" + log.logStartOffset() + " synced="
                    + log.syncedEndOffset() + " written=" + log.writtenEndOffset() + " end=" + log.logEndOffset());
        }
        if (!deleting && (log.logStartOffset() != model.startOffset() || log.logEndOffset() != model.endOffset())) {
            throw new Violation(history.identity() + ": is " + log.logStartOffset() + ".." + log.logEndOffset()
                    + ", should be " + model.startOffset() + ".." + model.endOffset());
        }
    }

    /** The last batch of this producer that a reader can see; null when none is left. */
    @Nullable
    ModelBatch lastOf(long producerId) {
        List<ModelBatch> batches = history.now().batches();
        for (int i = batches.size() - 1; i >= 0; i--) {
            if (batches.get(i).producerId() == producerId) {
                return batches.get(i);
            }
        }
        return null;
    }
}
