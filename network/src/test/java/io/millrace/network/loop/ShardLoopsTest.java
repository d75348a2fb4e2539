package io.millrace.network.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.runtime.EventLoop;
import io.millrace.runtime.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ShardLoopsTest {

    private static String threadOf(EventLoop loop) throws Exception {
        CompletableFuture<String> name = new CompletableFuture<>();
        loop.post(() -> name.complete(Thread.currentThread().getName() + " " + loop.isOwner()));
        return name.get(60, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void eachLoopIsOneThreadOfItsName(Transport transport) throws Exception {
        try (ShardLoops loops = new ShardLoops(3, transport)) {
            // Started in another order than made.
            assertThat(threadOf(loops.shard(2))).isEqualTo("shard-2 true");
            assertThat(threadOf(loops.control())).isEqualTo("control true");
            assertThat(threadOf(loops.shard(0))).isEqualTo("shard-0 true");
            assertThat(loops.shards()).extracting(EventLoop::name).containsExactly("shard-0", "shard-1", "shard-2");
            assertThat(loops.shard(0).isOwner()).isFalse();
            assertThatThrownBy(() -> loops.shard(0).checkOwned())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("shard-0");
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void tasksOfOneThreadRunInOrderAndOneThatThrowsStopsNothing(Transport transport) throws Exception {
        try (ShardLoops loops = new ShardLoops(1, transport)) {
            EventLoop loop = loops.shard(0);
            List<Integer> ran = new ArrayList<>();
            CompletableFuture<Void> done = new CompletableFuture<>();
            loop.post(() -> ran.add(1));
            loop.post(() -> {
                throw new IllegalStateException("planned by the test");
            });
            loop.schedule(0, () -> {
                throw new IllegalStateException("planned by the test, later");
            });
            loop.post(() -> ran.add(2));
            await().atMost(60, TimeUnit.SECONDS).until(() -> loops.failures() == 2);
            loop.post(() -> done.complete(null));
            done.get(60, TimeUnit.SECONDS);
            assertThat(ran).containsExactly(1, 2);
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void timersRunAfterTheirDelayAndNotWhenCancelled(Transport transport) throws Exception {
        try (ShardLoops loops = new ShardLoops(1, transport)) {
            EventLoop loop = loops.shard(0);
            CompletableFuture<Long> ran = new CompletableFuture<>();
            List<String> cancelled = new ArrayList<>();
            CountDownLatch told = new CountDownLatch(1);
            // The loop runs no timer before the test has cancelled what it cancels, however long that takes.
            loop.post(() -> awaitUnchecked(told));
            long startNs = loop.clock().monotonicNs();
            Timer timer = loop.schedule(20_000_000, () -> cancelled.add("ran"));
            timer.cancel();
            timer.cancel();
            loop.schedule(40_000_000, () -> ran.complete(loop.clock().monotonicNs()));
            told.countDown();
            assertThat(ran.get(60, TimeUnit.SECONDS) - startNs).isGreaterThanOrEqualTo(40_000_000);
            assertThat(cancelled).isEmpty();
        }
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
