package io.millrace.client.consumer.assignment;

import io.millrace.client.cluster.TopicPartition;
import io.millrace.protocol.MalformedMessageException;
import io.millrace.protocol.Message;
import io.millrace.protocol.MessageWriter;
import io.millrace.protocol.message.ConsumerProtocolAssignment;
import io.millrace.protocol.message.ConsumerProtocolSubscription;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What consumers of one group tell each other inside JoinGroup and SyncGroup: a 16-bit version and a message. Stateless.
 *
 * <p>A reader takes versions above the ones it knows for its own highest: fields are only ever added at the end.
 */
public final class ConsumerProtocol {

    /** The protocol type of consumer groups. */
    public static final String TYPE = "consumer";

    private static final short SUBSCRIPTION_VERSION = 3;
    private static final short ASSIGNMENT_VERSION = 1;

    private ConsumerProtocol() {}

    /** The generation is also in the sticky assignor's user data, where leaders of before Kafka 3.5 look for it. */
    public static byte[] subscription(
            Assignor assignor, List<String> topics, Collection<TopicPartition> owned, int generation) {
        List<ConsumerProtocolSubscription.TopicPartition> claims = new ArrayList<>();
        byTopic(owned)
                .forEach((topic, partitions) -> claims.add(new ConsumerProtocolSubscription.TopicPartition()
                        .topic(topic)
                        .partitions(partitions)));
        return bytes(
                new ConsumerProtocolSubscription()
                        .topics(topics)
                        .userData(
                                assignor == Assignor.COOPERATIVE_STICKY
                                        ? ByteBuffer.allocate(Integer.BYTES)
                                                .putInt(generation)
                                                .array()
                                        : null)
                        .ownedPartitions(claims)
                        .generationId(generation),
                SUBSCRIPTION_VERSION);
    }

    /**
     * Reads what a member joined with.
     *
     * @throws MalformedMessageException when it is not a subscription
     */
    public static MemberSubscription readSubscription(String memberId, @Nullable String instanceId, byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        short version = version(in, ConsumerProtocolSubscription.HIGHEST_VERSION);
        ConsumerProtocolSubscription message = ConsumerProtocolSubscription.read(in, version);
        List<TopicPartition> owned = new ArrayList<>();
        for (ConsumerProtocolSubscription.TopicPartition topic : message.ownedPartitions()) {
            for (int partition : topic.partitions()) {
                owned.add(partition(topic.topic(), partition));
            }
        }
        int generation = message.generationId();
        byte[] userData = message.userData();
        if (generation < 0 && userData != null && userData.length == Integer.BYTES) {
            generation = ByteBuffer.wrap(userData).getInt();
        }
        return new MemberSubscription(memberId, instanceId, message.topics(), owned, generation);
    }

    public static byte[] assignment(Collection<TopicPartition> partitions) {
        List<ConsumerProtocolAssignment.TopicPartition> topics = new ArrayList<>();
        byTopic(partitions)
                .forEach((topic, numbers) -> topics.add(new ConsumerProtocolAssignment.TopicPartition()
                        .topic(topic)
                        .partitions(numbers)));
        return bytes(new ConsumerProtocolAssignment().assignedPartitions(topics), ASSIGNMENT_VERSION);
    }

    /**
     * Reads what a member was assigned.
     *
     * @throws MalformedMessageException when it is not an assignment; no bytes at all are an empty one
     */
    public static List<TopicPartition> readAssignment(byte[] bytes) {
        List<TopicPartition> partitions = new ArrayList<>();
        if (bytes.length == 0) {
            return partitions;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        short version = version(in, ConsumerProtocolAssignment.HIGHEST_VERSION);
        for (ConsumerProtocolAssignment.TopicPartition topic :
                ConsumerProtocolAssignment.read(in, version).assignedPartitions()) {
            for (int partition : topic.partitions()) {
                partitions.add(partition(topic.topic(), partition));
            }
        }
        return partitions;
    }

    private static TopicPartition partition(String topic, int number) {
        if (topic.isEmpty() || number < 0) {
            throw new MalformedMessageException(
                    "no partition: topic '" + topic + "', number " + number, "partitions", 0);
        }
        return new TopicPartition(topic, number);
    }

    private static short version(ByteBuffer in, short highest) {
        if (in.remaining() < Short.BYTES) {
            throw new MalformedMessageException("only " + in.remaining() + " bytes", "version", 0);
        }
        short version = in.getShort();
        if (version < 0) {
            throw new MalformedMessageException("it is " + version, "version", 0);
        }
        return (short) Math.min(version, highest);
    }

    private static Map<String, int[]> byTopic(Collection<TopicPartition> partitions) {
        Map<String, List<Integer>> numbers = new TreeMap<>();
        for (TopicPartition partition : partitions) {
            numbers.computeIfAbsent(partition.topic(), topic -> new ArrayList<>())
                    .add(partition.partition());
        }
        Map<String, int[]> arrays = new TreeMap<>();
        numbers.forEach((topic, list) -> arrays.put(
                topic, list.stream().mapToInt(Integer::intValue).sorted().toArray()));
        return arrays;
    }

    private static byte[] bytes(Message message, short version) {
        byte[] bytes = new byte[Short.BYTES + message.size(version)];
        ByteBuf out = Unpooled.wrappedBuffer(bytes).clear();
        out.writeShort(version);
        message.write(new MessageWriter(out), version);
        return bytes;
    }
}
