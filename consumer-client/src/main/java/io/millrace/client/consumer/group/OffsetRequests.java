package io.millrace.client.consumer.group;

import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.connection.ApiRange;
import io.millrace.client.connection.ClientRequest;
import io.millrace.client.error.RefusedException;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.ApiKey;
import io.millrace.protocol.message.OffsetCommitRequest;
import io.millrace.protocol.message.OffsetCommitResponse;
import io.millrace.protocol.message.OffsetFetchRequest;
import io.millrace.protocol.message.OffsetFetchResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Requests about committed offsets, and how their answers read. Stateless. Version 10 of both names topics by id: not used. */
final class OffsetRequests {

    private static final ApiRange COMMIT = ApiRange.of(ApiKey.OFFSET_COMMIT, 2, 9);
    private static final ApiRange FETCH = ApiRange.of(ApiKey.OFFSET_FETCH, 2, 9);
    private static final int FIRST_COMMIT_WITH_EPOCH = 6;
    private static final int FIRST_FETCH_OF_STABLE = 7;
    private static final int FIRST_FETCH_OF_GROUPS = 8;

    private OffsetRequests() {}

    static ClientRequest commit(
            GroupConfig config, Generation generation, Map<TopicPartition, CommittedOffset> offsets) {
        return ClientRequest.of(COMMIT, version -> {
            Map<String, OffsetCommitRequest.OffsetCommitRequestTopic> topics = new TreeMap<>();
            offsets.forEach((partition, committed) -> {
                OffsetCommitRequest.OffsetCommitRequestPartition entry =
                        new OffsetCommitRequest.OffsetCommitRequestPartition()
                                .partitionIndex(partition.partition())
                                .committedOffset(committed.offset())
                                .committedMetadata(committed.metadata());
                if (version >= FIRST_COMMIT_WITH_EPOCH) {
                    entry.committedLeaderEpoch(committed.leaderEpoch());
                }
                topics.computeIfAbsent(
                                partition.topic(),
                                name -> new OffsetCommitRequest.OffsetCommitRequestTopic().name(name))
                        .partitions()
                        .add(entry);
            });
            return new OffsetCommitRequest()
                    .groupId(config.groupId())
                    .generationIdOrMemberEpoch(generation.id())
                    .memberId(generation.memberId())
                    .groupInstanceId(generation.isJoined() ? config.instanceId() : null)
                    .topics(new ArrayList<>(topics.values()));
        });
    }

    static Map<TopicPartition, ErrorCode> readCommitted(OffsetCommitResponse response) {
        Map<TopicPartition, ErrorCode> errors = new TreeMap<>();
        for (OffsetCommitResponse.OffsetCommitResponseTopic topic : response.topics()) {
            for (OffsetCommitResponse.OffsetCommitResponsePartition partition : topic.partitions()) {
                errors.put(
                        new TopicPartition(topic.name(), partition.partitionIndex()),
                        ErrorCode.of(partition.errorCode()));
            }
        }
        return errors;
    }

    static ClientRequest fetch(GroupConfig config, Collection<TopicPartition> partitions) {
        Map<String, List<Integer>> byTopic = new TreeMap<>();
        for (TopicPartition partition : partitions) {
            byTopic.computeIfAbsent(partition.topic(), topic -> new ArrayList<>())
                    .add(partition.partition());
        }
        return ClientRequest.of(FETCH, version -> {
            OffsetFetchRequest request = new OffsetFetchRequest();
            if (version >= FIRST_FETCH_OF_STABLE) {
                request.requireStable(true);
            }
            if (version >= FIRST_FETCH_OF_GROUPS) {
                List<OffsetFetchRequest.OffsetFetchRequestTopics> topics = new ArrayList<>();
                byTopic.forEach((topic, numbers) -> topics.add(new OffsetFetchRequest.OffsetFetchRequestTopics()
                        .name(topic)
                        .partitionIndexes(array(numbers))));
                return request.groups(List.of(new OffsetFetchRequest.OffsetFetchRequestGroup()
                        .groupId(config.groupId())
                        .topics(topics)));
            }
            List<OffsetFetchRequest.OffsetFetchRequestTopic> topics = new ArrayList<>();
            byTopic.forEach((topic, numbers) -> topics.add(
                    new OffsetFetchRequest.OffsetFetchRequestTopic().name(topic).partitionIndexes(array(numbers))));
            return request.groupId(config.groupId()).topics(topics);
        });
    }

    private static int[] array(List<Integer> numbers) {
        return numbers.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Throws the first error there is. */
    static Map<TopicPartition, CommittedOffset> readFetched(
            GroupConfig config, OffsetFetchResponse response, short version) {
        Map<TopicPartition, CommittedOffset> offsets = new TreeMap<>();
        if (version < FIRST_FETCH_OF_GROUPS) {
            check(config, ErrorCode.of(response.errorCode()));
            for (OffsetFetchResponse.OffsetFetchResponseTopic topic : response.topics()) {
                for (OffsetFetchResponse.OffsetFetchResponsePartition partition : topic.partitions()) {
                    check(config, ErrorCode.of(partition.errorCode()));
                    put(
                            offsets,
                            new TopicPartition(topic.name(), partition.partitionIndex()),
                            partition.committedOffset(),
                            partition.committedLeaderEpoch(),
                            partition.metadata());
                }
            }
            return offsets;
        }
        for (OffsetFetchResponse.OffsetFetchResponseGroup group : response.groups()) {
            check(config, ErrorCode.of(group.errorCode()));
            for (OffsetFetchResponse.OffsetFetchResponseTopics topic : group.topics()) {
                for (OffsetFetchResponse.OffsetFetchResponsePartitions partition : topic.partitions()) {
                    check(config, ErrorCode.of(partition.errorCode()));
                    put(
                            offsets,
                            new TopicPartition(topic.name(), partition.partitionIndex()),
                            partition.committedOffset(),
                            partition.committedLeaderEpoch(),
                            partition.metadata());
                }
            }
        }
        return offsets;
    }

    private static void check(GroupConfig config, ErrorCode error) {
        if (error != ErrorCode.NONE) {
            throw RefusedException.of("look up committed offsets of group " + config.groupId(), error, null);
        }
    }

    private static void put(
            Map<TopicPartition, CommittedOffset> into,
            TopicPartition partition,
            long offset,
            int leaderEpoch,
            @Nullable String metadata) {
        if (offset >= 0) {
            into.put(partition, new CommittedOffset(offset, leaderEpoch, metadata == null ? "" : metadata));
        }
    }
}
