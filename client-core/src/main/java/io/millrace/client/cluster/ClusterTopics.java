package io.millrace.client.cluster;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.MetadataResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The topics of a metadata answer. Immutable.
 *
 * @param topics those that exist, by name
 * @param errors why a topic that was asked for is not among them
 */
public record ClusterTopics(Map<String, TopicImage> topics, Map<String, ErrorCode> errors) {

    public ClusterTopics {
        topics = Map.copyOf(topics);
        errors = Map.copyOf(errors);
    }

    public static ClusterTopics of(MetadataResponse response) {
        Map<String, TopicImage> topics = new LinkedHashMap<>();
        Map<String, ErrorCode> errors = new LinkedHashMap<>();
        for (MetadataResponse.MetadataResponseTopic topic : response.topics()) {
            String name = topic.name();
            if (name == null) {
                continue;
            }
            ErrorCode error = ErrorCode.of(topic.errorCode());
            List<PartitionImage> partitions = partitionsOf(topic);
            if (partitions.isEmpty()) {
                errors.put(name, error == ErrorCode.NONE ? ErrorCode.LEADER_NOT_AVAILABLE : error);
            } else {
                topics.put(name, new TopicImage(name, topic.topicId(), topic.isInternal(), partitions));
            }
        }
        return new ClusterTopics(topics, errors);
    }

    // A list with gaps would give records to the wrong partition: then the topic is treated as not there yet.
    private static List<PartitionImage> partitionsOf(MetadataResponse.MetadataResponseTopic topic) {
        List<MetadataResponse.MetadataResponsePartition> sorted = new ArrayList<>(topic.partitions());
        sorted.sort(Comparator.comparingInt(MetadataResponse.MetadataResponsePartition::partitionIndex));
        List<PartitionImage> partitions = new ArrayList<>(sorted.size());
        for (MetadataResponse.MetadataResponsePartition partition : sorted) {
            if (partition.partitionIndex() != partitions.size()) {
                return List.of();
            }
            partitions.add(new PartitionImage(
                    partition.partitionIndex(),
                    partition.leaderId(),
                    partition.leaderEpoch(),
                    boxed(partition.replicaNodes()),
                    boxed(partition.isrNodes())));
        }
        return partitions;
    }

    private static List<Integer> boxed(int[] ids) {
        List<Integer> list = new ArrayList<>(ids.length);
        for (int id : ids) {
            list.add(id);
        }
        return list;
    }
}
