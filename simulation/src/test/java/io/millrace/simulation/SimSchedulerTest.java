package io.millrace.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.runtime.Timer;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskLane;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimSchedulerTest {

    private final SimScheduler scheduler = new SimScheduler();
    private final SimLoop loop = new SimLoop("shard-0", scheduler);
    private final SimLanes lanes = new SimLanes(scheduler, new SimRandom(1), 1_000);
    private final List<String> seen = new ArrayList<>();

    @Test
    void eventsOfOneTimeRunInTheOrderOfTheirCreation() {
        loop.schedule(5, () -> seen.add("late"));
        loop.post(() -> seen.add("first"));
        loop.post(() -> seen.add("second"));

        assertThat(scheduler.runUntil(() -> seen.size() == 3, 10)).isTrue();
        assertThat(seen).containsExactly("first", "second", "late");
        assertThat(scheduler.clock().monotonicNs()).isEqualTo(5);
    }

    @Test
    void cancelledTimerDoesNotRun() {
        Timer timer = loop.schedule(5, () -> seen.add("never"));
        timer.cancel();
        scheduler.runFor(10);
        assertThat(seen).isEmpty();
        assertThat(scheduler.nowNs()).isEqualTo(10);
    }

    @Test
    void wallClockJumpsWithoutTheMonotonicClock() {
        long before = scheduler.clock().wallMs();
        scheduler.jumpWall(-3_000);
        assertThat(scheduler.clock().wallMs()).isEqualTo(before - 3_000);
        assertThat(scheduler.clock().monotonicNs()).isZero();
    }

    @Test
    void laneRunsJobsInOrderOffTheLoopAndAnswersOnIt() {
        DiskLane lane = lanes.dedicated("journal", loop);
        loop.runNow(() -> {
            for (int i = 0; i < 20; i++) {
                String job = "job-" + i;
                lane.submit(
                        () -> {
                            assertThat(loop.isOwner()).isFalse();
                            return job;
                        },
                        (answer, failure) -> {
                            loop.checkOwned();
                            seen.add(String.valueOf(answer));
                        });
            }
        });
        scheduler.runUntil(() -> seen.size() == 20, 1_000);
        assertThat(seen.getFirst()).isEqualTo("job-0");
        assertThat(seen.getLast()).isEqualTo("job-19");
        assertThat(lanes.isIdle()).isTrue();
    }

    @Test
    void laneHandsOnFailures() {
        DiskLane lane = lanes.dedicated("journal", loop);
        loop.runNow(() -> lane.submit(
                () -> {
                    throw new DiskException(DiskException.Kind.FULL, "write", Path.of("/a"), null);
                },
                (answer, failure) ->
                        seen.add(failure == null ? "none" : failure.kind().name())));
        scheduler.runUntil(() -> !seen.isEmpty(), 100);
        assertThat(seen).containsExactly("FULL");
    }

    @Test
    void ownedStateIsClosedToEveryoneElse() {
        DiskLane lane = lanes.dedicated("journal", loop);
        assertThatThrownBy(() -> lane.submit(() -> 1, (answer, failure) -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("shard-0");
    }

    @Test
    void sameSeedSameTraceOtherSeedOtherTrace() {
        assertThat(traceOf(7)).isEqualTo(traceOf(7));
        assertThat(traceOf(7)).isNotEqualTo(traceOf(8));
    }

    private static long traceOf(long seed) {
        SimScheduler scheduler = new SimScheduler();
        SimLoop loop = new SimLoop("shard-0", scheduler);
        DiskLane lane = new SimLanes(scheduler, new SimRandom(seed), 1_000_000).dedicated("journal", loop);
        int[] done = {0};
        loop.runNow(() -> {
            for (int i = 0; i < 50; i++) {
                lane.submit(() -> 1, (answer, failure) -> done[0]++);
            }
        });
        scheduler.runUntil(() -> done[0] == 50, 1_000);
        return scheduler.trace().value();
    }
}
