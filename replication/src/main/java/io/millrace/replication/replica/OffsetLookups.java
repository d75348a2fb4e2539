package io.millrace.replication.replica;

import io.millrace.protocol.ErrorCode;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.StorageFailure;

/** ListOffsets on one leader: Kafka's special timestamps and look-ups by time. Stateless; shard loop of the replica. */
final class OffsetLookups {

    private static final long LATEST = -1;
    private static final long EARLIEST = -2;
    private static final long MAX_TIMESTAMP = -3;
    /** Nothing is tiered, so the earliest local offset is the earliest. */
    private static final long EARLIEST_LOCAL = -4;

    private static final long LATEST_TIERED = -5;
    private static final long EARLIEST_PENDING_UPLOAD = -6;

    private OffsetLookups() {}

    static void list(LeaderReplica replica, long timestampMs, ReadBound bound, ListedOffset.Answer answer, int slot) {
        PartitionLog log = replica.log();
        if (timestampMs == EARLIEST || timestampMs == EARLIEST_LOCAL) {
            long start = log.logStartOffset();
            answer.done(slot, new ListedOffset(ErrorCode.NONE, start, -1, epochOf(replica, start)));
        } else if (timestampMs == LATEST_TIERED || timestampMs == EARLIEST_PENDING_UPLOAD) {
            answer.done(slot, ListedOffset.NOTHING);
        } else if (bound != ReadBound.LOG_END && !replica.knowsLatest()) {
            // KIP-207: until then an earlier leader may have committed more than this one knows of.
            answer.done(slot, ListedOffset.refused(ErrorCode.OFFSET_NOT_AVAILABLE));
        } else if (timestampMs == LATEST) {
            answer.done(slot, new ListedOffset(ErrorCode.NONE, replica.endOf(bound), -1, replica.leaderEpoch()));
        } else if (timestampMs == MAX_TIMESTAMP) {
            log.findMaxTimestamp(replica.endOf(bound), new Lookup(answer, slot));
        } else if (timestampMs >= 0) {
            log.findByTime(timestampMs, replica.endOf(bound), new Lookup(answer, slot));
        } else {
            answer.done(slot, ListedOffset.refused(ErrorCode.INVALID_REQUEST));
        }
    }

    private record Lookup(ListedOffset.Answer answer, int slot) implements PartitionLog.OffsetLookup {

        @Override
        public void found(long offset, long timestampMs, int leaderEpoch) {
            answer.done(slot, new ListedOffset(ErrorCode.NONE, offset, timestampMs, leaderEpoch));
        }

        @Override
        public void failed(StorageFailure failure) {
            answer.done(slot, ListedOffset.refused(ErrorCode.KAFKA_STORAGE_ERROR));
        }
    }

    /**
     * The leader epoch that holds {@code offset}: the smallest one that ends behind it. Ends never fall as epochs grow, so
     * this needs a look-up per bit of the epoch, not a second index.
     */
    private static int epochOf(LeaderReplica replica, long offset) {
        PartitionLog log = replica.log();
        int low = 0;
        int high = replica.leaderEpoch();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (log.epochEnd(middle).endOffset() > offset) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return high;
    }
}
