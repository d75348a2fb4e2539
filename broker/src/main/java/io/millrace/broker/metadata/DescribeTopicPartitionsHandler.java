package io.millrace.broker.metadata;

import io.millrace.broker.config.InternalTopics;
import io.millrace.broker.request.AllowedOperations;
import io.millrace.broker.request.ApiHandler;
import io.millrace.broker.request.RequestContext;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.DescribeTopicPartitionsRequest;
import io.millrace.protocol.message.DescribeTopicPartitionsResponse;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.MetadataPublisher;
import io.millrace.replication.metadata.PartitionImage;
import io.millrace.replication.metadata.TopicImage;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * DescribeTopicPartitions, version 0 (KIP-966): topics and their partitions by name, a page at a time. A page that is full
 * ends with the cursor of the first partition that it lacks.
 */
public final class DescribeTopicPartitionsHandler implements ApiHandler<DescribeTopicPartitionsRequest> {

    /** Partitions of one page, whatever the client asks. */
    static final int MAX_PARTITIONS = 2_000;

    private static final int[] NO_BROKERS = {};

    private final MetadataPublisher metadata;

    public DescribeTopicPartitionsHandler(MetadataPublisher metadata) {
        this.metadata = metadata;
    }

    @Override
    public void handle(RequestContext context, DescribeTopicPartitionsRequest request) {
        context.answer(page(metadata.image(), request));
    }

    static DescribeTopicPartitionsResponse page(MetadataImage image, DescribeTopicPartitionsRequest request) {
        DescribeTopicPartitionsResponse page = new DescribeTopicPartitionsResponse();
        DescribeTopicPartitionsRequest.Cursor cursor = request.cursor();
        int room = Math.max(1, Math.min(request.responsePartitionLimit(), MAX_PARTITIONS));
        boolean named = !request.topics().isEmpty();
        for (String name : names(image, request)) {
            if (cursor != null && name.compareTo(cursor.topicName()) < 0) {
                continue;
            }
            TopicImage topic = image.topic(name);
            if (topic == null) {
                if (named) {
                    page.topics().add(missing(name));
                }
                continue;
            }
            int first = cursor != null && name.equals(cursor.topicName()) ? cursor.partitionIndex() : 0;
            int from = Math.clamp(first, 0, topic.partitionCount());
            int to = Math.min(topic.partitionCount(), from + room);
            if (room == 0 || to < topic.partitionCount()) {
                if (to > from) {
                    page.topics().add(found(topic, from, to));
                }
                return page.nextCursor(new DescribeTopicPartitionsResponse.Cursor()
                        .topicName(name)
                        .partitionIndex(to));
            }
            page.topics().add(found(topic, from, to));
            room -= to - from;
        }
        return page;
    }

    /** In the order that cursors rely on. */
    private static Iterable<String> names(MetadataImage image, DescribeTopicPartitionsRequest request) {
        if (!request.topics().isEmpty()) {
            TreeSet<String> names = new TreeSet<>();
            request.topics().forEach(topic -> names.add(topic.name()));
            return names;
        }
        List<String> names = new ArrayList<>(image.topicCount());
        for (TopicImage topic : image.topics()) {
            names.add(topic.name());
        }
        return names;
    }

    private static DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic missing(String name) {
        return new DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic()
                .name(name)
                .errorCode(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    private static DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic found(
            TopicImage topic, int from, int to) {
        DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic answer =
                new DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic()
                        .name(topic.name())
                        .topicId(topic.topicId())
                        .isInternal(InternalTopics.contains(topic.name()))
                        .topicAuthorizedOperations(AllowedOperations.TOPIC);
        for (PartitionImage partition : topic.partitions().subList(from, to)) {
            boolean led = partition.hasLeader();
            answer.partitions()
                    .add(new DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition()
                            .errorCode((led ? ErrorCode.NONE : ErrorCode.LEADER_NOT_AVAILABLE).code())
                            .partitionIndex(partition.partition())
                            .leaderId(partition.leader())
                            .leaderEpoch(partition.leaderEpoch())
                            .replicaNodes(partition.replicas().toArray())
                            .isrNodes(partition.isr().toArray())
                            // Clients take null for a list.
                            .eligibleLeaderReplicas(NO_BROKERS)
                            .lastKnownElr(NO_BROKERS));
        }
        return answer;
    }
}
