package io.millrace.replication.replica;

import io.millrace.protocol.ErrorCode;
import io.millrace.storage.LogIdentity;
import org.jspecify.annotations.Nullable;

/**
 * Appends of one replica that wait for their acks: some until the leader has written them, some until they are committed.
 * Owned by the replica's shard loop.
 */
final class WaitingProduces implements PendingProduce.Owner {

    private final LogIdentity identity;
    private final DeadlineQueue deadlines;
    private final ReplicaEvents events;
    private final ProduceQueue forWritten = new ProduceQueue();
    private final ProduceQueue forHighWatermark = new ProduceQueue();

    WaitingProduces(LogIdentity identity, DeadlineQueue deadlines, ReplicaEvents events) {
        this.identity = identity;
        this.deadlines = deadlines;
        this.events = events;
    }

    void add(PendingProduce pending, boolean untilCommitted, int timeoutMs) {
        (untilCommitted ? forHighWatermark : forWritten).add(pending);
        deadlines.add(pending.deadline, Math.max(0, timeoutMs) * 1_000_000L);
    }

    int size() {
        return forWritten.size() + forHighWatermark.size();
    }

    /** Whether one waits to be written by the leader alone. */
    boolean awaitsWritten() {
        return forWritten.size() > 0;
    }

    /** Answers the next one that is written; false when none is. The caller leads, and asks again before each. */
    boolean acknowledgeWritten(long writtenEndOffset) {
        return acknowledge(forWritten.pollUpTo(writtenEndOffset));
    }

    /** Answers the next one that is committed; false when none is. The caller leads, and asks again before each. */
    boolean acknowledgeCommitted(long highWatermark) {
        return acknowledge(forHighWatermark.pollUpTo(highWatermark));
    }

    /** A9, A13: its queue's mark has passed the append, and the replica leads; both callers asked a line before. */
    private boolean acknowledge(@Nullable PendingProduce pending) {
        if (pending == null) {
            return false;
        }
        deadlines.cancel(pending.deadline);
        pending.completion.done(pending.slot, pending.accepted);
        return true;
    }

    /** Fails those that wait to be committed. */
    void failUncommitted(ErrorCode error, String reason) {
        fail(forHighWatermark, error, reason);
    }

    void failAll(ErrorCode error, String reason) {
        fail(forWritten, error, reason);
        fail(forHighWatermark, error, reason);
    }

    @Override
    public void produceExpired(PendingProduce pending) {
        ProduceQueue queue = pending.queue;
        if (queue != null) {
            queue.remove(pending);
            events.produceExpired(identity);
            pending.completion.done(
                    pending.slot,
                    new ProduceOutcome.Refused(
                            ErrorCode.REQUEST_TIMED_OUT, "the batch is in the log but was not acknowledged in time"));
        }
    }

    private void fail(ProduceQueue queue, ErrorCode error, String reason) {
        PendingProduce pending;
        while ((pending = queue.pollUpTo(Long.MAX_VALUE)) != null) {
            deadlines.cancel(pending.deadline);
            pending.completion.done(pending.slot, new ProduceOutcome.Refused(error, reason));
        }
    }
}
