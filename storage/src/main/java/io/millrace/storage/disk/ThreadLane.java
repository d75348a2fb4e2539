package io.millrace.storage.disk;

import io.millrace.runtime.EventLoop;
import org.jspecify.annotations.Nullable;

/** One owner's view of one or more lane threads. Submitted to by the owner loop only. */
final class ThreadLane implements DiskLane {

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
        owner.post(() -> completion.done(finalResult, finalFailure));
    }

    @Override
    public void close() {
        closed = true;
    }
}
