package io.millrace.broker.coordinator.group.offset;

import io.millrace.broker.config.GroupConfig;
import io.millrace.broker.coordinator.group.classic.ClassicGroups;
import io.millrace.broker.coordinator.group.log.DecisionLog;
import io.millrace.broker.coordinator.group.state.GroupRecord;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.OffsetCommitRequest;
import io.millrace.protocol.message.OffsetCommitResponse;
import io.millrace.protocol.message.OffsetCommitValue;
import io.millrace.runtime.Clock;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** OffsetCommit. Owned by the shard loop. */
final class OffsetCommits {

    private static final long NO_RETENTION = -1;

    private final GroupConfig.Offsets settings;
    private final DecisionLog log;
    private final ClassicGroups groups;
    private final Clock clock;

    OffsetCommits(GroupConfig.Offsets settings, DecisionLog log, ClassicGroups groups, Clock clock) {
        this.settings = settings;
        this.log = log;
        this.groups = groups;
        this.clock = clock;
    }

    /**
     * Commits what may be committed.
     *
     * @param request its topics exist and have names and ids
     * @param answer told once, when the offsets are committed
     */
    void commit(OffsetCommitRequest request, Consumer<OffsetCommitResponse> answer) {
        ErrorCode fault = groups.commitFault(
                request.groupId(), request.memberId(), request.groupInstanceId(), request.generationIdOrMemberEpoch());
        if (fault == ErrorCode.NONE && !groups.hasRoomFor(request.groupId())) {
            fault = ErrorCode.POLICY_VIOLATION;
        }
        if (fault != ErrorCode.NONE) {
            answer.accept(answered(request, fault));
            return;
        }
        List<GroupRecord> records = new ArrayList<>();
        OffsetCommitResponse response = new OffsetCommitResponse();
        for (OffsetCommitRequest.OffsetCommitRequestTopic topic : request.topics()) {
            OffsetCommitResponse.OffsetCommitResponseTopic answeredTopic = topicOf(topic);
            for (OffsetCommitRequest.OffsetCommitRequestPartition partition : topic.partitions()) {
                ErrorCode error =
                        isTooLong(partition.committedMetadata()) ? ErrorCode.OFFSET_METADATA_TOO_LARGE : ErrorCode.NONE;
                if (error == ErrorCode.NONE) {
                    records.add(record(request, topic, partition));
                }
                answeredTopic.partitions().add(partitionOf(partition, error));
            }
            response.topics().add(answeredTopic);
        }
        ErrorCode refused = records.isEmpty() ? ErrorCode.NONE : log.write(records);
        if (refused != ErrorCode.NONE) {
            answer.accept(answered(request, refused));
            return;
        }
        log.afterCommit(error -> answer.accept(error == ErrorCode.NONE ? response : answered(request, error)));
    }

    private boolean isTooLong(@Nullable String metadata) {
        return metadata != null && metadata.getBytes(StandardCharsets.UTF_8).length > settings.metadataMaxBytes();
    }

    private GroupRecord record(
            OffsetCommitRequest request,
            OffsetCommitRequest.OffsetCommitRequestTopic topic,
            OffsetCommitRequest.OffsetCommitRequestPartition partition) {
        long nowMs = clock.wallMs();
        String metadata = partition.committedMetadata();
        OffsetCommitValue value = new OffsetCommitValue()
                .offset(partition.committedOffset())
                .leaderEpoch(partition.committedLeaderEpoch())
                .metadata(metadata == null ? "" : metadata)
                .commitTimestamp(nowMs);
        if (request.retentionTimeMs() == NO_RETENTION) {
            value.topicId(topic.topicId());
        } else {
            // Clients before version 5 may say how long; the record's version for that has no room for a topic id.
            value.expireTimestamp(nowMs + request.retentionTimeMs());
        }
        return new GroupRecord.OffsetCommitted(request.groupId(), topic.name(), partition.partitionIndex(), value);
    }

    /** The same error for everything that was asked. */
    static OffsetCommitResponse answered(OffsetCommitRequest request, ErrorCode error) {
        OffsetCommitResponse response = new OffsetCommitResponse();
        for (OffsetCommitRequest.OffsetCommitRequestTopic topic : request.topics()) {
            OffsetCommitResponse.OffsetCommitResponseTopic answeredTopic = topicOf(topic);
            for (OffsetCommitRequest.OffsetCommitRequestPartition partition : topic.partitions()) {
                answeredTopic.partitions().add(partitionOf(partition, error));
            }
            response.topics().add(answeredTopic);
        }
        return response;
    }

    private static OffsetCommitResponse.OffsetCommitResponseTopic topicOf(
            OffsetCommitRequest.OffsetCommitRequestTopic topic) {
        return new OffsetCommitResponse.OffsetCommitResponseTopic()
                .name(topic.name())
                .topicId(topic.topicId())
                .partitions(new ArrayList<>(topic.partitions().size()));
    }

    private static OffsetCommitResponse.OffsetCommitResponsePartition partitionOf(
            OffsetCommitRequest.OffsetCommitRequestPartition partition, ErrorCode error) {
        return new OffsetCommitResponse.OffsetCommitResponsePartition()
                .partitionIndex(partition.partitionIndex())
                .errorCode(error.code());
    }
}
