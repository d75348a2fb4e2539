package io.millrace.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.TestBroker;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.GroupSubscribedToTopicException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Groups of Kafka's Java consumers (classic protocol) against a broker of three shards. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JavaGroupIT {

    private static final String RANGE = "org.apache.kafka.clients.consumer.RangeAssignor";
    private static final String COOPERATIVE = "org.apache.kafka.clients.consumer.CooperativeStickyAssignor";
    private static final Duration POLL = Duration.ofMillis(100);

    private final TestBroker broker =
            TestBroker.start("num.partitions", "6", "group.initial.rebalance.delay.ms", "100");
    private final JavaClients clients = new JavaClients(broker);
    private Admin admin;

    @BeforeAll
    void connect() {
        admin = clients.admin();
    }

    @AfterAll
    void stop() {
        admin.close();
        broker.close();
        assertThat(broker.fatal()).isEmpty();
    }

    private KafkaConsumer<String, String> member(String group, Map<String, Object> more) {
        Map<String, Object> config = new HashMap<>();
        config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrap());
        config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 200);
        config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 60_000);
        config.putAll(more);
        return new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
    }

    private void produce(String topic, int partitions, int from, int to) throws Exception {
        try (KafkaProducer<String, String> producer = clients.producer(Map.of())) {
            List<Future<RecordMetadata>> acks = new ArrayList<>();
            for (int i = from; i < to; i++) {
                acks.add(producer.send(new ProducerRecord<>(topic, i % partitions, "k" + i, "v" + i)));
            }
            for (Future<RecordMetadata> ack : acks) {
                ack.get();
            }
        }
    }

    private void create(String topic, int partitions) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                .all()
                .get();
    }

    /** Polls all members in turn until it holds; what they got goes to {@code seen}. */
    private static void pollUntil(
            List<KafkaConsumer<String, String>> members, List<String> seen, BooleanSupplier done) {
        long endNs = System.nanoTime() + 60_000_000_000L;
        while (!done.getAsBoolean()) {
            assertThat(System.nanoTime()).as("60 s are over").isLessThan(endNs);
            for (KafkaConsumer<String, String> member : members) {
                for (ConsumerRecord<String, String> record : member.poll(POLL)) {
                    seen.add(record.value());
                }
            }
        }
    }

    private static boolean shareAll(List<KafkaConsumer<String, String>> members, int partitions) {
        Set<TopicPartition> all = new HashSet<>();
        int sum = 0;
        for (KafkaConsumer<String, String> member : members) {
            sum += member.assignment().size();
            all.addAll(member.assignment());
            if (member.assignment().isEmpty()) {
                return false;
            }
        }
        return sum == partitions && all.size() == partitions;
    }

    @ParameterizedTest
    @ValueSource(strings = {RANGE, COOPERATIVE})
    void membersShareATopicAndTakeOverFromOneThatLeaves(String assignor) throws Exception {
        String topic = "share-" + assignor.substring(assignor.lastIndexOf('.') + 1);
        create(topic, 6);
        Map<String, Object> config = Map.of(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, assignor);
        List<String> seen = new ArrayList<>();
        KafkaConsumer<String, String> first = member(topic, config);
        KafkaConsumer<String, String> second = member(topic, config);
        KafkaConsumer<String, String> third = member(topic, config);
        List<KafkaConsumer<String, String>> members = new ArrayList<>(List.of(first, second, third));
        members.forEach(member -> member.subscribe(Set.of(topic)));
        // Records come when nobody joins any more: what a member read and did not commit is read again by who takes
        // over.
        pollUntil(members, seen, () -> shareAll(members, 6));
        produce(topic, 6, 0, 600);
        pollUntil(members, seen, () -> seen.size() >= 600);
        members.forEach(KafkaConsumer::commitSync);
        members.remove(second);
        second.close();
        pollUntil(members, seen, () -> shareAll(members, 6));
        produce(topic, 6, 600, 900);
        pollUntil(members, seen, () -> seen.size() >= 900);
        members.forEach(KafkaConsumer::commitSync);
        members.forEach(KafkaConsumer::close);
        assertThat(new HashSet<>(seen)).hasSize(900);
        assertThat(seen).hasSize(900);
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(topic)
                .partitionsToOffsetAndMetadata()
                .get();
        assertThat(committed)
                .hasSize(6)
                .allSatisfy((partition, offset) -> assertThat(offset.offset()).isEqualTo(150));
    }

    @Test
    void aStaticMemberThatComesBackKeepsItsGenerationAndItsPartitions() throws Exception {
        create("static", 4);
        Map<String, Object> one = Map.of(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, "one");
        Map<String, Object> two = Map.of(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, "two");
        KafkaConsumer<String, String> first = member("static", one);
        KafkaConsumer<String, String> second = member("static", two);
        List<KafkaConsumer<String, String>> members = new ArrayList<>(List.of(first, second));
        members.forEach(member -> member.subscribe(Set.of("static")));
        pollUntil(members, new ArrayList<>(), () -> shareAll(members, 4));
        int generation = second.groupMetadata().generationId();
        Set<TopicPartition> owned = second.assignment();
        // A static member does not leave when it closes.
        second.close();
        KafkaConsumer<String, String> back = member("static", two);
        members.set(1, back);
        back.subscribe(Set.of("static"));
        pollUntil(members, new ArrayList<>(), () -> shareAll(members, 4));
        assertThat(back.assignment()).isEqualTo(owned);
        assertThat(back.groupMetadata().generationId()).isEqualTo(generation);
        assertThat(first.groupMetadata().generationId()).isEqualTo(generation);
        members.forEach(KafkaConsumer::close);
    }

    @Test
    void membersGoOnAfterARestartOfTheBrokerWithAnotherShardCount() throws Exception {
        // Its port stays, so that its clients find it again.
        String port = Integer.toString(freePort());
        try (TestBroker own = TestBroker.start(
                "listeners", "PLAINTEXT://localhost:" + port, "group.initial.rebalance.delay.ms", "100")) {
            JavaClients ownClients = new JavaClients(own);
            try (Admin ownAdmin = ownClients.admin();
                    KafkaProducer<String, String> producer = ownClients.producer(Map.of());
                    KafkaConsumer<String, String> first = memberOf(own, "again");
                    KafkaConsumer<String, String> second = memberOf(own, "again")) {
                ownAdmin.createTopics(List.of(new NewTopic("again", 4, (short) 1)))
                        .all()
                        .get();
                List<KafkaConsumer<String, String>> members = List.of(first, second);
                members.forEach(member -> member.subscribe(Set.of("again")));
                List<String> seen = new ArrayList<>();
                pollUntil(members, seen, () -> shareAll(members, 4));
                int generation = first.groupMetadata().generationId();
                for (int i = 0; i < 100; i++) {
                    producer.send(new ProducerRecord<>("again", i % 4, "k", "v" + i))
                            .get();
                }
                pollUntil(members, seen, () -> seen.size() == 100);
                members.forEach(KafkaConsumer::commitSync);

                own.restart("millrace.shards", "2");

                for (int i = 100; i < 200; i++) {
                    producer.send(new ProducerRecord<>("again", i % 4, "k", "v" + i))
                            .get();
                }
                pollUntil(members, seen, () -> seen.size() == 200);
                members.forEach(KafkaConsumer::commitSync);
                assertThat(new HashSet<>(seen)).hasSize(200);
                assertThat(first.groupMetadata().generationId())
                        .as("the coordinator read its log, so nobody had to join anew")
                        .isEqualTo(generation);
                assertThat(ownAdmin.listConsumerGroupOffsets("again")
                                .partitionsToOffsetAndMetadata()
                                .get())
                        .hasSize(4)
                        .allSatisfy((partition, offset) ->
                                assertThat(offset.offset()).isEqualTo(50));
            }
            assertThat(own.fatal()).isEmpty();
        }
    }

    private KafkaConsumer<String, String> memberOf(TestBroker own, String group) {
        return member(group, Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, own.bootstrap()));
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void groupsAreListedDescribedAndDeleted() throws Exception {
        create("tools", 2);
        produce("tools", 2, 0, 10);
        KafkaConsumer<String, String> member = member("tools", Map.of(ConsumerConfig.CLIENT_ID_CONFIG, "worker"));
        member.subscribe(Set.of("tools"));
        List<String> seen = new ArrayList<>();
        pollUntil(List.of(member), seen, () -> seen.size() == 10);
        member.commitSync();

        ConsumerGroupDescription described = describe("tools");
        assertThat(described.groupState()).isEqualTo(GroupState.STABLE);
        assertThat(described.partitionAssignor()).isEqualTo("range");
        assertThat(described.members()).singleElement().satisfies(each -> {
            assertThat(each.clientId()).isEqualTo("worker");
            assertThat(each.host()).startsWith("/");
            assertThat(each.assignment().topicPartitions()).hasSize(2);
        });
        assertThat(stateOf("tools", Set.of(GroupState.STABLE))).isEqualTo(GroupState.STABLE);
        assertThat(stateOf("tools", Set.of(GroupState.EMPTY))).isNull();
        assertThatThrownBy(
                        () -> admin.deleteConsumerGroups(Set.of("tools")).all().get())
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(GroupNotEmptyException.class);
        TopicPartition zero = new TopicPartition("tools", 0);
        assertThatThrownBy(() -> admin.deleteConsumerGroupOffsets("tools", Set.of(zero))
                        .partitionResult(zero)
                        .get())
                .hasCauseInstanceOf(GroupSubscribedToTopicException.class);
        member.close();

        assertThat(describe("tools").groupState()).isEqualTo(GroupState.EMPTY);
        admin.alterConsumerGroupOffsets("tools", Map.of(zero, new OffsetAndMetadata(2, "by hand")))
                .all()
                .get();
        assertThat(offsets("tools").get(zero)).isEqualTo(new OffsetAndMetadata(2, "by hand"));
        admin.deleteConsumerGroupOffsets("tools", Set.of(zero)).all().get();
        assertThat(offsets("tools")).containsOnlyKeys(new TopicPartition("tools", 1));
        admin.deleteConsumerGroups(Set.of("tools")).all().get();
        assertThatThrownBy(() -> describe("tools")).hasCauseInstanceOf(GroupIdNotFoundException.class);
    }

    private ConsumerGroupDescription describe(String group) throws Exception {
        return Objects.requireNonNull(
                admin.describeConsumerGroups(Set.of(group)).all().get().get(group));
    }

    private Map<TopicPartition, OffsetAndMetadata> offsets(String group) throws Exception {
        return new HashMap<>(admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get());
    }

    private @Nullable GroupState stateOf(String group, Set<GroupState> filter) throws Exception {
        return admin.listGroups(ListGroupsOptions.forConsumerGroups().inGroupStates(filter)).all().get().stream()
                .filter(each -> each.groupId().equals(group))
                .findAny()
                .flatMap(GroupListing::groupState)
                .orElse(null);
    }

    @Test
    void offsetsBelongToATopicAndNotToItsName() throws Exception {
        create("reborn", 1);
        TopicPartition partition = new TopicPartition("reborn", 0);
        admin.alterConsumerGroupOffsets("reborn", Map.of(partition, new OffsetAndMetadata(7)))
                .all()
                .get();
        admin.deleteTopics(Set.of("reborn")).all().get();
        create("reborn", 1);
        assertThat(offsets("reborn").get(partition)).isNull();
    }

    @Test
    void theOffsetsTopicIsInternalAndClosedToProducers() throws Exception {
        admin.alterConsumerGroupOffsets("any", Map.of()).all().get();
        assertThat(admin.listTopics().names().get()).doesNotContain("__consumer_offsets");
        assertThat(admin.listTopics(new ListTopicsOptions().listInternal(true))
                        .names()
                        .get())
                .contains("__consumer_offsets");
        try (KafkaProducer<String, String> producer = clients.producer(Map.of())) {
            assertThatThrownBy(() -> producer.send(new ProducerRecord<>("__consumer_offsets", 0, "k", "v"))
                            .get())
                    .hasCauseInstanceOf(InvalidTopicException.class);
        }
    }

    @Test
    void kafkaReadsTheOffsetsTopicsRecords() throws Exception {
        create("records", 1);
        TopicPartition partition = new TopicPartition("records", 0);
        admin.alterConsumerGroupOffsets("records", Map.of(partition, new OffsetAndMetadata(7, "note")))
                .all()
                .get();
        int of = ("records".hashCode() & Integer.MAX_VALUE) % 50;
        List<ConsumerRecord<String, String>> records = clients.readAll("__consumer_offsets", 50, Map.of());
        assertThat(records).anySatisfy(record -> {
            assertThat(record.partition()).isEqualTo(of);
            assertThat(record.key()).isEqualTo("\0\1\0\7records\0\7records\0\0\0\0");
            assertThat(record.value()).contains("note");
        });
    }
}
