package io.millrace.replication.replica;

import org.jspecify.annotations.Nullable;

/**
 * A fetch that waits for more bytes in the partitions of one shard. Owned by that shard's loop. A fetch over several shards
 * has one of these on each.
 *
 * <pre>
 * WAITING --enough bytes committed--> DONE(BYTES)
 *    |------time is up--------------> DONE(DEADLINE)
 *    |------a watched replica ended-> DONE(CHANGED)
 *    `------cancel------------------> DONE, not told
 * </pre>
 */
public final class PendingFetch implements Deadline.Expiry {

    /** Why a fetch woke. */
    public enum Reason {
        BYTES,
        DEADLINE,
        /** A replica was fenced or closed: read again to learn the error. */
        CHANGED
    }

    /** Told at most once, on the shard loop, never from within a call of the fetch's owner. */
    @FunctionalInterface
    public interface Wake {
        void run(Reason reason);
    }

    /** The place of one fetch in the list of one replica; a link of two lists. */
    static final class Watch {
        final PendingFetch fetch;
        final LeaderReplica replica;
        final @Nullable Watch nextOfFetch;

        @Nullable
        Watch previous;

        @Nullable
        Watch next;

        Watch(PendingFetch fetch, LeaderReplica replica, @Nullable Watch nextOfFetch) {
            this.fetch = fetch;
            this.replica = replica;
            this.nextOfFetch = nextOfFetch;
        }
    }

    private final DeadlineQueue deadlines;
    private final Wake wake;
    private final Deadline deadline = new Deadline(this);
    private @Nullable Watch watches;
    private final MissingBytes missing;
    private boolean waiting = true;
    /** Links the fetches that one move woke, while they are being told. */
    @Nullable
    PendingFetch nextWoken;

    /**
     * A fetch that waits.
     *
     * @param missing how many more bytes must be committed, shared by the fetches that wait in other shards for the same answer
     * @param maxWaitNs until it wakes anyhow
     */
    public PendingFetch(DeadlineQueue deadlines, MissingBytes missing, long maxWaitNs, Wake wake) {
        this.deadlines = deadlines;
        this.missing = missing;
        this.wake = wake;
        deadlines.add(deadline, maxWaitNs);
    }

    /** Counts the bytes that this replica commits from now on. */
    public void watch(LeaderReplica replica) {
        if (!waiting) {
            throw new IllegalStateException("the fetch does not wait any more");
        }
        Watch watch = new Watch(this, replica, watches);
        watches = watch;
        replica.fetches().add(watch);
    }

    public boolean waiting() {
        return waiting;
    }

    /** Forgets the fetch without telling. Idempotent. */
    public void cancel() {
        if (!waiting) {
            return;
        }
        waiting = false;
        deadlines.cancel(deadline);
        for (Watch watch = watches; watch != null; watch = watch.nextOfFetch) {
            watch.replica.fetches().remove(watch);
        }
        watches = null;
    }

    /** Counts; true when that was enough, and {@link #wake} is due. */
    boolean counted(long bytes) {
        return missing.found(bytes);
    }

    void wake(Reason reason) {
        if (waiting) {
            cancel();
            wake.run(reason);
        }
    }

    @Override
    public void expired() {
        wake(Reason.DEADLINE);
    }
}
