package io.millrace.client.admin.group;

import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.connection.ApiRange;
import io.millrace.client.connection.ClientRequest;
import io.millrace.client.error.RefusedException;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Message;
import io.millrace.protocol.message.ApiKey;
import io.millrace.protocol.message.OffsetCommitRequest;
import io.millrace.protocol.message.OffsetCommitResponse;
import io.millrace.protocol.message.OffsetFetchRequest;
import io.millrace.protocol.message.OffsetFetchResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Requests about a group's committed offsets, and how their answers read. Stateless. By topic name, so before the versions with ids. */
final class OffsetRequests {

    private static final ApiRange FETCH = ApiRange.of(ApiKey.OFFSET_FETCH, 2, 9);
    private static final ApiRange COMMIT = ApiRange.of(ApiKey.OFFSET_COMMIT, 2, 9);
    private static final int FIRST_FETCH_OF_GROUPS = 8;
    private static final int FIRST_COMMIT_WITH_EPOCH = 6;
    private static final int NO_GENERATION = -1;
    private static final int NONE_COMMITTED = -1;

    private OffsetRequests() {}

    static ClientRequest fetch(String groupId) {
        return ClientRequest.of(
                FETCH,
                version -> version >= FIRST_FETCH_OF_GROUPS
                        ? new OffsetFetchRequest()
                                .groups(List.of(new OffsetFetchRequest.OffsetFetchRequestGroup()
                                        .groupId(groupId)
                                        .topics(null)))
                        : new OffsetFetchRequest().groupId(groupId).topics(null));
    }

    static SortedMap<TopicPartition, CommittedOffset> readFetched(String groupId, Message answer) {
        OffsetFetchResponse response = (OffsetFetchResponse) answer;
        String what = "read the offsets of group " + groupId;
        SortedMap<TopicPartition, CommittedOffset> offsets = new TreeMap<>();
        check(what, response.errorCode());
        for (OffsetFetchResponse.OffsetFetchResponseGroup group : response.groups()) {
            check(what, group.errorCode());
            for (OffsetFetchResponse.OffsetFetchResponseTopics topic : group.topics()) {
                for (OffsetFetchResponse.OffsetFetchResponsePartitions each : topic.partitions()) {
                    check(what, each.errorCode());
                    put(
                            offsets,
                            new TopicPartition(topic.name(), each.partitionIndex()),
                            each.committedOffset(),
                            each.committedLeaderEpoch(),
                            each.metadata());
                }
            }
        }
        for (OffsetFetchResponse.OffsetFetchResponseTopic topic : response.topics()) {
            for (OffsetFetchResponse.OffsetFetchResponsePartition each : topic.partitions()) {
                check(what, each.errorCode());
                put(
                        offsets,
                        new TopicPartition(topic.name(), each.partitionIndex()),
                        each.committedOffset(),
                        each.committedLeaderEpoch(),
                        each.metadata());
            }
        }
        return offsets;
    }

    private static void put(
            SortedMap<TopicPartition, CommittedOffset> offsets,
            TopicPartition partition,
            long offset,
            int leaderEpoch,
            @Nullable String metadata) {
        if (offset != NONE_COMMITTED) {
            offsets.put(partition, new CommittedOffset(offset, leaderEpoch, metadata == null ? "" : metadata));
        }
    }

    static ClientRequest commit(String groupId, Map<TopicPartition, CommittedOffset> offsets) {
        return ClientRequest.of(COMMIT, version -> {
            Map<String, OffsetCommitRequest.OffsetCommitRequestTopic> topics = new TreeMap<>();
            new TreeMap<>(offsets).forEach((partition, offset) -> {
                OffsetCommitRequest.OffsetCommitRequestPartition commit =
                        new OffsetCommitRequest.OffsetCommitRequestPartition()
                                .partitionIndex(partition.partition())
                                .committedOffset(offset.offset())
                                .committedMetadata(offset.metadata());
                if (version >= FIRST_COMMIT_WITH_EPOCH) {
                    commit.committedLeaderEpoch(offset.leaderEpoch());
                }
                topics.computeIfAbsent(
                                partition.topic(),
                                name -> new OffsetCommitRequest.OffsetCommitRequestTopic().name(name))
                        .partitions()
                        .add(commit);
            });
            return new OffsetCommitRequest()
                    .groupId(groupId)
                    .generationIdOrMemberEpoch(NO_GENERATION)
                    .memberId("")
                    .topics(new ArrayList<>(topics.values()));
        });
    }

    static String readCommitted(String groupId, Message answer) {
        for (OffsetCommitResponse.OffsetCommitResponseTopic topic : ((OffsetCommitResponse) answer).topics()) {
            for (OffsetCommitResponse.OffsetCommitResponsePartition each : topic.partitions()) {
                check(
                        "move the offset of group " + groupId + " in "
                                + new TopicPartition(topic.name(), each.partitionIndex()),
                        each.errorCode());
            }
        }
        return groupId;
    }

    private static void check(String what, short code) {
        ErrorCode error = ErrorCode.of(code);
        if (error != ErrorCode.NONE) {
            throw RefusedException.of(what, error, null);
        }
    }
}
