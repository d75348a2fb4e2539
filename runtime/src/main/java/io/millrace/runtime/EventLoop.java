package io.millrace.runtime;

/**
 * One thread of control that owns state: a shard, or the control loop. State owned by a loop is touched by tasks running
 * on it and by nothing else; everybody else posts.
 *
 * <p>Tasks of one loop never run concurrently; tasks posted by one thread run in the order in which they were posted.
 * A task must not block. A task that throws is reported at the loop's edge and does not stop the loop.
 */
public interface EventLoop {

    /** A short stable name for logs and metrics, e.g. {@code shard-0}. */
    String name();

    /** The clock that this loop's timers follow. */
    Clock clock();

    /** Runs {@code task} on this loop, after every task posted before it by the same thread. From any thread. */
    void post(Runnable task);

    /**
     * Runs {@code task} on this loop once {@code delayNs} nanoseconds have passed, or soon after. From any thread.
     *
     * @param delayNs at least 0
     */
    Timer schedule(long delayNs, Runnable task);

    /** Whether the caller runs on this loop. */
    boolean isOwner();

    /**
     * Fails when the caller is not this loop: a mutator of owned state was reached from outside.
     *
     * @throws IllegalStateException naming the loop and the calling thread
     */
    default void checkOwned() {
        if (!isOwner()) {
            throw new IllegalStateException("state owned by loop " + name() + " touched from thread "
                    + Thread.currentThread().getName() + ": post to the loop instead");
        }
    }
}
