package io.millrace.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ThreadWorkersTest {

    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final ThreadWorkers workers = new ThreadWorkers("test-worker", 2, 3, failures::add);
    private final CountDownLatch blocked = new CountDownLatch(1);
    private final CountDownLatch started = new CountDownLatch(2);
    private final AtomicInteger done = new AtomicInteger();

    @AfterEach
    void close() {
        blocked.countDown();
        workers.close();
    }

    private void block() {
        started.countDown();
        try {
            blocked.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        done.incrementAndGet();
    }

    @Test
    void atTheBoundWorkIsRefusedAndEverythingTakenIsDone() throws InterruptedException {
        assertThat(workers.offer(this::block)).isTrue();
        assertThat(workers.offer(this::block)).isTrue();
        assertThat(started.await(60, TimeUnit.SECONDS)).as("both threads work").isTrue();
        for (int i = 0; i < 3; i++) {
            assertThat(workers.offer(this::block)).isTrue();
        }
        assertThat(workers.queued()).isEqualTo(3);
        assertThat(workers.offer(this::block)).as("one more than fits").isFalse();
        blocked.countDown();
        workers.close();
        assertThat(done).hasValue(5);
        assertThat(workers.offer(this::block)).as("ended").isFalse();
    }

    @Test
    void workThatThrowsIsCountedAndTheNextIsDone() {
        workers.offer(() -> {
            throw new IllegalStateException("planned");
        });
        workers.offer(done::incrementAndGet);
        workers.close();
        assertThat(failures).singleElement().isInstanceOf(IllegalStateException.class);
        assertThat(done).hasValue(1);
    }

    @Test
    void endsWithoutEverHavingWorked() {
        workers.close();
        assertThat(workers.offer(done::incrementAndGet)).isFalse();
    }
}
