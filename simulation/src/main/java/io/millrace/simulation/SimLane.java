package io.millrace.simulation;

import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskLane;
import org.jspecify.annotations.Nullable;

/**
 * One loop's view of a {@link SimJobs} queue: outcomes come back to that loop, in the order of the jobs where the queue keeps
 * order. Submitted to by its loop only.
 */
public final class SimLane implements DiskLane {

    private final SimJobs jobs;
    private final SimLoop owner;
    private boolean closed;

    SimLane(SimJobs jobs, SimLoop owner) {
        this.jobs = jobs;
        this.owner = owner;
    }

    @Override
    public <T> void submit(Work<T> work, Completion<T> completion) {
        owner.checkOwned();
        if (closed) {
            throw new IllegalStateException("lane " + jobs.name() + " is closed");
        }
        jobs.add(() -> run(work, completion));
    }

    /** An unchecked exception of a job goes through and ends the simulation: it is a finding. */
    private <T> Runnable run(Work<T> work, Completion<T> completion) {
        @Nullable T result = null;
        @Nullable DiskException failure = null;
        try {
            result = work.run();
        } catch (DiskException e) {
            failure = e;
        }
        @Nullable T answer = result;
        @Nullable DiskException error = failure;
        return () -> owner.post(() -> completion.done(answer, error));
    }

    @Override
    public void close() {
        closed = true;
    }
}
