package io.millrace.replication.replica;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.storage.AppendResult;
import io.millrace.storage.CheckedBatches;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.append.LeaderAppender;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a leader does with an append: refuse it, or put it into the log and let it wait for its acks. Owned by the replica's
 * shard loop; keeps nothing.
 */
final class LeaderAppends {

    private static final short ACKS_ALL = -1;
    private static final short ACKS_NONE = 0;
    private static final short ACKS_LEADER = 1;
    private static final int NO_EPOCH = -1;

    private final LeaderReplica replica;
    private final LeaderCommits commits;
    private final PartitionLog log;
    private final ReplicaEvents events;

    LeaderAppends(LeaderReplica replica, LeaderCommits commits, PartitionLog log, ReplicaEvents events) {
        this.replica = replica;
        this.commits = commits;
        this.log = log;
        this.events = events;
    }

    void append(
            ByteBuffer batches,
            ValidationRules.Origin origin,
            int currentLeaderEpoch,
            short requiredAcks,
            int timeoutMs,
            ProduceCompletion completion,
            int slot) {
        ProduceOutcome.Refused refused = refusal(currentLeaderEpoch, requiredAcks);
        if (refused != null) {
            completion.done(slot, refused);
            return;
        }
        long endBefore = log.logEndOffset();
        int sizeBytes = batches.remaining();
        AppendResult result = log.appendAsLeader(batches, replica.leaderEpoch(), origin);
        if (result instanceof AppendResult.Appended appended) {
            tell(appended, endBefore, sizeBytes);
        }
        settle(result, requiredAcks, timeoutMs, completion, slot);
    }

    /** As the other, of what was checked before, from a client that named no epoch. */
    void append(
            ByteBuffer batches,
            CheckedBatches checked,
            short requiredAcks,
            int timeoutMs,
            ProduceCompletion completion,
            int slot) {
        ProduceOutcome.Refused refused = refusal(NO_EPOCH, requiredAcks);
        if (refused != null) {
            completion.done(slot, refused);
            return;
        }
        long endBefore = log.logEndOffset();
        int sizeBytes = batches.remaining();
        AppendResult result = log.appendAsLeader(batches, replica.leaderEpoch(), checked);
        if (result instanceof AppendResult.Appended appended) {
            tell(appended, endBefore, sizeBytes);
        }
        settle(result, requiredAcks, timeoutMs, completion, slot);
    }

    private void tell(AppendResult.Appended appended, long endBefore, int sizeBytes) {
        if (appended.baseOffset() != endBefore || appended.endOffset() > log.logEndOffset()) {
            replica.violated("A3: an append at the log end " + endBefore + " got offsets " + appended.baseOffset()
                    + " to " + appended.endOffset());
        }
        commits.appended(appended.endOffset(), sizeBytes);
        events.appended(sizeBytes, appended.endOffset() - appended.baseOffset());
    }

    private void settle(
            AppendResult result, short requiredAcks, int timeoutMs, ProduceCompletion completion, int slot) {
        switch (result) {
            case AppendResult.Appended appended -> {
                ProduceOutcome.Accepted accepted = new ProduceOutcome.Accepted(
                        appended.baseOffset(), appended.logAppendTimeMs(), appended.logStartOffset());
                await(appended.endOffset(), accepted, requiredAcks, timeoutMs, completion, slot);
            }
            case AppendResult.Duplicate duplicate -> {
                events.duplicateAnswered(log.identity());
                ProduceOutcome.Accepted accepted = new ProduceOutcome.Accepted(
                        duplicate.baseOffset(), duplicate.logAppendTimeMs(), duplicate.logStartOffset());
                await(duplicate.endOffset(), accepted, requiredAcks, timeoutMs, completion, slot);
            }
            case AppendResult.Refused no ->
                completion.done(
                        slot,
                        isTailFull(result)
                                ? new ProduceOutcome.TailFull()
                                : new ProduceOutcome.Refused(no.error(), no.message(), no.recordErrors()));
        }
    }

    @SuppressWarnings("ReferenceEquality") // The appender says so: one instance, compared by identity.
    private static boolean isTailFull(AppendResult result) {
        return result == LeaderAppender.TAIL_FULL;
    }

    private ProduceOutcome.@Nullable Refused refusal(int currentLeaderEpoch, short requiredAcks) {
        if (requiredAcks < ACKS_ALL || requiredAcks > ACKS_LEADER) {
            return new ProduceOutcome.Refused(
                    ErrorCode.INVALID_REQUIRED_ACKS, "acks must be -1 (all), 0 or 1, not " + requiredAcks);
        }
        LeaderFence fence = replica.fence();
        if (fence != null) {
            return new ProduceOutcome.Refused(fence.error(), fence.reason());
        }
        ErrorCode fault = replica.epochFault(currentLeaderEpoch);
        if (fault != ErrorCode.NONE) {
            return new ProduceOutcome.Refused(fault, replica.epochMessage(currentLeaderEpoch));
        }
        if (requiredAcks == ACKS_ALL && commits.inSyncCount() < commits.minInsyncReplicas()) {
            return new ProduceOutcome.Refused(
                    ErrorCode.NOT_ENOUGH_REPLICAS,
                    commits.inSyncCount() + " replicas are in sync, min.insync.replicas asks for "
                            + commits.minInsyncReplicas());
        }
        return null;
    }

    /** Answers at once what is durable enough, an original as well as a repeated batch; else lets it wait. */
    private void await(
            long endOffset,
            ProduceOutcome.Accepted accepted,
            short requiredAcks,
            int timeoutMs,
            ProduceCompletion completion,
            int slot) {
        LeaderFence fence = replica.fence();
        if (fence != null) {
            completion.done(slot, new ProduceOutcome.Refused(fence.error(), fence.reason()));
            return;
        }
        boolean done = requiredAcks == ACKS_NONE
                || endOffset <= (requiredAcks == ACKS_ALL ? commits.highWatermark() : log.writtenEndOffset());
        if (done) {
            completion.done(slot, accepted);
            return;
        }
        PendingProduce pending = new PendingProduce(commits.waiting(), endOffset, accepted, completion, slot);
        commits.waiting().add(pending, requiredAcks == ACKS_ALL, timeoutMs);
    }
}
