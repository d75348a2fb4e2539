package io.millrace.storage.disk;

import io.millrace.runtime.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One owner's view of one or more lane threads. Submitted to by the owner loop only. */
final class ThreadLane implements DiskLane {

    private static final Logger LOG = LoggerFactory.getLogger(ThreadLane.class);

    private final LaneThreads threads;
    private final EventLoop owner;
    private volatile boolean closed;

    ThreadLane(LaneThreads threads, EventLoop owner) {
        this.threads = threads;
        this.owner = owner;
    }

    @Override
    public <T> void submit(Work<T> work, Completion<T> completion) {
        queue(() -> post(run(work, completion)));
    }

    @Override
    public <A, B> void submit(
            Work<A> first, Completion<A> firstDone, boolean awaited, Work<B> second, Completion<B> secondDone) {
        queue(() -> {
            Runnable firstOutcome = run(first, firstDone);
            if (awaited) {
                post(firstOutcome);
                post(run(second, secondDone));
                return;
            }
            Runnable secondOutcome = run(second, secondDone);
            post(() -> {
                try {
                    firstOutcome.run();
                } finally {
                    secondOutcome.run();
                }
            });
        });
    }

    private void queue(Runnable job) {
        if (closed) {
            throw new IllegalStateException("lane is closed");
        }
        threads.queue(job);
    }

    /** Does the work; returns what tells of its outcome. */
    private <T> Runnable run(Work<T> work, Completion<T> completion) {
        @Nullable T result = null;
        @Nullable DiskException failure = null;
        try {
            result = work.run();
        } catch (DiskException e) {
            failure = e;
        } catch (RuntimeException | Error e) {
            failure = DiskException.broken("disk job on lane of " + owner.name(), e);
        }
        @Nullable T finalResult = result;
        @Nullable DiskException finalFailure = failure;
        return () -> completion.done(finalResult, finalFailure);
    }

    private void post(Runnable outcome) {
        try {
            owner.post(outcome);
        } catch (RejectedExecutionException ended) {
            // With its loop: nobody waits for the outcome. What closes the last files at the end of a process comes
            // here.
            LOG.debug("event=outcome-dropped lane_of={}", owner.name());
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
