package io.millrace.broker.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.admin.LoopPulses.SilentLoop;
import io.millrace.runtime.Clock;
import io.millrace.runtime.EventLoop;
import io.millrace.runtime.Timer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Signs of life, on loops and a clock moved by hand. */
class LoopPulsesTest {

    private static final long TOLERANCE_MS = 1_000;

    private long nowMs;

    /** Runs what was posted when told to, and its timers when the clock has moved. */
    private final class HandLoop implements EventLoop {

        private record Timed(long dueMs, Runnable task) {}

        private final String name;
        private final Queue<Runnable> mailbox = new ArrayDeque<>();
        private final List<Timed> timers = new ArrayList<>();

        HandLoop(String name) {
            this.name = name;
        }

        void run() {
            for (Runnable task = mailbox.poll(); task != null; task = mailbox.poll()) {
                task.run();
            }
        }

        void runTimers() {
            for (Timed timed : List.copyOf(timers)) {
                if (timed.dueMs() <= nowMs && timers.remove(timed)) {
                    timed.task().run();
                }
            }
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Clock clock() {
            return new Clock() {
                @Override
                public long monotonicNs() {
                    return TimeUnit.MILLISECONDS.toNanos(nowMs);
                }

                @Override
                public long wallMs() {
                    return nowMs;
                }
            };
        }

        @Override
        public void post(Runnable task) {
            mailbox.add(task);
        }

        @Override
        public Timer schedule(long delayNs, Runnable task) {
            Timed timed = new Timed(nowMs + TimeUnit.NANOSECONDS.toMillis(delayNs), task);
            timers.add(timed);
            return () -> timers.remove(timed);
        }

        @Override
        public boolean isOwner() {
            return true;
        }
    }

    private final HandLoop control = new HandLoop("control");
    private final HandLoop first = new HandLoop("shard-0");
    private final HandLoop second = new HandLoop("shard-1");
    private final LoopPulses pulses = new LoopPulses(control, List.of(first, second), TOLERANCE_MS);
    private final List<List<SilentLoop>> results = new ArrayList<>();

    private void check() {
        pulses.check(results::add);
    }

    private void tick(HandLoop... loops) {
        for (HandLoop loop : loops) {
            loop.run();
        }
        control.run();
    }

    private void pass(long ms) {
        nowMs += ms;
        control.runTimers();
    }

    @Test
    void answersAsSoonAsEveryLoopHas() {
        check();
        tick(first);
        assertThat(results).isEmpty();
        tick(second);
        assertThat(results).containsExactly(List.of());
        assertThat(control.timers).as("nothing is left behind").isEmpty();
    }

    @Test
    void namesTheLoopThatKeptSilent() {
        check();
        tick(first);
        pass(TOLERANCE_MS - 1);
        assertThat(results).isEmpty();
        pass(1);
        assertThat(results).containsExactly(List.of(new SilentLoop("shard-1", TOLERANCE_MS)));
        check();
        tick(first);
        pass(TOLERANCE_MS);
        assertThat(results.getLast()).containsExactly(new SilentLoop("shard-1", 2 * TOLERANCE_MS));
        tick(second);
        check();
        tick(first, second);
        assertThat(results.getLast()).isEmpty();
    }

    @Test
    void leavesOneQuestionInAMailboxHoweverManyAsk() {
        for (int i = 0; i < 100; i++) {
            check();
        }
        assertThat(first.mailbox).hasSize(1);
        tick(first, second);
        assertThat(results).hasSize(100).containsOnly(List.of());
    }

    @Test
    void doesNotBlameALoopThatAnsweredAndWasAskedAgain() {
        check();
        pass(600);
        tick(first);
        check();
        pass(400);
        assertThat(results).containsExactly(List.of(new SilentLoop("shard-1", TOLERANCE_MS)));
    }
}
