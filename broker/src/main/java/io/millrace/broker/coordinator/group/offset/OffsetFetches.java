package io.millrace.broker.coordinator.group.offset;

import io.millrace.broker.coordinator.group.log.DecisionLog;
import io.millrace.broker.coordinator.group.state.GroupState;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Uuid;
import io.millrace.protocol.message.OffsetCommitValue;
import io.millrace.protocol.message.OffsetFetchRequest;
import io.millrace.protocol.message.OffsetFetchResponse;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.TopicImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * OffsetFetch. Owned by the shard loop.
 *
 * <p>An offset belongs to the topic whose id it was committed with: one of the same name that was created again has none
 * (RELIABILITY.md, anomaly 25). Without transactions no offset is unstable, so {@code require_stable} changes nothing: every
 * answer waits for the commit of what it shows.
 */
final class OffsetFetches {

    private static final long NO_OFFSET = -1;
    private static final int NO_EPOCH = -1;

    private final DecisionLog log;
    private final GroupState state;

    OffsetFetches(DecisionLog log, GroupState state) {
        this.log = log;
        this.state = state;
    }

    /**
     * @param image what topics there are
     * @param answer told once, when what it shows is committed
     */
    void fetch(
            OffsetFetchRequest.OffsetFetchRequestGroup request,
            MetadataImage image,
            Consumer<OffsetFetchResponse.OffsetFetchResponseGroup> answer) {
        String groupId = request.groupId();
        List<OffsetFetchRequest.OffsetFetchRequestTopics> asked = request.topics();
        OffsetFetchResponse.OffsetFetchResponseGroup response =
                new OffsetFetchResponse.OffsetFetchResponseGroup().groupId(groupId);
        GroupState.GroupOffsets offsets = state.offsets(groupId);
        if (asked == null) {
            if (offsets != null) {
                all(offsets, image, response);
            }
        } else {
            for (OffsetFetchRequest.OffsetFetchRequestTopics topic : asked) {
                response.topics().add(topic(topic, offsets, image));
            }
        }
        log.afterCommit(error -> answer.accept(
                error == ErrorCode.NONE
                        ? response
                        : new OffsetFetchResponse.OffsetFetchResponseGroup()
                                .groupId(groupId)
                                .errorCode(error.code())));
    }

    private static void all(
            GroupState.GroupOffsets offsets,
            MetadataImage image,
            OffsetFetchResponse.OffsetFetchResponseGroup response) {
        for (String name : offsets.topics()) {
            OffsetFetchResponse.OffsetFetchResponseTopics answered = new OffsetFetchResponse.OffsetFetchResponseTopics()
                    .name(name)
                    .topicId(idOf(image, name));
            for (Map.Entry<Integer, OffsetCommitValue> each : offsets.of(name).entrySet()) {
                if (isCurrent(each.getValue(), image, name)) {
                    answered.partitions().add(partition(each.getKey(), each.getValue()));
                }
            }
            if (!answered.partitions().isEmpty()) {
                response.topics().add(answered);
            }
        }
    }

    private static OffsetFetchResponse.OffsetFetchResponseTopics topic(
            OffsetFetchRequest.OffsetFetchRequestTopics asked,
            GroupState.@Nullable GroupOffsets offsets,
            MetadataImage image) {
        Map<Integer, OffsetCommitValue> committed = offsets == null ? Map.of() : offsets.of(asked.name());
        List<OffsetFetchResponse.OffsetFetchResponsePartitions> partitions =
                new ArrayList<>(asked.partitionIndexes().length);
        for (int index : asked.partitionIndexes()) {
            OffsetCommitValue value = committed.get(index);
            boolean current = value != null && isCurrent(value, image, asked.name());
            partitions.add(partition(index, current ? value : null));
        }
        return new OffsetFetchResponse.OffsetFetchResponseTopics()
                .name(asked.name())
                .topicId(asked.topicId())
                .partitions(partitions);
    }

    private static boolean isCurrent(OffsetCommitValue value, MetadataImage image, String name) {
        return value.topicId().isZero() || value.topicId().equals(idOf(image, name));
    }

    private static Uuid idOf(MetadataImage image, String name) {
        TopicImage topic = image.topic(name);
        return topic == null ? Uuid.ZERO : topic.topicId();
    }

    private static OffsetFetchResponse.OffsetFetchResponsePartitions partition(
            int index, @Nullable OffsetCommitValue value) {
        OffsetFetchResponse.OffsetFetchResponsePartitions answered =
                new OffsetFetchResponse.OffsetFetchResponsePartitions().partitionIndex(index);
        return value == null
                ? answered.committedOffset(NO_OFFSET)
                        .committedLeaderEpoch(NO_EPOCH)
                        .metadata("")
                : answered.committedOffset(value.offset())
                        .committedLeaderEpoch(value.leaderEpoch())
                        .metadata(value.metadata());
    }
}
