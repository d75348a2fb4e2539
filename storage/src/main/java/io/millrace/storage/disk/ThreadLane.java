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
        if (closed) {
            throw new IllegalStateException("lane is closed");
        }
        threads.queue(() -> run(work, completion));
    }

    private <T> void run(Work<T> work, Completion<T> completion) {
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
        try {
            owner.post(() -> completion.done(finalResult, finalFailure));
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
