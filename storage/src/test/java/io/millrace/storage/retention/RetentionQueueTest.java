package io.millrace.storage.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.runtime.Clock;
import io.millrace.runtime.EventLoop;
import io.millrace.runtime.Timer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RetentionQueueTest {

    private final OneTimerLoop loop = new OneTimerLoop();
    private final RetentionQueue queue = new RetentionQueue(loop);
    private final List<String> looked = new ArrayList<>();

    @Test
    void looksAtLogsInOrderOfTime() {
        queue.at(new RetentionQueue.Entry(1, () -> looked.add("late")), 30);
        queue.at(new RetentionQueue.Entry(2, () -> looked.add("early")), 10);

        loop.advanceMs(40);

        assertThat(looked).containsExactly("early", "late");
        assertThat(queue.size()).isZero();
    }

    @Test
    void oneLogThatThrowsDoesNotEndRetentionOfTheOthers() {
        Runnable broken = () -> {
            throw new IllegalStateException("a defect");
        };
        queue.at(new RetentionQueue.Entry(1, broken), 10);
        queue.at(new RetentionQueue.Entry(2, () -> looked.add("due at once with it")), 10);
        queue.at(new RetentionQueue.Entry(3, () -> looked.add("later")), 30);

        assertThatThrownBy(() -> loop.advanceMs(20)).hasMessage("a defect");
        loop.advanceMs(20);

        assertThat(looked).containsExactly("due at once with it", "later");
    }

    /** Has the one timer that the queue keeps. */
    private static final class OneTimerLoop implements EventLoop, Clock {

        private long nowNs;
        private long timerAtNs;
        private @Nullable Runnable timer;

        @Override
        public String name() {
            return "one-timer";
        }

        @Override
        public Clock clock() {
            return this;
        }

        @Override
        public long monotonicNs() {
            return nowNs;
        }

        @Override
        public long wallMs() {
            return nowNs / 1_000_000;
        }

        @Override
        public void post(Runnable task) {
            throw new UnsupportedOperationException("the queue posts nothing");
        }

        @Override
        public Timer schedule(long delayNs, Runnable task) {
            assertThat(timer).as("a second timer").isNull();
            timerAtNs = nowNs + delayNs;
            timer = task;
            return () -> timer = null;
        }

        @Override
        public boolean isOwner() {
            return true;
        }

        void advanceMs(long ms) {
            long endNs = nowNs + ms * 1_000_000;
            Runnable due;
            while ((due = timer) != null && timerAtNs <= endNs) {
                timer = null;
                nowNs = Math.max(nowNs, timerAtNs);
                due.run();
            }
            nowNs = endNs;
        }
    }
}
