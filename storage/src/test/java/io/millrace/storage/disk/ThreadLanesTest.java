package io.millrace.storage.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.runtime.Clock;
import io.millrace.runtime.EventLoop;
import io.millrace.runtime.SystemClock;
import io.millrace.runtime.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
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

    /** Keeps what is posted; the test is its thread. */
    private static final class Kept implements EventLoop {
        private final BlockingQueue<Runnable> posted = new LinkedBlockingQueue<>();

        @Override
        public String name() {
            return "kept";
        }

        @Override
        public Clock clock() {
            return new SystemClock();
        }

        @Override
        public void post(Runnable task) {
            posted.add(task);
        }

        @Override
        public Timer schedule(long delayNs, Runnable task) {
            throw new UnsupportedOperationException("nothing is scheduled");
        }

        @Override
        public boolean isOwner() {
            return true;
        }
    }

    @Test
    void anAwaitedFirstOutcomeIsPostedBeforeTheSecondWorkEnds() throws Exception {
        List<String> seen = new ArrayList<>();
        CountDownLatch told = new CountDownLatch(1);
        try (ThreadLanes lanes = new ThreadLanes(1)) {
            Kept loop = new Kept();
            lanes.dedicated("journal", loop)
                    .submit(
                            () -> "first",
                            (result, failure) -> seen.add("" + result),
                            true,
                            () -> {
                                awaitOrFail(told);
                                return "second";
                            },
                            (result, failure) -> seen.add("" + result));
            next(loop).run();
            assertThat(seen).containsExactly("first");
            told.countDown();
            next(loop).run();
            assertThat(seen).containsExactly("first", "second");
        }
    }

    @Test
    void outcomesThatNobodyAwaitsComeTogetherAndInOrder() throws Exception {
        List<String> seen = new ArrayList<>();
        try (ThreadLanes lanes = new ThreadLanes(1)) {
            Kept loop = new Kept();
            lanes.dedicated("journal", loop)
                    .submit(
                            () -> {
                                throw DiskException.broken("write", new IllegalStateException("full"));
                            },
                            (result, failure) -> seen.add(failure == null ? "done" : "failed"),
                            false,
                            () -> "second",
                            (result, failure) -> seen.add("" + result));
            next(loop).run();
            assertThat(seen).containsExactly("failed", "second");
            assertThat(loop.posted).isEmpty();
        }
    }

    private static Runnable next(Kept loop) throws InterruptedException {
        return Objects.requireNonNull(loop.posted.poll(60, TimeUnit.SECONDS), "nothing was posted");
    }

    private static void awaitOrFail(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
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
