package io.millrace.replication.replica;

import io.millrace.protocol.ErrorCode;
import io.millrace.storage.EpochEnd;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.ReadResult;
import java.util.List;

/** What a leader answers to readers, from its log and within its bounds. Owned by the replica's shard loop; keeps nothing. */
final class LeaderReads {

    private final LeaderReplica replica;
    private final PartitionLog log;

    LeaderReads(LeaderReplica replica, PartitionLog log) {
        this.replica = replica;
        this.log = log;
    }

    ReplicaRead read(
            long offset,
            ReadBound bound,
            int currentLeaderEpoch,
            int lastFetchedEpoch,
            int maxBytes,
            boolean wholeFirstBatch) {
        LeaderFence fence = replica.fence();
        if (fence != null && !fence.readable()) {
            return new ReplicaRead.Refused(fence.error(), fence.reason(), ReplicaRead.Offsets.UNKNOWN);
        }
        ErrorCode fault = replica.epochFault(currentLeaderEpoch);
        if (fault != ErrorCode.NONE) {
            return new ReplicaRead.Refused(
                    fault, replica.epochMessage(currentLeaderEpoch), ReplicaRead.Offsets.UNKNOWN);
        }
        ReplicaRead.Offsets offsets =
                new ReplicaRead.Offsets(replica.highWatermark(), replica.lastStableOffset(), log.logStartOffset());
        if (lastFetchedEpoch >= 0) {
            EpochEnd end = log.epochEnd(lastFetchedEpoch);
            if (end.leaderEpoch() < 0) {
                return outOfRange(offset, offsets);
            }
            if (end.leaderEpoch() < lastFetchedEpoch || end.endOffset() < offset) {
                return new ReplicaRead.Diverging(end, offsets);
            }
        }
        if (offset < log.logStartOffset() || offset > log.logEndOffset()) {
            return outOfRange(offset, offsets);
        }
        long endOffset = replica.endOf(bound);
        if (offset >= endOffset) {
            return new ReplicaRead.Batches(List.of(), 0, offset, offsets);
        }
        return switch (log.read(offset, endOffset, maxBytes, wholeFirstBatch)) {
            case ReadResult.Batches batches ->
                new ReplicaRead.Batches(batches.slices(), batches.sizeBytes(), batches.endOffset(), offsets);
            case ReadResult.Pending pending -> new ReplicaRead.Pending(pending);
            case ReadResult.OutOfRange range -> outOfRange(offset, offsets);
            case ReadResult.Damaged damaged ->
                // Not the storage error, which clients take for a passing one and repeat without a word.
                new ReplicaRead.Refused(
                        ErrorCode.CORRUPT_MESSAGE, damaged.failure().message(), offsets);
            case ReadResult.Failed failed ->
                new ReplicaRead.Refused(
                        ErrorCode.KAFKA_STORAGE_ERROR, failed.failure().message(), offsets);
        };
    }

    private ReplicaRead outOfRange(long offset, ReplicaRead.Offsets offsets) {
        return new ReplicaRead.Refused(
                ErrorCode.OFFSET_OUT_OF_RANGE,
                "offset " + offset + " is not within " + log.logStartOffset() + " to " + log.logEndOffset(),
                offsets);
    }

    long bytesFrom(long offset, ReadBound bound) {
        long records = replica.endOf(bound) - Math.max(offset, log.logStartOffset());
        long all = log.logEndOffset() - log.logStartOffset();
        if (records <= 0 || all <= 0) {
            return 0;
        }
        return Math.max(1, (long) (records * ((double) log.sizeBytes() / all)));
    }

    EpochEndAnswer epochEnd(int currentLeaderEpoch, int askedEpoch) {
        LeaderFence fence = replica.fence();
        ErrorCode fault = fence != null && !fence.readable() ? fence.error() : replica.epochFault(currentLeaderEpoch);
        EpochEnd end = fault == ErrorCode.NONE && askedEpoch >= 0 ? log.epochEnd(askedEpoch) : EpochEnd.UNKNOWN;
        return new EpochEndAnswer(fault, end.leaderEpoch(), end.endOffset());
    }
}
