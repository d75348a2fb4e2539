package io.millrace.replication.replica;

/** One entry of a {@link DeadlineQueue}: something that ends at a time unless it is cancelled before. Owner: the queue's loop. */
public final class Deadline {

    /** What to do when the time has come; the deadline has left its queue by then. */
    @FunctionalInterface
    public interface Expiry {
        void expired();
    }

    static final int NOT_QUEUED = -1;

    private final Expiry expiry;
    long atNs;
    /** Place in the queue's heap, or {@link #NOT_QUEUED}. */
    int index = NOT_QUEUED;

    public Deadline(Expiry expiry) {
        this.expiry = expiry;
    }

    /** Whether it waits in a queue. */
    public boolean queued() {
        return index != NOT_QUEUED;
    }

    void expire() {
        expiry.expired();
    }
}
