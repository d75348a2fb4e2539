package io.millrace.changes;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.TestBroker;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A broker that starts with another number of shards has the same records, groups and committed offsets; its clients go on. */
class ShardCountIT {

    private static final String TOPIC = "moving";
    private static final int PARTITIONS = 6;
    private static final int BATCH = 600;
    private static final long PATIENCE_NS = 60_000_000_000L;

    private final List<Reading.Seen> seen = new ArrayList<>();
    private int sent;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void recordsGroupsAndOffsetsAreThereAfterEachChange(boolean isNative) throws Exception {
        String port = freePort();
        try (TestBroker broker = TestBroker.start(
                "millrace.shards",
                "1",
                "listeners",
                "PLAINTEXT://localhost:" + port,
                "group.initial.rebalance.delay.ms",
                "0")) {
            Map<String, Object> config = Map.of("bootstrap.servers", broker.bootstrap());
            try (Admin admin = Admin.create(config);
                    Sending producer = Sending.open(isNative, broker.bootstrap(), TOPIC)) {
                admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1)))
                        .all()
                        .get();
                try (Reading group = Reading.open(Reading.Kind.KAFKA_GROUP, broker.bootstrap(), TOPIC, PARTITIONS)) {
                    sendAndRead(producer, group, admin);
                    broker.restart("millrace.shards", "3");
                    sendAndRead(producer, group, admin);
                    broker.restart("millrace.shards", "2");
                    sendAndRead(producer, group, admin);
                }
                broker.restart("millrace.shards", "1");
                // The member has left; what it committed stays.
                assertThat(admin.describeConsumerGroups(List.of(TOPIC))
                                .all()
                                .get()
                                .get(TOPIC))
                        .satisfies(group -> assertThat(group.groupState()).isEqualTo(GroupState.EMPTY));
                assertThat(committed(admin)).isEqualTo(ends());
                Reading.Kind kind = isNative ? Reading.Kind.NATIVE : Reading.Kind.KAFKA_ASSIGNED;
                List<Reading.Seen> again = new ArrayList<>();
                try (Reading fresh = Reading.open(kind, broker.bootstrap(), TOPIC, PARTITIONS)) {
                    pollUntil(fresh, again, sent);
                }
                assertThat(again).containsExactlyInAnyOrderElementsOf(seen);
            }
            assertThat(broker.fatal()).isEmpty();
        }
    }

    /** The group gets each record once, and its commits reach the ends. */
    private void sendAndRead(Sending producer, Reading group, Admin admin) throws Exception {
        List<CompletableFuture<?>> acks = new ArrayList<>();
        for (int i = 0; i < BATCH; i++, sent++) {
            acks.add(producer.send(sent % PARTITIONS, Integer.toString(sent)));
        }
        acks.forEach(CompletableFuture::join);
        pollUntil(group, seen, sent);
        assertThat(seen.stream().map(Reading.Seen::value).distinct()).hasSize(sent);
        long endNs = System.nanoTime() + PATIENCE_NS;
        while (!committed(admin).equals(ends())) {
            assertThat(System.nanoTime()).as("committed %s", committed(admin)).isLessThan(endNs);
            group.poll();
        }
    }

    private Map<TopicPartition, Long> ends() {
        Map<TopicPartition, Long> ends = new HashMap<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            ends.put(new TopicPartition(TOPIC, partition), (long) sent / PARTITIONS);
        }
        return ends;
    }

    private static Map<TopicPartition, Long> committed(Admin admin) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> found = admin.listConsumerGroupOffsets(TOPIC)
                .partitionsToOffsetAndMetadata()
                .get();
        Map<TopicPartition, Long> committed = new HashMap<>();
        found.forEach((partition, offset) -> committed.put(partition, offset.offset()));
        return committed;
    }

    private static void pollUntil(Reading consumer, List<Reading.Seen> into, int count) {
        long endNs = System.nanoTime() + PATIENCE_NS;
        while (into.size() < count) {
            assertThat(System.nanoTime())
                    .as("60 s are over; %d read", into.size())
                    .isLessThan(endNs);
            into.addAll(consumer.poll());
        }
    }

    private static String freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0)) {
            return Integer.toString(socket.getLocalPort());
        }
    }
}
