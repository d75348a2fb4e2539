package io.millrace.clients.groups;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.client.admin.Admin;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.connection.ClientConfig;
import io.millrace.client.consumer.Consumer;
import io.millrace.client.consumer.ConsumerConfig;
import io.millrace.client.consumer.OffsetReset;
import io.millrace.client.consumer.assignment.Assignor;
import io.millrace.client.consumer.group.CommittedOffset;
import io.millrace.client.consumer.group.GroupConfig;
import io.millrace.client.producer.Producer;
import io.millrace.client.producer.ProducerConfig;
import io.millrace.client.producer.ProducerRecord;
import io.millrace.testkit.TestBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Native consumers in groups, alone and with Kafka's, while members die and the broker restarts. With
 * {@code -Dmillrace.test.peer=HOST:PORT} against another broker.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class NativeGroupIT {

    private static final int PARTITIONS = 6;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Host and port of a broker to test against instead, Apache Kafka's say; it is not restarted. */
    private static final @Nullable String PEER = System.getProperty("millrace.test.peer");

    private final @Nullable TestBroker broker = PEER != null
            ? null
            : TestBroker.start(
                    "listeners",
                    "PLAINTEXT://localhost:" + freePort(),
                    "group.initial.rebalance.delay.ms",
                    "100",
                    "group.min.session.timeout.ms",
                    "500");

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterAll
    void stop() {
        if (broker != null) {
            broker.close();
            assertThat(broker.fatal()).isEmpty();
        }
    }

    private String bootstrap() {
        return broker != null ? broker.bootstrap() : String.valueOf(PEER);
    }

    private ClientConfig client() {
        return ClientConfig.of(bootstrap()).withRetryBackoffMs(20, 200).withMetadataMaxAgeMs(1_000);
    }

    private static GroupConfig group(String id) {
        return GroupConfig.of(id).withTimeouts(3_000, 100, 60_000).withAutoCommit(100);
    }

    private ConsumerConfig config(GroupConfig group) {
        return ConsumerConfig.of(client())
                .withReset(OffsetReset.EARLIEST)
                .withMaxPollRecords(100)
                .withGroup(group);
    }

    private void create(String topic) {
        try (Admin admin = Admin.open(client())) {
            admin.createTopic(NewTopic.of(topic).withPartitions(PARTITIONS)).join();
        }
    }

    private static List<TopicPartition> partitions(String topic) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (int i = 0; i < PARTITIONS; i++) {
            partitions.add(new TopicPartition(topic, i));
        }
        return partitions;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // flush() completes when all are
    private void produce(Producer producer, String topic, int count) {
        for (int i = 0; i < count; i++) {
            producer.send(ProducerRecord.of(topic, ("k" + i).getBytes(UTF_8), ("v" + i).getBytes(UTF_8)));
        }
        producer.flush().join();
    }

    private static boolean shareAll(List<Set<TopicPartition>> parts) {
        Set<TopicPartition> all = new TreeSet<>();
        int sum = 0;
        for (Set<TopicPartition> part : parts) {
            sum += part.size();
            all.addAll(part);
            if (part.isEmpty()) {
                return false;
            }
        }
        return sum == PARTITIONS && all.size() == PARTITIONS;
    }

    /** Looks at the group's offsets all the time; a fault when one goes back. */
    private Thread watchOffsets(String groupId, String topic, Sightings sightings, AtomicBoolean stopped) {
        Thread thread = new Thread(() -> {
            Map<TopicPartition, CommittedOffset> last = new HashMap<>();
            try (Consumer watcher = Consumer.open(ConsumerConfig.of(client())
                    .withGroup(GroupConfig.of(groupId).withoutAutoCommit()))) {
                while (!stopped.get()) {
                    watcher.committed(partitions(topic)).forEach((partition, at) -> {
                        CommittedOffset before = last.put(partition, at);
                        if (before != null && before.offset() > at.offset()) {
                            sightings.fault(partition + " went back from " + before + " to " + at);
                        }
                    });
                }
            } catch (RuntimeException e) {
                sightings.fault("watcher: " + e);
            }
        });
        thread.start();
        return thread;
    }

    @ParameterizedTest
    @EnumSource(Assignor.class)
    @SuppressWarnings("try") // some leave in the middle
    void everyRecordIsSeenThoughMembersDieAndTheBrokerRestarts(Assignor assignor) throws Exception {
        String topic = "shared-" + assignor.wireName();
        create(topic);
        Sightings sightings = new Sightings();
        AtomicBoolean stopped = new AtomicBoolean();
        Thread watcher = watchOffsets(topic, topic, sightings, stopped);
        GroupConfig group = group(topic).withAssignors(assignor);
        Map<Integer, Long> ends = new TreeMap<>();
        try (Producer producer = Producer.open(ProducerConfig.of(client()));
                NativeMember first = new NativeMember("first", config(group), topic, sightings);
                NativeMember second = new NativeMember("second", config(group), topic, sightings);
                NativeMember third =
                        new NativeMember("third", config(group.withLeaveOnClose(false)), topic, sightings);
                KafkaMember kafka = new KafkaMember(bootstrap(), topic, assignor, topic, sightings)) {
            produce(producer, topic, 5_000);
            await().atMost(PATIENCE)
                    .until(() ->
                            shareAll(List.of(first.assigned(), second.assigned(), third.assigned(), kafka.assigned())));
            produce(producer, topic, 5_000);
            third.close(); // tells nobody: its session has to run out
            produce(producer, topic, 5_000);
            await().atMost(PATIENCE)
                    .until(() -> shareAll(List.of(first.assigned(), second.assigned(), kafka.assigned())));
            if (broker != null) {
                broker.restart();
            }
            produce(producer, topic, 5_000);
            second.close();
            produce(producer, topic, 5_000);
            await().atMost(PATIENCE).until(() -> shareAll(List.of(first.assigned(), kafka.assigned())));
            try (Consumer ender = Consumer.open(ConsumerConfig.of(client()))) {
                ender.endOffsets(partitions(topic)).forEach((partition, end) -> ends.put(partition.partition(), end));
            }
            assertThat(ends.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(25_000);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> ends.forEach((partition, end) -> assertThat(sightings.missing(partition, end))
                            .as("partition %s to %s", partition, end)
                            .isEqualTo(-1)));
            await().atMost(PATIENCE).until(() -> committed(topic, topic).equals(ends));
        } finally {
            stopped.set(true);
            watcher.join();
        }
        assertThat(sightings.faults()).isEmpty();
    }

    private Map<Integer, Long> committed(String groupId, String topic) {
        Map<Integer, Long> offsets = new TreeMap<>();
        try (Consumer reader = Consumer.open(
                ConsumerConfig.of(client()).withGroup(GroupConfig.of(groupId).withoutAutoCommit()))) {
            reader.committed(partitions(topic))
                    .forEach((partition, at) -> offsets.put(partition.partition(), at.offset()));
        }
        return offsets;
    }

    @Test
    void aStaticMemberComesBackToItsPartitionsWithoutARebalance() {
        String topic = "static";
        create(topic);
        Sightings sightings = new Sightings();
        GroupConfig group = group(topic).withTimeouts(20_000, 100, 60_000);
        try (Producer producer = Producer.open(ProducerConfig.of(client()));
                NativeMember stays = new NativeMember("stays", config(group.withInstanceId("a")), topic, sightings)) {
            NativeMember goes = new NativeMember("goes", config(group.withInstanceId("b")), topic, sightings);
            await().atMost(PATIENCE).until(() -> shareAll(List.of(stays.assigned(), goes.assigned())));
            produce(producer, topic, 1_000);
            Set<TopicPartition> before = goes.assigned();
            int assignments = stays.assignments();
            goes.close();
            try (NativeMember back = new NativeMember("goes", config(group.withInstanceId("b")), topic, sightings)) {
                await().atMost(PATIENCE).until(() -> back.assigned().equals(before));
                produce(producer, topic, 1_000);
                await().atMost(PATIENCE)
                        .until(() -> committed(topic, topic).values().stream()
                                        .mapToLong(Long::longValue)
                                        .sum()
                                == 2_000);
                assertThat(stays.assignments()).isEqualTo(assignments);
            }
        }
        assertThat(sightings.faults()).isEmpty();
    }

    @Test
    void newPartitionsAreTakenUp() {
        String topic = "grows";
        create(topic);
        Sightings sightings = new Sightings();
        try (Admin admin = Admin.open(client());
                NativeMember only = new NativeMember("only", config(group(topic)), topic, sightings)) {
            await().atMost(PATIENCE).until(() -> only.assigned().size() == PARTITIONS);
            admin.addPartitions(topic, PARTITIONS + 2).join();
            await().atMost(PATIENCE).until(() -> only.assigned().size() == PARTITIONS + 2);
        }
        assertThat(sightings.faults()).isEmpty();
    }

    @Test
    void aTopicIsReadOnceItIsCreated() {
        String topic = "later";
        Sightings sightings = new Sightings();
        try (NativeMember only = new NativeMember("only", config(group(topic)), topic, sightings)) {
            await().pollDelay(Duration.ofMillis(300))
                    .until(() -> only.assigned().isEmpty());
            create(topic);
            await().atMost(PATIENCE).until(() -> only.assigned().size() == PARTITIONS);
        }
        assertThat(sightings.faults()).isEmpty();
    }

    @Test
    @SuppressWarnings("FutureReturnValueIgnored") // flush() completes when all are
    void whatWasNotCommittedComesAgainAndWhatWasDoesNot() {
        String topic = "commits";
        create(topic);
        TopicPartition one = new TopicPartition(topic, 0);
        ConsumerConfig manual = config(group(topic).withoutAutoCommit()).withMaxPollRecords(10);
        try (Producer producer = Producer.open(ProducerConfig.of(client()))) {
            for (int i = 0; i < 100; i++) {
                producer.send(ProducerRecord.of(topic, null, new byte[0]).toPartition(0));
            }
            producer.flush().join();
        }
        try (Consumer consumer = Consumer.open(manual)) {
            consumer.assign(List.of(one));
            assertThat(pollSome(consumer)).isEqualTo(0);
            consumer.commit();
            assertThat(pollSome(consumer)).isEqualTo(10);
        }
        try (Consumer consumer = Consumer.open(manual)) {
            consumer.assign(List.of(one));
            assertThat(consumer.committed(partitions(topic))).containsOnlyKeys(one);
            assertThat(consumer.position(one)).isEqualTo(10);
            consumer.commit(Map.of(one, new CommittedOffset(42, 0, "half")));
            assertThat(consumer.committed(List.of(one))).containsEntry(one, new CommittedOffset(42, 0, "half"));
        }
        try (Consumer consumer = Consumer.open(manual)) {
            consumer.subscribe(List.of(topic));
            assertThat(pollSome(consumer)).isEqualTo(42);
        }
    }

    /** The first offset of the next records. */
    private static long pollSome(Consumer consumer) {
        long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadlineNs) {
            var records = consumer.poll(Duration.ofMillis(200));
            if (!records.isEmpty()) {
                return records.getFirst().offset();
            }
        }
        throw new AssertionError("no records");
    }
}
