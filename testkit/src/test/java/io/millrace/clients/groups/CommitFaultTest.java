package io.millrace.clients.groups;

import static io.millrace.clients.groups.StubbedGroup.POLL;
import static io.millrace.clients.groups.StubbedGroup.T0;
import static io.millrace.clients.groups.StubbedGroup.T1;
import static io.millrace.clients.groups.StubbedGroup.group;
import static io.millrace.clients.groups.StubbedGroup.some;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.connection.ClientConfig;
import io.millrace.client.consumer.Consumer;
import io.millrace.client.consumer.ConsumerConfig;
import io.millrace.client.consumer.ConsumerRecord;
import io.millrace.client.consumer.group.CommittedOffset;
import io.millrace.client.error.ClientException;
import io.millrace.client.error.RefusedException;
import io.millrace.clients.stub.Fault;
import io.millrace.clients.stub.StubCluster;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.ApiKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of the native consumer's commits when the coordinator or the group has gone on, refuses or does not answer. */
@Timeout(300)
class CommitFaultTest {

    private final StubbedGroup stub = new StubbedGroup();
    private final StubCluster cluster = stub.cluster;

    @AfterEach
    void stop() {
        stub.close();
    }

    @Test
    void onlyWhatTheApplicationCameBackFromIsCommitted() {
        try (Consumer consumer = stub.open(group().withAutoCommit(0))) {
            assertThat(some(consumer)).hasSize(10);
            assertThat(stub.committed()).isEqualTo(0);
            assertThat(some(consumer)).hasSize(10);
            await().until(() -> stub.committed() == 10);
        }
        assertThat(stub.committed())
                .as("close comes in the middle of the second poll's records")
                .isEqualTo(10);
        try (Consumer consumer = stub.open(group().withAutoCommit(0))) {
            some(consumer);
            consumer.commit();
        }
        assertThat(stub.committed()).as("the application said that it is done").isEqualTo(20);
    }

    @Test
    void aCommitAfterTheGroupWentOnIsRefusedAndSaysWhy() {
        try (Consumer consumer = stub.open(group().withTimeouts(60_000, 30_000, 30_000))) {
            some(consumer);
            cluster.nextGeneration();
            assertThatThrownBy(consumer::commit)
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("ILLEGAL_GENERATION")
                    .hasMessageContaining("another member");
            assertThat(stub.committed()).isEqualTo(0);
            stub.pollUntilTold(consumer, 3);
            assertThat(stub.told.words).element(1).isEqualTo("lost [t-0, t-1]");
        }
    }

    @Test
    void commitsOfATopicThatIsGoneAreRefusedAtOnce() {
        try (Consumer consumer = stub.open(group().withAutoCommit(0))) {
            some(consumer);
            stub.refuse(ApiKey.OFFSET_COMMIT, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, Integer.MAX_VALUE);
            long beginNs = System.nanoTime();
            assertThatThrownBy(() -> consumer.commit(Map.of(T0, CommittedOffset.of(1))))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("UNKNOWN_TOPIC_OR_PARTITION");
            assertThat(Duration.ofNanos(System.nanoTime() - beginNs)).isLessThan(Duration.ofSeconds(20));
            cluster.faults((api, broker) -> new Fault.None());
        }
    }

    @Test
    void theOffsetOfALoadingCoordinatorIsWaitedForAndTheResetPolicyNotTaken() {
        try (Consumer consumer = Consumer.open(stub.config(group()))) {
            consumer.assign(List.of(T0));
            consumer.commit(Map.of(T0, CommittedOffset.of(50)));
        }
        stub.refuse(ApiKey.OFFSET_FETCH, ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, 20);
        try (Consumer consumer = stub.open(group())) {
            long first = -1;
            while (first < 0) {
                for (ConsumerRecord record : some(consumer)) {
                    if (record.partition().equals(T0)) {
                        first = record.offset();
                        break;
                    }
                }
            }
            assertThat(first).isEqualTo(50);
        }
    }

    @Test
    void commitsTakeEffectInTheirOrderThoughTheyAreRepeated() {
        try (Consumer consumer = Consumer.open(stub.config(group()))) {
            consumer.assign(List.of(T0, T1));
            Random random = new Random(3);
            cluster.faults((api, broker) -> api != ApiKey.OFFSET_COMMIT
                    ? new Fault.None()
                    : switch (random.nextInt(5)) {
                        case 0 -> new Fault.CloseAfter();
                        case 1 -> new Fault.DoAndRefuse(ErrorCode.REQUEST_TIMED_OUT);
                        case 2 -> new Fault.Refuse(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
                        case 3 -> new Fault.CloseBefore();
                        default -> new Fault.None();
                    });
            List<CompletableFuture<@Nullable Void>> done = new ArrayList<>();
            for (int i = 1; i <= 500; i++) {
                done.add(consumer.commitAsync(Map.of(i % 3 == 0 ? T1 : T0, CommittedOffset.of(i))));
            }
            consumer.commit(Map.of(T0, CommittedOffset.of(501)));
            assertThat(done).allMatch(CompletableFuture::isDone);
            assertThat(done).noneMatch(CompletableFuture::isCompletedExceptionally);
        }
        assertThat(cluster.setBacks()).isEmpty();
        assertThat(cluster.committed("t", 0)).isEqualTo(501);
        assertThat(cluster.committed("t", 1)).isEqualTo(498);
    }

    @Test
    void aCommitOnItsWayIsNotRepeatedOnceThePartitionsWereLost() {
        try (Consumer consumer = stub.open(group().withTimeouts(10_000, 20, 500))) {
            some(consumer);
            AtomicInteger left = new AtomicInteger(1);
            cluster.faults((api, broker) ->
                    api == ApiKey.OFFSET_COMMIT && left.getAndDecrement() > 0 ? new Fault.Ignore() : new Fault.None());
            int before = cluster.leaves().size();
            CompletableFuture<@Nullable Void> done = consumer.commitAsync(Map.of(T0, CommittedOffset.of(5)));
            await().until(() -> cluster.leaves().size() > before);
            while (!done.isDone()) {
                consumer.poll(POLL);
            }
            assertThat(done).isCompletedExceptionally();
            assertThat(stub.committed()).isEqualTo(0);
        }
    }

    @Test
    void aPartitionOfSomebodyElseCannotBeCommitted() {
        try (Consumer consumer = stub.open(group())) {
            some(consumer);
            assertThatThrownBy(() -> consumer.commit(Map.of(new TopicPartition("u", 0), CommittedOffset.of(1))))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("not assigned");
        }
    }

    @Test
    void aCoordinatorThatNobodyFindsFailsTheCommitInTime() {
        cluster.faults((api, broker) -> api == ApiKey.FIND_COORDINATOR
                ? new Fault.Refuse(ErrorCode.COORDINATOR_NOT_AVAILABLE)
                : new Fault.None());
        ConsumerConfig quick = ConsumerConfig.of(ClientConfig.of(cluster.bootstrap())
                        .withTimeouts(1_000, 300, 1_000)
                        .withRetryBackoffMs(1, 5))
                .withGroup(group());
        try (Consumer consumer = Consumer.open(quick)) {
            consumer.assign(List.of(T0));
            assertThatThrownBy(() -> consumer.commit(Map.of(T0, CommittedOffset.of(1))))
                    .isInstanceOf(ClientException.class)
                    .hasMessageContaining("COORDINATOR_NOT_AVAILABLE");
        }
    }
}
