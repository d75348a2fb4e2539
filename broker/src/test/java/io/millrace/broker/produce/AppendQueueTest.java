package io.millrace.broker.produce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.fixture.ManualLoop;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.replica.Durability;
import io.millrace.replication.replica.PartitionLogs;
import io.millrace.replication.replica.ReplicaEvents;
import io.millrace.replication.replica.ReplicaSettings;
import io.millrace.replication.replica.ShardReplicas;
import io.millrace.storage.LogIdentity;
import io.millrace.storage.PartitionLog;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AppendQueueTest {

    private static final long TIMEOUT_NS = 1_000_000_000;

    private final ManualLoop loop = new ManualLoop();
    private final List<Runnable> wishes = new ArrayList<>();
    private final ShardReplicas replicas = new ShardReplicas(
            new ShardReplicas.Shard(loop, 0, 1, 1),
            new WishedRoom(),
            (image, topic) -> new ReplicaSettings(1, Durability.SYNCED),
            ReplicaEvents.NONE);
    private final AppendQueue queue = new AppendQueue(loop, replicas);
    private final List<String> appended = new ArrayList<>();
    private final List<String> givenUp = new ArrayList<>();
    private int room;
    private int attempts;

    @Test
    void appendsAtOnceWhileThereIsRoom() {
        room = 2;
        append("a");
        append("b");
        assertThat(appended).containsExactly("a", "b");
        assertThat(wishes).isEmpty();
        assertThat(queue.size()).isZero();
    }

    @Test
    void whatComesBehindAWaitingAppendWaitsTooThoughThereIsRoomForIt() {
        append("a");
        room = 1;
        append("b");
        assertThat(appended).isEmpty();
        room = 2;
        wake();
        assertThat(appended).containsExactly("a", "b");
        assertThat(queue.size()).isZero();
    }

    @Test
    void isWokenByRoomAndNeverTriesByTheClock() {
        append("a");
        append("b");
        assertThat(attempts).isEqualTo(1);
        loop.advanceNs(TIMEOUT_NS - 1);
        assertThat(attempts).isEqualTo(1);
        assertThat(wishes).hasSize(1);
        room = 1;
        wake();
        assertThat(appended).containsExactly("a");
        assertThat(wishes).as("asked again, once, for the one that was refused").hasSize(1);
        room = 1;
        wake();
        assertThat(appended).containsExactly("a", "b");
        assertThat(wishes).isEmpty();
    }

    @Test
    void anAppendGivesUpAtItsOwnTimeoutAndThoseBehindItGoOn() {
        append("slow", 3 * TIMEOUT_NS);
        append("hasty", TIMEOUT_NS);
        append("patient", 5 * TIMEOUT_NS);
        loop.advanceNs(TIMEOUT_NS);
        assertThat(givenUp).containsExactly("hasty");
        loop.advanceNs(2 * TIMEOUT_NS);
        assertThat(givenUp).containsExactly("hasty", "slow");
        assertThat(queue.size()).isEqualTo(1);
        room = 10;
        wake();
        assertThat(appended).containsExactly("patient");
    }

    @Test
    void aServedAppendIsNotGivenUpLater() {
        append("a");
        room = 1;
        wake();
        loop.advanceNs(2 * TIMEOUT_NS);
        assertThat(appended).containsExactly("a");
        assertThat(givenUp).isEmpty();
    }

    @Test
    void anAppendThatThrowsDoesNotKeepThoseBehindItWaiting() {
        append("broken");
        append("sound");
        room = 2;
        assertThatThrownBy(this::wake).isInstanceOf(IllegalStateException.class);
        loop.run();
        assertThat(appended).containsExactly("sound");
        assertThat(queue.size()).isZero();
        loop.advanceNs(TIMEOUT_NS);
        assertThat(givenUp).isEmpty();
    }

    @Test
    void whatAGoneClientWaitsForIsWithdrawnAndTheOthersStay() {
        append("a");
        Named gone = new Named("gone", TIMEOUT_NS);
        queue.append(gone, 0);
        append("b");
        queue.withdraw(gone);
        assertThat(givenUp).containsExactly("gone");
        room = 2;
        wake();
        assertThat(appended).containsExactly("a", "b");
        loop.advanceNs(TIMEOUT_NS);
        assertThat(givenUp).containsExactly("gone");
    }

    @Test
    void waitsAgainWhenEveryWaitingAppendHadGivenUp() {
        append("a");
        loop.advanceNs(TIMEOUT_NS);
        assertThat(queue.size()).isZero();
        append("b");
        assertThat(wishes).as("the first wish still stands").hasSize(1);
        room = 1;
        wake();
        assertThat(appended).containsExactly("b");
    }

    private void append(String name) {
        append(name, TIMEOUT_NS);
    }

    private void append(String name, long timeoutNs) {
        queue.append(new Named(name, timeoutNs), 0);
    }

    private void wake() {
        assertThat(wishes).hasSize(1);
        wishes.removeFirst().run();
    }

    private final class Named implements AppendQueue.Request {
        private final String name;
        private final long timeoutNs;

        Named(String name, long timeoutNs) {
            this.name = name;
            this.timeoutNs = timeoutNs;
        }

        @Override
        public boolean tryAppend(int slot, ShardReplicas ignored) {
            attempts++;
            if (room == 0) {
                return false;
            }
            if (name.equals("broken")) {
                throw new IllegalStateException(name);
            }
            room--;
            appended.add(name);
            return true;
        }

        @Override
        public void giveUp(int slot) {
            givenUp.add(name);
        }

        @Override
        public long timeoutNs() {
            return timeoutNs;
        }
    }

    private final class WishedRoom implements PartitionLogs {

        @Override
        public @Nullable PartitionLog open(LogIdentity identity, MetadataImage image) {
            return null;
        }

        @Override
        public void reconfigure(PartitionLog log, MetadataImage image) {}

        @Override
        public void whenRoom(Runnable task) {
            wishes.add(task);
        }

        @Override
        public void delete(PartitionLog log) {}
    }
}
