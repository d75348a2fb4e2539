package io.millrace.replication.replica;

import io.millrace.protocol.ErrorCode;
import io.millrace.replication.metadata.PartitionImage;
import io.millrace.storage.PartitionLog;

/**
 * How far a leader's log is committed: who is in sync and holds how much, the high watermark that follows from it, and who
 * waits for that to move. Owned by the replica's shard loop.
 *
 * <p>Answers may end the replica's leadership, so that is looked at again after each. Invariants: A1, A4, A5 and A9 of
 * RELIABILITY.md, as {@link LeaderReplica} lists them.
 */
final class LeaderCommits {

    private final LeaderReplica replica;
    private final PartitionLog log;
    private final InSyncReplicas inSync;
    private final AppendSizes sizes = new AppendSizes();
    private final WaitingProduces waiting;
    private final WatchingFetches fetches = new WatchingFetches();
    private int replicationFactor;
    private ReplicaSettings settings;
    private long highWatermark;

    /** @param knownHighWatermark from an earlier epoch of the same process, -1 when there is none */
    LeaderCommits(
            LeaderReplica replica,
            PartitionLog log,
            PartitionImage partition,
            long knownHighWatermark,
            ReplicaSettings settings,
            WaitingProduces waiting) {
        this.replica = replica;
        this.log = log;
        this.waiting = waiting;
        this.settings = settings;
        this.replicationFactor = partition.replicas().size();
        this.inSync = new InSyncReplicas(partition.leader(), partition.isr());
        this.highWatermark = Math.min(log.logEndOffset(), Math.max(knownHighWatermark, log.recoveredHighWatermark()));
    }

    long highWatermark() {
        return highWatermark;
    }

    int inSyncCount() {
        return inSync.size();
    }

    int minInsyncReplicas() {
        return Math.min(settings.minInsyncReplicas(), replicationFactor);
    }

    /** Appends that wait for their acks. */
    WaitingProduces waiting() {
        return waiting;
    }

    /** Who waits for what is committed next. */
    WatchingFetches fetches() {
        return fetches;
    }

    /** An append took the log to {@code endOffset}. */
    void appended(long endOffset, int sizeBytes) {
        sizes.appended(endOffset, sizeBytes);
    }

    /** Only acks=1 and {@link Durability#WRITTEN} go by what is written. */
    boolean awaitsWritten() {
        return settings.durability() == Durability.WRITTEN || waiting.awaitsWritten();
    }

    /** The log has written more. */
    void written() {
        if (replica.isLeading() && withinLog()) {
            while (replica.isLeading() && waiting.acknowledgeWritten(log.writtenEndOffset())) {}
            if (replica.isLeading()) {
                moveHighWatermark();
            }
        }
    }

    /** The log has synced more. */
    void synced() {
        if (replica.isLeading() && withinLog()) {
            moveHighWatermark();
        }
    }

    /** A1. */
    private boolean withinLog() {
        boolean ordered = log.logStartOffset() <= log.syncedEndOffset()
                && log.syncedEndOffset() <= log.writtenEndOffset()
                && log.writtenEndOffset() <= log.logEndOffset()
                && highWatermark <= log.logEndOffset();
        if (!ordered) {
            replica.violated("A1: log start " + log.logStartOffset() + ", synced " + log.syncedEndOffset()
                    + ", written " + log.writtenEndOffset() + ", high watermark " + highWatermark + ", log end "
                    + log.logEndOffset());
        }
        return ordered;
    }

    /** Moves the high watermark to what every member of the maximal ISR holds (A4, A5), and tells who waits for it. */
    void moveHighWatermark() {
        long own = settings.durability() == Durability.SYNCED ? log.syncedEndOffset() : log.writtenEndOffset();
        long held = inSync.heldByAll(own);
        if (held <= highWatermark || inSync.size() < minInsyncReplicas()) {
            return;
        }
        if (held > log.logEndOffset()) {
            replica.violated("A1: the ISR holds up to " + held + ", the log ends at " + log.logEndOffset());
            return;
        }
        highWatermark = held;
        log.highWatermark(held);
        long uncovered = sizes.takeUpTo(held);
        while (replica.isLeading() && waiting.acknowledgeCommitted(highWatermark)) {}
        fetches.committed(uncovered);
    }

    /** A follower holds everything below {@code endOffset}, in this leader's epoch. */
    void followerHolds(int follower, long endOffset) {
        inSync.reported(follower, endOffset);
        if (replica.isLeading()) {
            moveHighWatermark();
        }
    }

    /** The ISR or the replicas changed. */
    void change(PartitionImage partition) {
        replicationFactor = partition.replicas().size();
        inSync.change(partition.isr());
        changed();
    }

    void change(ReplicaSettings newSettings) {
        settings = newSettings;
        changed();
    }

    private void changed() {
        if (replica.isLeading()) {
            failUnlessEnoughInSync();
            moveHighWatermark();
        }
    }

    /** A9: with too few in sync the high watermark stands still, so the producers are told now, not at their timeout. */
    private void failUnlessEnoughInSync() {
        if (inSync.size() < minInsyncReplicas()) {
            waiting.failUncommitted(
                    ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND,
                    "the batch is in the log, but only " + inSync.size() + " replicas are in sync");
        }
    }

    /** Nothing is committed by this replica any more. */
    void end(LeaderFence why) {
        waiting.failAll(why.error(), why.reason());
        fetches.wakeAll();
    }
}
