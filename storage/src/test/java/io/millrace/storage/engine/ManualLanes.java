package io.millrace.storage.engine;

import io.millrace.runtime.EventLoop;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskLane;
import io.millrace.storage.disk.DiskLanes;
import java.nio.file.Path;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Lanes whose jobs run when the test says so, each lane in order. */
final class ManualLanes implements DiskLanes {

    final ArrayDeque<Runnable> journal = new ArrayDeque<>();
    final ArrayDeque<Runnable> writeBehind = new ArrayDeque<>();
    final ArrayDeque<Runnable> pool = new ArrayDeque<>();

    private record Lane(ArrayDeque<Runnable> jobs, EventLoop owner) implements DiskLane {

        @Override
        public <T> void submit(Work<T> work, Completion<T> completion) {
            jobs.add(() -> {
                @Nullable T result = null;
                @Nullable DiskException failure = null;
                try {
                    result = work.run();
                } catch (DiskException e) {
                    failure = e;
                } catch (RuntimeException e) {
                    failure = DiskException.broken("job", e);
                }
                @Nullable T finalResult = result;
                @Nullable DiskException finalFailure = failure;
                owner.post(() -> completion.done(finalResult, finalFailure));
            });
        }

        @Override
        public void close() {}
    }

    @Override
    public DiskLane dedicated(String name, EventLoop owner) {
        return new Lane(journal, owner);
    }

    @Override
    public DiskLane writeBehind(Path directory, EventLoop owner) {
        return new Lane(writeBehind, owner);
    }

    @Override
    public DiskLane pool(EventLoop owner) {
        return new Lane(pool, owner);
    }

    /** Runs one job of each lane that has one. */
    boolean step() {
        boolean ran = one(journal);
        ran |= one(writeBehind);
        ran |= one(pool);
        return ran;
    }

    boolean one(ArrayDeque<Runnable> lane) {
        Runnable job = lane.poll();
        if (job != null) {
            job.run();
        }
        return job != null;
    }

    @Override
    public void close() {}
}
