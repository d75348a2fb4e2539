package io.millrace.client.consumer.assignment;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.cluster.TopicPartition;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;

/** Members of both kinds in one group have to mean the same: Kafka's own code is the oracle. */
class KafkaAssignmentPropertyTest {

    private static List<TopicPartition> partitions(Random random, int most) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : List.of("a", "b")) {
            for (int i = 0; i < most; i++) {
                if (random.nextBoolean()) {
                    partitions.add(new TopicPartition(topic, i));
                }
            }
        }
        return partitions;
    }

    private static List<TopicPartition> ours(List<org.apache.kafka.common.TopicPartition> theirs) {
        return theirs.stream()
                .map(each -> new TopicPartition(each.topic(), each.partition()))
                .sorted()
                .toList();
    }

    private static List<org.apache.kafka.common.TopicPartition> theirs(List<TopicPartition> ours) {
        return ours.stream()
                .map(each -> new org.apache.kafka.common.TopicPartition(each.topic(), each.partition()))
                .toList();
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    @Property(tries = 200)
    void eachReadsTheSubscriptionsAndAssignmentsOfTheOther(@ForAll long seed) {
        Random random = new Random(seed);
        List<TopicPartition> owned = partitions(random, 4);
        int generation = random.nextInt(5) - 1;
        Subscription read = ConsumerProtocol.deserializeSubscription(
                ByteBuffer.wrap(io.millrace.client.consumer.assignment.ConsumerProtocol.subscription(
                        Assignor.COOPERATIVE_STICKY, List.of("a", "b"), owned, generation)));
        assertThat(read.topics()).containsExactly("a", "b");
        assertThat(ours(read.ownedPartitions())).isEqualTo(owned);
        assertThat(read.generationId().orElse(-1)).isEqualTo(generation);
        short version = (short) random.nextInt(4);
        MemberSubscription back = io.millrace.client.consumer.assignment.ConsumerProtocol.readSubscription(
                "m",
                null,
                bytes(ConsumerProtocol.serializeSubscription(
                        new Subscription(List.of("a", "b"), null, theirs(owned), generation, Optional.empty()),
                        version)));
        assertThat(back.owned().stream().sorted().toList()).isEqualTo(version >= 1 ? owned : List.of());
        assertThat(back.generation()).isEqualTo(version >= 2 ? generation : -1);
        assertThat(ours(ConsumerProtocol.deserializeAssignment(ByteBuffer.wrap(
                                io.millrace.client.consumer.assignment.ConsumerProtocol.assignment(owned)))
                        .partitions()))
                .isEqualTo(owned);
        assertThat(io.millrace.client.consumer.assignment.ConsumerProtocol.readAssignment(
                        bytes(ConsumerProtocol.serializeAssignment(
                                new ConsumerPartitionAssignor.Assignment(theirs(owned), null)))))
                .containsExactlyInAnyOrderElementsOf(owned);
    }

    @Property(tries = 200)
    void rangeIsKafkasRange(@ForAll long seed) {
        Random random = new Random(seed);
        SortedMap<String, Integer> counts = new TreeMap<>();
        List<PartitionInfo> infos = new ArrayList<>();
        for (String topic : List.of("a", "b", "c")) {
            int count = random.nextInt(8);
            for (int i = 0; i < count; i++) {
                infos.add(new PartitionInfo(topic, i, Node.noNode(), new Node[0], new Node[0]));
            }
            if (count > 0) {
                counts.put(topic, count);
            }
        }
        List<MemberSubscription> members = new ArrayList<>();
        Map<String, Subscription> kafkas = new HashMap<>();
        for (int i = 0; i <= random.nextInt(5); i++) {
            List<String> topics = List.of("a", "b", "c").stream()
                    .filter(topic -> random.nextInt(3) > 0)
                    .toList();
            String id = "m" + random.nextInt(1_000);
            if (kafkas.containsKey(id)) {
                continue;
            }
            String instanceId = random.nextBoolean() ? "i" + random.nextInt(1_000) + id : null;
            Subscription subscription = new Subscription(topics);
            subscription.setGroupInstanceId(Optional.ofNullable(instanceId));
            kafkas.put(id, subscription);
            members.add(new MemberSubscription(id, instanceId, topics, List.of(), -1));
        }
        Map<String, List<TopicPartition>> assigned = new TreeMap<>();
        new RangeAssignor()
                .assign(
                        new Cluster("c", List.of(), infos, java.util.Set.of(), java.util.Set.of()),
                        new ConsumerPartitionAssignor.GroupSubscription(kafkas))
                .groupAssignment()
                .forEach((member, assignment) -> assigned.put(member, ours(assignment.partitions())));
        assertThat(Assignor.RANGE.assign(counts, members)).isEqualTo(assigned);
    }
}
