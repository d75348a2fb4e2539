package io.millrace.replication.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.replication.fixture.ManualLoop;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeadlineQueueTest {

    private static final long MS = 1_000_000;

    private final ManualLoop loop = new ManualLoop();
    private final DeadlineQueue deadlines = new DeadlineQueue(loop);
    private final List<String> expired = new ArrayList<>();

    private Deadline deadline(String name) {
        return new Deadline(() -> expired.add(name));
    }

    @Test
    void expiresInOrderOfTimeAndNotTheCancelledOnes() {
        Deadline cancelled = deadline("cancelled");
        deadlines.add(deadline("late"), 30 * MS);
        deadlines.add(cancelled, 20 * MS);
        deadlines.add(deadline("early"), 10 * MS);
        deadlines.cancel(cancelled);

        loop.advanceMs(40);

        assertThat(expired).containsExactly("early", "late");
        assertThat(deadlines.size()).isZero();
    }

    @Test
    void oneThatThrowsDoesNotKeepTheOthersFromExpiring() {
        deadlines.add(
                new Deadline(() -> {
                    throw new IllegalStateException("a defect");
                }),
                10 * MS);
        deadlines.add(deadline("due at once with it"), 10 * MS);
        deadlines.add(deadline("later"), 30 * MS);

        assertThatThrownBy(() -> loop.advanceMs(20)).hasMessage("a defect");
        loop.advanceMs(20);

        assertThat(expired).containsExactly("due at once with it", "later");
    }
}
