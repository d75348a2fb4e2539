package io.millrace.replication.replica;

import io.millrace.protocol.ErrorCode;

/**
 * What came of deleting a partition's oldest records. Immutable.
 *
 * @param error NONE once the new log start survives a power loss; REQUEST_TIMED_OUT when it took too long, and may still come
 * @param logStartOffset -1 when refused
 */
public record DeletedRecords(ErrorCode error, long logStartOffset) {

    /** Told once, on the shard loop of the replica. */
    @FunctionalInterface
    public interface Answer {
        void done(int slot, DeletedRecords deleted);
    }

    /** Everything that is committed. */
    private static final long TO_HIGH_WATERMARK = -1;

    static DeletedRecords refused(ErrorCode error) {
        return new DeletedRecords(error, -1);
    }

    /** Lets {@code replica} start at {@code offset}; what lies above the high watermark stays. */
    static void delete(
            LeaderReplica replica, DeadlineQueue deadlines, long offset, int timeoutMs, Answer answer, int slot) {
        if (!replica.isLeading()) {
            answer.done(slot, refused(ErrorCode.KAFKA_STORAGE_ERROR));
            return;
        }
        long start = offset == TO_HIGH_WATERMARK ? replica.highWatermark() : offset;
        if (start < 0 || start > replica.highWatermark()) {
            answer.done(slot, refused(ErrorCode.OFFSET_OUT_OF_RANGE));
            return;
        }
        new Waiting(replica, deadlines, answer, slot).start(start, timeoutMs);
    }

    /** Until the log start is durable or the time is over, whichever comes first. */
    private static final class Waiting {

        private final LeaderReplica replica;
        private final DeadlineQueue deadlines;
        private final Answer answer;
        private final int slot;
        private final Deadline deadline = new Deadline(() -> answer(refused(ErrorCode.REQUEST_TIMED_OUT)));
        private boolean answered;

        private Waiting(LeaderReplica replica, DeadlineQueue deadlines, Answer answer, int slot) {
            this.replica = replica;
            this.deadlines = deadlines;
            this.answer = answer;
            this.slot = slot;
        }

        private void start(long offset, int timeoutMs) {
            deadlines.add(deadline, Math.max(0, timeoutMs) * 1_000_000L);
            replica.log()
                    .logStartTo(offset, () -> answer(new DeletedRecords(ErrorCode.NONE, replica.logStartOffset())));
        }

        private void answer(DeletedRecords deleted) {
            if (!answered) {
                answered = true;
                deadlines.cancel(deadline);
                answer.done(slot, deleted);
            }
        }
    }
}
