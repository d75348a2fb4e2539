package io.millrace.storage.disk;

import org.jspecify.annotations.Nullable;

/**
 * A queue of disk work that runs one job at a time, in order, off the owner's loop. Real lanes are a thread each (the journal
 * thread, the write-behind thread, members of the small I/O pool); simulated lanes run jobs on the virtual scheduler.
 */
public interface DiskLane {

    /**
     * Disk work; runs on the lane. It must not touch state that a loop owns: it gets what it needs captured, immutable.
     * An unchecked exception from it is delivered as a {@link DiskException} of kind FAILED.
     */
    @FunctionalInterface
    interface Work<T> {
        T run() throws DiskException;
    }

    /** Told on the owner loop of the lane. Exactly one of the two arguments is meaningful. */
    @FunctionalInterface
    interface Completion<T> {
        void done(@Nullable T result, @Nullable DiskException failure);
    }

    /** Queues {@code work}; its outcome is posted to the loop that owns this lane. Owner loop only. */
    <T> void submit(Work<T> work, Completion<T> completion);

    /**
     * Queues two works that follow each other, the second whatever came of the first. Each outcome is posted like one of
     * {@link #submit(Work, Completion)}, in this order; if the first is not {@code awaited} it may come with the second, which saves
     * waking the loop twice. Owner loop only.
     */
    default <A, B> void submit(
            Work<A> first, Completion<A> firstDone, boolean awaited, Work<B> second, Completion<B> secondDone) {
        if (awaited) {
            submit(first, firstDone);
            submit(second, secondDone);
            return;
        }
        Runnable[] firstOutcome = new Runnable[1];
        submit(first, (result, failure) -> firstOutcome[0] = () -> firstDone.done(result, failure));
        submit(second, (result, failure) -> {
            try {
                firstOutcome[0].run();
            } finally {
                secondDone.done(result, failure);
            }
        });
    }

    /** Lets queued jobs finish, then ends the lane's thread. Later submissions fail. */
    void close();
}
