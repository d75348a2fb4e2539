package io.millrace.broker.metadata;

import io.millrace.broker.config.InternalTopics;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.MetadataRequest;
import io.millrace.protocol.message.MetadataResponse;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.PartitionImage;
import io.millrace.replication.metadata.TopicImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Topics of one Metadata answer. */
final class TopicAnswers {

    private final MetadataImage image;
    private final Map<String, TopicAutoCreation.Refusal> refusals;

    TopicAnswers(MetadataImage image, Map<String, TopicAutoCreation.Refusal> refusals) {
        this.image = image;
        this.refusals = refusals;
    }

    MetadataResponse.MetadataResponseTopic asked(MetadataRequest.MetadataRequestTopic asked) {
        if (!asked.topicId().isZero()) {
            TopicImage topic = image.topic(asked.topicId());
            return topic != null
                    ? found(topic)
                    : new MetadataResponse.MetadataResponseTopic()
                            .topicId(asked.topicId())
                            .name(asked.name() == null ? "" : asked.name())
                            .errorCode(ErrorCode.UNKNOWN_TOPIC_ID.code());
        }
        String name = asked.name() == null ? "" : asked.name();
        TopicImage topic = image.topic(name);
        if (topic != null) {
            return found(topic);
        }
        TopicAutoCreation.Refusal refusal = refusals.get(name);
        ErrorCode error = refusal != null ? refusal.error() : errorOfMissing(name);
        return new MetadataResponse.MetadataResponseTopic().name(name).errorCode(error.code());
    }

    private static ErrorCode errorOfMissing(String name) {
        return name.isEmpty() ? ErrorCode.INVALID_TOPIC_EXCEPTION : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    }

    MetadataResponse.MetadataResponseTopic found(TopicImage topic) {
        List<MetadataResponse.MetadataResponsePartition> partitions = new ArrayList<>(topic.partitionCount());
        for (PartitionImage partition : topic.partitions()) {
            boolean led = partition.leader() != PartitionImage.NO_LEADER;
            partitions.add(new MetadataResponse.MetadataResponsePartition()
                    .partitionIndex(partition.partition())
                    .errorCode((led ? ErrorCode.NONE : ErrorCode.LEADER_NOT_AVAILABLE).code())
                    .leaderId(partition.leader())
                    .leaderEpoch(partition.leaderEpoch())
                    .replicaNodes(partition.replicas().toArray())
                    .isrNodes(partition.isr().toArray()));
        }
        return new MetadataResponse.MetadataResponseTopic()
                .name(topic.name())
                .topicId(topic.topicId())
                .isInternal(InternalTopics.contains(topic.name()))
                .partitions(partitions);
    }
}
