package io.millrace.broker.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.network.loop.ShardLoops;
import io.millrace.runtime.metrics.Distribution;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A scrape asks every loop, and does without one that keeps silent. */
class GatheringTest {

    private final ShardLoops loops = new ShardLoops(2);
    private final Gathering gathering = new Gathering();

    @AfterEach
    void close() {
        loops.close();
    }

    private static double number(Readings readings, Meter meter) {
        return Objects.requireNonNull(readings.series(meter).get(List.of())).number();
    }

    @Test
    void sumsWhatTheLoopsTellEachOnItsOwn() {
        for (int i = 0; i < 2; i++) {
            int shard = i;
            gathering.on(loops.shard(shard), into -> {
                loops.shard(shard).checkOwned();
                into.add(Meter.OPEN_SEGMENTS, 10 + shard);
                into.max(Meter.JOURNAL_RUNNING_SYNC, shard);
                Distribution counted = Distribution.ofBytes();
                counted.record(5);
                into.add(Meter.JOURNAL_SYNC_BYTES, counted);
            });
            gathering.on(loops.shard(shard), into -> into.add(Meter.OPEN_SEGMENTS, 100));
        }
        gathering.here(into -> into.add(Meter.OPEN_SEGMENTS, 1_000));
        Readings all = gathering.gather();
        assertThat(number(all, Meter.OPEN_SEGMENTS)).isEqualTo(1_221);
        assertThat(number(all, Meter.JOURNAL_RUNNING_SYNC)).isEqualTo(1);
        Distribution both = Objects.requireNonNull(
                Objects.requireNonNull(all.series(Meter.JOURNAL_SYNC_BYTES).get(List.of()))
                        .distribution());
        assertThat(both.count()).isEqualTo(2);
        assertThat(both.sum()).isEqualTo(10);
        assertThat(number(all, Meter.SCRAPE_SILENT_LOOPS)).isZero();
    }

    @Test
    void doesWithoutALoopThatIsStuckAndAsksItOnce() throws InterruptedException {
        CountDownLatch release = new CountDownLatch(1);
        loops.shard(0).post(() -> awaitUnchecked(release));
        gathering.on(loops.shard(0), into -> into.add(Meter.OPEN_SEGMENTS, 1));
        gathering.on(loops.shard(1), into -> into.add(Meter.OPEN_SEGMENTS, 2));
        for (int i = 0; i < 3; i++) {
            Readings without = gathering.gather();
            assertThat(number(without, Meter.OPEN_SEGMENTS)).isEqualTo(2);
            assertThat(number(without, Meter.SCRAPE_SILENT_LOOPS)).isEqualTo(1);
        }
        release.countDown();
        CountDownLatch idle = new CountDownLatch(1);
        loops.shard(0).post(idle::countDown);
        assertThat(idle.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(number(gathering.gather(), Meter.OPEN_SEGMENTS)).isEqualTo(3);
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void leavesOutALoopThatStopped() {
        gathering.on(loops.shard(0), into -> into.add(Meter.OPEN_SEGMENTS, 1));
        loops.close();
        assertThat(number(gathering.gather(), Meter.SCRAPE_SILENT_LOOPS)).isEqualTo(1);
    }
}
