package io.millrace.client.consumer.group;

import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.connection.ApiRange;
import io.millrace.client.connection.ClientRequest;
import io.millrace.client.consumer.assignment.Assignor;
import io.millrace.client.consumer.assignment.ConsumerProtocol;
import io.millrace.protocol.message.ApiKey;
import io.millrace.protocol.message.HeartbeatRequest;
import io.millrace.protocol.message.JoinGroupRequest;
import io.millrace.protocol.message.LeaveGroupRequest;
import io.millrace.protocol.message.SyncGroupRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The requests of membership. Stateless. */
final class GroupRequests {

    private static final ApiRange JOIN = ApiRange.of(ApiKey.JOIN_GROUP, 2, 9);
    private static final ApiRange SYNC = ApiRange.of(ApiKey.SYNC_GROUP, 1, 5);
    private static final ApiRange HEARTBEAT = ApiRange.of(ApiKey.HEARTBEAT, 1, 4);
    private static final ApiRange LEAVE = ApiRange.of(ApiKey.LEAVE_GROUP, 1, 5);
    private static final int FIRST_LEAVE_OF_MANY = 3;
    private static final int FIRST_LEAVE_WITH_REASON = 5;
    private static final int FIRST_SYNC_WITH_PROTOCOL = 5;

    private GroupRequests() {}

    /** @param generation of {@code owned}, -1 without one */
    static ClientRequest join(
            GroupConfig config, String memberId, List<String> topics, List<TopicPartition> owned, int generation) {
        return ClientRequest.of(JOIN, version -> {
            List<JoinGroupRequest.JoinGroupRequestProtocol> protocols = new ArrayList<>();
            for (Assignor assignor : config.assignors()) {
                protocols.add(new JoinGroupRequest.JoinGroupRequestProtocol()
                        .name(assignor.wireName())
                        .metadata(ConsumerProtocol.subscription(assignor, topics, owned, generation)));
            }
            return new JoinGroupRequest()
                    .groupId(config.groupId())
                    .sessionTimeoutMs(config.sessionTimeoutMs())
                    .rebalanceTimeoutMs(config.maxPollIntervalMs())
                    .memberId(memberId)
                    .groupInstanceId(config.instanceId())
                    .protocolType(ConsumerProtocol.TYPE)
                    .protocols(protocols);
        });
    }

    /** @param assignments by member id; empty from everybody but the leader */
    static ClientRequest sync(
            GroupConfig config, Generation generation, Map<String, List<TopicPartition>> assignments) {
        return ClientRequest.of(SYNC, version -> {
            List<SyncGroupRequest.SyncGroupRequestAssignment> entries = new ArrayList<>();
            assignments.forEach((member, partitions) -> entries.add(new SyncGroupRequest.SyncGroupRequestAssignment()
                    .memberId(member)
                    .assignment(ConsumerProtocol.assignment(partitions))));
            SyncGroupRequest request = new SyncGroupRequest()
                    .groupId(config.groupId())
                    .generationId(generation.id())
                    .memberId(generation.memberId())
                    .groupInstanceId(config.instanceId())
                    .assignments(entries);
            return version >= FIRST_SYNC_WITH_PROTOCOL
                    ? request.protocolType(ConsumerProtocol.TYPE).protocolName(generation.protocol())
                    : request;
        });
    }

    static ClientRequest heartbeat(GroupConfig config, Generation generation) {
        return ClientRequest.of(
                HEARTBEAT,
                version -> new HeartbeatRequest()
                        .groupId(config.groupId())
                        .generationId(generation.id())
                        .memberId(generation.memberId())
                        .groupInstanceId(config.instanceId()));
    }

    static ClientRequest leave(GroupConfig config, String memberId, String reason) {
        return ClientRequest.of(LEAVE, version -> {
            LeaveGroupRequest request = new LeaveGroupRequest().groupId(config.groupId());
            if (version < FIRST_LEAVE_OF_MANY) {
                return request.memberId(memberId);
            }
            LeaveGroupRequest.MemberIdentity self =
                    new LeaveGroupRequest.MemberIdentity().memberId(memberId).groupInstanceId(config.instanceId());
            return request.members(List.of(version >= FIRST_LEAVE_WITH_REASON ? self.reason(reason) : self));
        });
    }
}
