package io.millrace.clients.groups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.connection.ClientConfig;
import io.millrace.client.consumer.Consumer;
import io.millrace.client.consumer.ConsumerConfig;
import io.millrace.client.consumer.ConsumerRecord;
import io.millrace.client.consumer.OffsetReset;
import io.millrace.client.consumer.assignment.Assignor;
import io.millrace.client.consumer.group.CommittedOffset;
import io.millrace.client.consumer.group.GroupConfig;
import io.millrace.client.consumer.group.RebalanceListener;
import io.millrace.client.error.ClientException;
import io.millrace.client.error.RefusedException;
import io.millrace.clients.stub.Fault;
import io.millrace.clients.stub.StubCluster;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.ApiKey;
import io.millrace.protocol.record.RecordBatchBuilder;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the native consumer makes of a coordinator that moves, forgets, refuses and does not answer. */
@Timeout(300)
class GroupFaultTest {

    private static final TopicPartition T0 = new TopicPartition("t", 0);
    private static final TopicPartition T1 = new TopicPartition("t", 1);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final int RECORDS = 200;

    private final StubCluster cluster = StubCluster.start(2);
    private final Told told = new Told();

    /** What the listener heard, in words. */
    private static final class Told implements RebalanceListener {
        final List<String> words = new ArrayList<>();

        @Override
        public void onAssigned(Collection<TopicPartition> added) {
            words.add("assigned " + List.copyOf(added).stream().sorted().toList());
        }

        @Override
        public void onRevoked(Collection<TopicPartition> revoked) {
            words.add("revoked " + List.copyOf(revoked).stream().sorted().toList());
        }

        @Override
        public void onLost(Collection<TopicPartition> lost) {
            words.add("lost " + List.copyOf(lost).stream().sorted().toList());
        }
    }

    @BeforeEach
    void fill() {
        cluster.topic("t", 2);
        for (int partition = 0; partition < 2; partition++) {
            for (int offset = 0; offset < RECORDS; offset += 10) {
                try (RecordBatchBuilder builder = new RecordBatchBuilder(1024, 1024 * 1024)) {
                    builder.baseOffset(offset);
                    for (int i = 0; i < 10; i++) {
                        builder.append(1_000, null, new byte[] {(byte) i});
                    }
                    ByteBuffer built = builder.build();
                    byte[] bytes = new byte[built.remaining()];
                    built.get(bytes);
                    cluster.appendRaw("t", partition, bytes, 10);
                }
            }
        }
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private static GroupConfig group() {
        return GroupConfig.of("g").withTimeouts(10_000, 20, 30_000).withoutAutoCommit();
    }

    private ConsumerConfig config(GroupConfig group) {
        return ConsumerConfig.of(ClientConfig.of(cluster.bootstrap())
                        .withTimeouts(1_000, 10_000, 1_000)
                        .withRetryBackoffMs(1, 5))
                .withFetch(20, 64 * 1024, 4 * 1024)
                .withPrefetchBytes(16 * 1024)
                .withReset(OffsetReset.EARLIEST)
                .withMaxPollRecords(10)
                .withGroup(group);
    }

    private Consumer open(GroupConfig group) {
        Consumer consumer = Consumer.open(config(group));
        consumer.subscribe(List.of("t"), told);
        return consumer;
    }

    private static List<ConsumerRecord> some(Consumer consumer) {
        for (int i = 0; i < 200; i++) {
            List<ConsumerRecord> records = consumer.poll(POLL);
            if (!records.isEmpty()) {
                return records;
            }
        }
        throw new AssertionError("no records");
    }

    /** Returns the records of the last poll: they came after the last of the words. */
    private List<ConsumerRecord> pollUntilTold(Consumer consumer, int count) {
        List<ConsumerRecord> last = List.of();
        for (int i = 0; i < 200 && told.words.size() < count; i++) {
            last = consumer.poll(POLL);
        }
        assertThat(told.words).hasSizeGreaterThanOrEqualTo(count);
        return last;
    }

    /** Refuses the next so many requests of an API. */
    private void refuse(ApiKey refused, ErrorCode error, int times) {
        AtomicInteger left = new AtomicInteger(times);
        cluster.faults((api, broker) ->
                api == refused && left.getAndDecrement() > 0 ? new Fault.Refuse(error) : new Fault.None());
    }

    @ParameterizedTest
    @EnumSource(Assignor.class)
    void everythingIsReadAndNothingCommittedGoesBackWhateverGoesWrong(Assignor assignor) {
        List<ErrorCode> errors = List.of(
                ErrorCode.NOT_COORDINATOR,
                ErrorCode.COORDINATOR_NOT_AVAILABLE,
                ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
                ErrorCode.UNKNOWN_MEMBER_ID,
                ErrorCode.ILLEGAL_GENERATION,
                ErrorCode.REBALANCE_IN_PROGRESS);
        List<ApiKey> hit = List.of(
                ApiKey.JOIN_GROUP,
                ApiKey.SYNC_GROUP,
                ApiKey.HEARTBEAT,
                ApiKey.OFFSET_COMMIT,
                ApiKey.OFFSET_FETCH,
                ApiKey.FIND_COORDINATOR);
        Random random = new Random(7);
        cluster.faults((api, broker) -> {
            if (!hit.contains(api) || random.nextInt(4) > 0) {
                return new Fault.None();
            }
            if (random.nextInt(20) == 0) {
                cluster.coordinate(random.nextInt(2));
            }
            ErrorCode error = errors.get(random.nextInt(errors.size()));
            boolean member = api == ApiKey.HEARTBEAT || api == ApiKey.OFFSET_COMMIT || api == ApiKey.SYNC_GROUP;
            return switch (random.nextInt(4)) {
                case 0 -> new Fault.CloseBefore();
                case 1 -> new Fault.CloseAfter();
                case 2 -> member || error.retriable() ? new Fault.Refuse(error) : new Fault.None();
                default -> member || error.retriable() ? new Fault.DoAndRefuse(error) : new Fault.None();
            };
        });
        Sightings sightings = new Sightings();
        for (int i = 0; i < 3; i++) {
            try (Consumer consumer = open(group().withAssignors(assignor).withAutoCommit(0))) {
                for (int j = 0; j < 25; j++) {
                    for (ConsumerRecord record : consumer.poll(POLL)) {
                        sightings.saw(record.partition().partition(), record.offset());
                    }
                }
            }
            for (int partition = 0; partition < 2; partition++) {
                long committed = cluster.committed("t", partition);
                assertThat(sightings.missing(partition, committed))
                        .as("what was committed was seen")
                        .isEqualTo(-1);
            }
        }
        assertThat(cluster.setBacks()).isEmpty();
        cluster.faults((api, broker) -> new Fault.None());
        try (Consumer consumer = open(group())) {
            for (int i = 0; i < 200 && !isComplete(sightings); i++) {
                for (ConsumerRecord record : consumer.poll(POLL)) {
                    sightings.saw(record.partition().partition(), record.offset());
                }
            }
            assertThat(isComplete(sightings))
                    .as(
                            "all was seen but %s and %s, committed %s and %s",
                            sightings.missing(0, RECORDS),
                            sightings.missing(1, RECORDS),
                            cluster.committed("t", 0),
                            cluster.committed("t", 1))
                    .isTrue();
        }
    }

    private static boolean isComplete(Sightings sightings) {
        return sightings.missing(0, RECORDS) < 0 && sightings.missing(1, RECORDS) < 0;
    }

    @Test
    void onlyWhatTheApplicationCameBackFromIsCommitted() {
        try (Consumer consumer = open(group().withAutoCommit(0))) {
            assertThat(some(consumer)).hasSize(10);
            assertThat(total()).isEqualTo(0);
            assertThat(some(consumer)).hasSize(10);
            await().until(() -> total() == 10);
        }
        assertThat(total())
                .as("close comes in the middle of the second poll's records")
                .isEqualTo(10);
        try (Consumer consumer = open(group().withAutoCommit(0))) {
            some(consumer);
            consumer.commit();
        }
        assertThat(total()).as("the application said that it is done").isEqualTo(20);
    }

    private long total() {
        return Math.max(0, cluster.committed("t", 0)) + Math.max(0, cluster.committed("t", 1));
    }

    @Test
    void aMemberThatTheCoordinatorForgotLosesItsPartitionsAndComesBack() {
        try (Consumer consumer = open(group())) {
            some(consumer);
            cluster.expireMember();
            List<ConsumerRecord> last = pollUntilTold(consumer, 3);
            assertThat(told.words).containsExactly("assigned [t-0, t-1]", "lost [t-0, t-1]", "assigned [t-0, t-1]");
            List<ConsumerRecord> again = last.isEmpty() ? some(consumer) : last;
            assertThat(again.getFirst().offset()).as("nothing was committed").isEqualTo(0);
        }
    }

    @Test
    void aCommitAfterTheGroupWentOnIsRefusedAndSaysWhy() {
        try (Consumer consumer = open(group().withTimeouts(60_000, 30_000, 30_000))) {
            some(consumer);
            cluster.nextGeneration();
            assertThatThrownBy(consumer::commit)
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("ILLEGAL_GENERATION")
                    .hasMessageContaining("another member");
            assertThat(total()).isEqualTo(0);
            pollUntilTold(consumer, 3);
            assertThat(told.words).element(1).isEqualTo("lost [t-0, t-1]");
        }
    }

    @Test
    void slowProcessingKeepsTheMembership() {
        try (Consumer consumer = open(group())) {
            some(consumer);
            int before = cluster.requests(ApiKey.HEARTBEAT);
            await().until(() -> cluster.requests(ApiKey.HEARTBEAT) >= before + 10);
            consumer.commit();
            assertThat(total()).isEqualTo(10);
            assertThat(told.words).hasSize(1);
        }
    }

    @Test
    void tooLongBetweenPollsEndsTheMembershipAndSaysSo() {
        try (Consumer consumer = open(group().withTimeouts(10_000, 20, 2_000))) {
            some(consumer);
            await().until(() -> cluster.leaves().size() == 1);
            assertThatThrownBy(consumer::commit)
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("maxPollIntervalMs=2000");
            assertThat(total()).isEqualTo(0);
            pollUntilTold(consumer, 3);
            assertThat(told.words).containsExactly("assigned [t-0, t-1]", "lost [t-0, t-1]", "assigned [t-0, t-1]");
        }
    }

    @Test
    void aMemberThatIsClosedAfterItLostItsPartitionsRevokesNothing() {
        try (Consumer consumer = open(group().withAutoCommit(0))) {
            some(consumer);
            cluster.expireMember();
            int joins = cluster.requests(ApiKey.JOIN_GROUP);
            await().until(() -> isRefused(consumer));
            assertThat(cluster.requests(ApiKey.JOIN_GROUP))
                    .as("it joins again only in a poll")
                    .isEqualTo(joins);
        }
        assertThat(told.words).containsExactly("assigned [t-0, t-1]", "lost [t-0, t-1]");
        assertThat(total()).isEqualTo(0);
    }

    @Test
    void commitsOfATopicThatIsGoneAreRefusedAtOnce() {
        try (Consumer consumer = open(group().withAutoCommit(0))) {
            some(consumer);
            refuse(ApiKey.OFFSET_COMMIT, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, Integer.MAX_VALUE);
            long beginNs = System.nanoTime();
            assertThatThrownBy(() -> consumer.commit(Map.of(T0, CommittedOffset.of(1))))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("UNKNOWN_TOPIC_OR_PARTITION");
            assertThat(Duration.ofNanos(System.nanoTime() - beginNs)).isLessThan(Duration.ofSeconds(20));
            cluster.faults((api, broker) -> new Fault.None());
        }
    }

    private static boolean isRefused(Consumer consumer) {
        try {
            consumer.commit(Map.of(T0, CommittedOffset.of(0)));
            return false;
        } catch (RefusedException e) {
            return true;
        }
    }

    @Test
    void aPollThatWaitsLongKeepsTheMembership() {
        try (Consumer consumer = open(group().withTimeouts(10_000, 20, 2_000))) {
            while (consumer.poll(POLL).isEmpty()) {
                // joins
            }
            consumer.seekToEnd(List.of(T0, T1));
            assertThat(consumer.poll(Duration.ofSeconds(5))).isEmpty();
            assertThat(cluster.leaves()).isEmpty();
            assertThat(told.words).hasSize(1);
        }
    }

    @Test
    void aRebalanceRevokesEagerlyAfterTheLastCommit() {
        try (Consumer consumer = open(group().withAssignors(Assignor.RANGE).withAutoCommit(60_000))) {
            some(consumer);
            refuse(ApiKey.HEARTBEAT, ErrorCode.REBALANCE_IN_PROGRESS, 1);
            pollUntilTold(consumer, 3);
            assertThat(told.words).containsExactly("assigned [t-0, t-1]", "revoked [t-0, t-1]", "assigned [t-0, t-1]");
            assertThat(total()).as("committed before the rebalance").isGreaterThanOrEqualTo(10);
        }
        assertThat(cluster.setBacks()).isEmpty();
    }

    @Test
    void aRebalanceTakesNothingFromACooperativeMemberThatKeepsItsPartitions() {
        try (Consumer consumer = open(group().withAssignors(Assignor.COOPERATIVE_STICKY))) {
            some(consumer);
            int before = cluster.requests(ApiKey.JOIN_GROUP);
            refuse(ApiKey.HEARTBEAT, ErrorCode.REBALANCE_IN_PROGRESS, 1);
            while (cluster.requests(ApiKey.JOIN_GROUP) == before) {
                consumer.poll(Duration.ZERO);
            }
            consumer.commit();
            assertThat(told.words).containsExactly("assigned [t-0, t-1]");
        }
    }

    @Test
    void aFencedMemberFailsEachPollUntilItSubscribesAgain() {
        try (Consumer consumer = open(group().withInstanceId("one"))) {
            some(consumer);
            refuse(ApiKey.HEARTBEAT, ErrorCode.FENCED_INSTANCE_ID, 1);
            RefusedException failure = null;
            for (int i = 0; i < 200 && failure == null; i++) {
                try {
                    consumer.poll(POLL);
                } catch (RefusedException e) {
                    failure = e;
                }
            }
            assertThat(failure)
                    .isNotNull()
                    .extracting(ClientException::errorCode)
                    .isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
            assertThatThrownBy(() -> consumer.poll(POLL)).isInstanceOf(RefusedException.class);
            assertThat(told.words).containsExactly("assigned [t-0, t-1]", "lost [t-0, t-1]");
            consumer.subscribe(List.of("t"), told);
            assertThat(some(consumer)).hasSize(10);
        }
        assertThat(cluster.leaves()).as("a static member never leaves").isEmpty();
    }

    @Test
    void theOffsetOfALoadingCoordinatorIsWaitedForAndTheResetPolicyNotTaken() {
        try (Consumer consumer = Consumer.open(config(group()))) {
            consumer.assign(List.of(T0));
            consumer.commit(Map.of(T0, CommittedOffset.of(50)));
        }
        refuse(ApiKey.OFFSET_FETCH, ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, 20);
        try (Consumer consumer = open(group())) {
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
        try (Consumer consumer = Consumer.open(config(group()))) {
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
        try (Consumer consumer = open(group().withTimeouts(10_000, 20, 500))) {
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
            assertThat(total()).isEqualTo(0);
        }
    }

    @Test
    void aPartitionOfSomebodyElseCannotBeCommitted() {
        try (Consumer consumer = open(group())) {
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
