package io.millrace.client.cluster;

import io.millrace.client.connection.ServerAddress;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Uuid;
import io.millrace.protocol.message.MetadataResponse;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one metadata answer said. Immutable.
 *
 * @param clusterId null from brokers that do not tell, and before the first answer
 * @param controllerId -1 when unknown
 * @param brokers the live ones by id
 * @param topics those that were asked for and exist
 * @param topicErrors why a topic that was asked for is not in {@code topics}
 */
public record ClusterImage(
        @Nullable String clusterId,
        int controllerId,
        SortedMap<Integer, ServerAddress> brokers,
        Map<String, TopicImage> topics,
        Map<String, ErrorCode> topicErrors) {

    /** Before the first answer. */
    public static final ClusterImage EMPTY = new ClusterImage(null, -1, new TreeMap<>(), Map.of(), Map.of());

    public ClusterImage {
        brokers = Collections.unmodifiableSortedMap(new TreeMap<>(brokers));
        topics = Map.copyOf(topics);
        topicErrors = Map.copyOf(topicErrors);
    }

    static ClusterImage of(MetadataResponse response) {
        SortedMap<Integer, ServerAddress> brokers = new TreeMap<>();
        for (MetadataResponse.MetadataResponseBroker broker : response.brokers()) {
            brokers.put(broker.nodeId(), new ServerAddress(broker.host(), broker.port()));
        }
        ClusterTopics topics = ClusterTopics.of(response);
        return new ClusterImage(
                response.clusterId(), response.controllerId(), brokers, topics.topics(), topics.errors());
    }

    /** Whether no broker has answered yet. */
    public boolean isEmpty() {
        return brokers.isEmpty();
    }

    public @Nullable TopicImage topic(String name) {
        return topics.get(name);
    }

    /** The topic of this id; null when it is not in this image. */
    public @Nullable TopicImage topic(Uuid id) {
        for (TopicImage topic : topics.values()) {
            if (topic.id().equals(id)) {
                return topic;
            }
        }
        return null;
    }

    /** Null when the partition is not in this image. */
    public @Nullable PartitionImage partition(TopicPartition name) {
        TopicImage topic = topics.get(name.topic());
        return topic == null ? null : topic.partition(name.partition());
    }
}
