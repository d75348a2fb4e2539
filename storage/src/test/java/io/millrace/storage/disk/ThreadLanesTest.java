package io.millrace.storage.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.runtime.Clock;
import io.millrace.runtime.EventLoop;
import io.millrace.runtime.SystemClock;
import io.millrace.runtime.Timer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ThreadLanesTest {

    private final Queue<Throwable> broken = new ConcurrentLinkedQueue<>();

    /** A loop that has ended. */
    private static final class Ended implements EventLoop {

        @Override
        public String name() {
            return "ended";
        }

        @Override
        public Clock clock() {
            return new SystemClock();
        }

        @Override
        public void post(Runnable task) {
            throw new RejectedExecutionException("the loop ended");
        }

        @Override
        public Timer schedule(long delayNs, Runnable task) {
            throw new RejectedExecutionException("the loop ended");
        }

        @Override
        public boolean isOwner() {
            return false;
        }
    }

    @Test
    void outcomesForALoopThatEndedBreakNoThreadAndAllJobsRun() {
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> broken.add(failure));
        AtomicInteger done = new AtomicInteger();
        try {
            ThreadLanes lanes = new ThreadLanes(1);
            DiskLane lane = lanes.pool(new Ended());
            for (int i = 0; i < 3; i++) {
                lane.submit(done::incrementAndGet, (result, failure) -> {});
            }
            lanes.close();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        assertThat(done).hasValue(3);
        assertThat(broken).isEmpty();
    }
}
