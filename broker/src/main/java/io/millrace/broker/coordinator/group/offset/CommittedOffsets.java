package io.millrace.broker.coordinator.group.offset;

import io.millrace.broker.config.GroupConfig;
import io.millrace.broker.coordinator.group.classic.ClassicGroups;
import io.millrace.broker.coordinator.group.classic.GroupPhase;
import io.millrace.broker.coordinator.group.log.DecisionLog;
import io.millrace.broker.coordinator.group.state.GroupRecord;
import io.millrace.broker.coordinator.group.state.GroupState;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Uuid;
import io.millrace.protocol.message.OffsetCommitRequest;
import io.millrace.protocol.message.OffsetCommitResponse;
import io.millrace.protocol.message.OffsetCommitValue;
import io.millrace.protocol.message.OffsetDeleteRequest;
import io.millrace.protocol.message.OffsetDeleteResponse;
import io.millrace.protocol.message.OffsetFetchRequest;
import io.millrace.protocol.message.OffsetFetchResponse;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.replica.DeadlineQueue;
import io.millrace.runtime.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** The committed offsets of one coordinator partition. Owned by the shard loop. */
public final class CommittedOffsets {

    private final DecisionLog log;
    private final GroupState state;
    private final ClassicGroups groups;
    private final OffsetCommits commits;
    private final OffsetFetches fetches;
    private final OffsetExpiry expiry;

    public CommittedOffsets(
            GroupConfig config,
            DecisionLog log,
            GroupState state,
            ClassicGroups groups,
            DeadlineQueue deadlines,
            Clock clock) {
        this.log = log;
        this.state = state;
        this.groups = groups;
        this.commits = new OffsetCommits(config.offsets(), log, groups, clock);
        this.fetches = new OffsetFetches(log, state);
        this.expiry = new OffsetExpiry(config.offsets(), log, state, groups, deadlines, clock);
    }

    /**
     * Commits offsets.
     *
     * @param request its topics exist and have names and ids
     * @param answer told once
     */
    public void commit(OffsetCommitRequest request, Consumer<OffsetCommitResponse> answer) {
        commits.commit(request, answer);
    }

    /** The same error for everything that was asked. */
    public static OffsetCommitResponse refused(OffsetCommitRequest request, ErrorCode error) {
        return OffsetCommits.answered(request, error);
    }

    /**
     * Shows offsets of a group.
     *
     * @param answer told once, when what it shows is committed
     */
    public void fetch(
            OffsetFetchRequest.OffsetFetchRequestGroup request,
            MetadataImage image,
            Consumer<OffsetFetchResponse.OffsetFetchResponseGroup> answer) {
        fetches.fetch(request, image, answer);
    }

    /** Takes offsets of a group back, except of topics that its members are subscribed to (KIP-496). */
    public void delete(OffsetDeleteRequest request, Consumer<OffsetDeleteResponse> answer) {
        String groupId = request.groupId();
        GroupPhase phase = groups.phase(groupId);
        Set<String> subscribed = groups.subscribedTopics(groupId);
        if (phase == GroupPhase.DEAD || (phase != GroupPhase.EMPTY && subscribed == null)) {
            ErrorCode error = phase == GroupPhase.DEAD ? ErrorCode.GROUP_ID_NOT_FOUND : ErrorCode.NON_EMPTY_GROUP;
            answer.accept(new OffsetDeleteResponse().errorCode(error.code()));
            return;
        }
        List<GroupRecord> records = new ArrayList<>();
        OffsetDeleteResponse response = new OffsetDeleteResponse();
        GroupState.GroupOffsets offsets = state.offsets(groupId);
        for (OffsetDeleteRequest.OffsetDeleteRequestTopic topic : request.topics()) {
            boolean used = phase != GroupPhase.EMPTY && subscribed != null && subscribed.contains(topic.name());
            OffsetDeleteResponse.OffsetDeleteResponseTopic answered =
                    new OffsetDeleteResponse.OffsetDeleteResponseTopic().name(topic.name());
            for (OffsetDeleteRequest.OffsetDeleteRequestPartition partition : topic.partitions()) {
                int index = partition.partitionIndex();
                if (!used && offsets != null && offsets.of(topic.name()).containsKey(index)) {
                    records.add(new GroupRecord.OffsetCommitted(groupId, topic.name(), index, null));
                }
                answered.partitions()
                        .add(new OffsetDeleteResponse.OffsetDeleteResponsePartition()
                                .partitionIndex(index)
                                .errorCode((used ? ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC : ErrorCode.NONE).code()));
            }
            response.topics().add(answered);
        }
        ErrorCode refused = records.isEmpty() ? ErrorCode.NONE : log.write(records);
        if (refused != ErrorCode.NONE) {
            answer.accept(new OffsetDeleteResponse().errorCode(refused.code()));
            return;
        }
        log.afterCommit(error ->
                answer.accept(error == ErrorCode.NONE ? response : new OffsetDeleteResponse().errorCode(error.code())));
    }

    /** Tombstones of everything that the group has in the log; the group itself last. */
    public List<GroupRecord> endOf(String groupId) {
        List<GroupRecord> records = new ArrayList<>();
        GroupState.GroupOffsets offsets = state.offsets(groupId);
        if (offsets != null) {
            for (String topic : offsets.topics()) {
                for (int partition : offsets.of(topic).keySet()) {
                    records.add(new GroupRecord.OffsetCommitted(groupId, topic, partition, null));
                }
            }
        }
        if (state.group(groupId) != null) {
            records.add(new GroupRecord.GroupChanged(groupId, null));
        }
        return records;
    }

    /** The topic was deleted by a record that says so: its offsets mean nothing any more. Looks at every group once. */
    public void topicDeleted(String name, Uuid topicId) {
        List<GroupRecord> records = new ArrayList<>();
        for (String groupId : state.groupIdsWithOffsets()) {
            GroupState.GroupOffsets offsets = state.offsets(groupId);
            if (offsets == null) {
                continue;
            }
            for (Map.Entry<Integer, OffsetCommitValue> each : offsets.of(name).entrySet()) {
                Uuid committedFor = each.getValue().topicId();
                if (committedFor.isZero() || committedFor.equals(topicId)) {
                    records.add(new GroupRecord.OffsetCommitted(groupId, name, each.getKey(), null));
                }
            }
        }
        if (!records.isEmpty()) {
            // Refused, they stay until they expire; nobody sees them, for their topic's id is gone.
            log.write(records);
        }
    }

    public void close() {
        expiry.close();
    }
}
