package io.millrace.replication.replica;

import org.jspecify.annotations.Nullable;

/**
 * One append that waits to become as durable as its producer asked. Owned by the shard loop; a link of one
 * {@link ProduceQueue}.
 */
final class PendingProduce implements Deadline.Expiry {

    /** Whom to ask when the time is up. */
    interface Owner {
        void produceExpired(PendingProduce pending);
    }

    final Owner owner;
    final long endOffset;
    final ProduceOutcome.Accepted accepted;
    final ProduceCompletion completion;
    final int slot;
    final Deadline deadline;

    @Nullable
    ProduceQueue queue;

    @Nullable
    PendingProduce previous;

    @Nullable
    PendingProduce next;

    PendingProduce(
            Owner owner, long endOffset, ProduceOutcome.Accepted accepted, ProduceCompletion completion, int slot) {
        this.owner = owner;
        this.endOffset = endOffset;
        this.accepted = accepted;
        this.completion = completion;
        this.slot = slot;
        this.deadline = new Deadline(this);
    }

    @Override
    public void expired() {
        owner.produceExpired(this);
    }

    @Override
    public String toString() {
        return "PendingProduce(endOffset=" + endOffset + ")";
    }
}
