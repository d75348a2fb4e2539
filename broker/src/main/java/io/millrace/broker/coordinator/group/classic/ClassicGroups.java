package io.millrace.broker.coordinator.group.classic;

import io.millrace.broker.config.GroupConfig;
import io.millrace.broker.coordinator.group.log.DecisionLog;
import io.millrace.broker.coordinator.group.state.GroupState;
import io.millrace.broker.metrics.Readings;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.DescribeGroupsResponse;
import io.millrace.protocol.message.GroupMetadataValue;
import io.millrace.protocol.message.HeartbeatRequest;
import io.millrace.protocol.message.JoinGroupResponse;
import io.millrace.protocol.message.LeaveGroupRequest;
import io.millrace.protocol.message.LeaveGroupResponse;
import io.millrace.protocol.message.ListGroupsResponse;
import io.millrace.protocol.message.SyncGroupRequest;
import io.millrace.protocol.message.SyncGroupResponse;
import io.millrace.replication.replica.DeadlineQueue;
import io.millrace.runtime.Clock;
import io.millrace.runtime.Randomness;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The classic groups of one coordinator partition, once its log is read. Owned by the shard loop. What members ask is decided
 * by {@link Joins}, {@link Syncs} and {@link Leaves}; {@link Rebalances} takes a group from one generation to the next.
 */
public final class ClassicGroups {

    private final LiveGroups groups;
    private final Rebalances rebalances;
    private final Joins joins;
    private final Syncs syncs;
    private final Leaves leaves;
    private final GroupDescriptions descriptions;

    /** @param state what the log held; groups with members live again, their sessions begin anew */
    public ClassicGroups(
            GroupConfig config,
            DecisionLog log,
            GroupState state,
            DeadlineQueue deadlines,
            Clock clock,
            Randomness randomness,
            RebalanceCounts counts) {
        groups = new LiveGroups(config, log, state, deadlines, clock, counts);
        rebalances = new Rebalances(groups);
        joins = new Joins(groups, rebalances, randomness);
        syncs = new Syncs(groups, rebalances);
        leaves = new Leaves(groups, rebalances);
        descriptions = new GroupDescriptions(groups);
        for (String groupId : state.groupIds()) {
            GroupMetadataValue last = state.group(groupId);
            if (last != null && !last.members().isEmpty()) {
                revive(groupId, last);
            }
        }
    }

    private void revive(String groupId, GroupMetadataValue last) {
        ClassicGroup group = groups.create(groupId, rebalances);
        String protocol = last.protocol();
        boolean assigned = false;
        for (GroupMetadataValue.MemberMetadata logged : last.members()) {
            GroupMember member = group.newMember(
                    new GroupMember.Identity(
                            logged.memberId(), logged.groupInstanceId(), logged.clientId(), logged.clientHost()),
                    List.of(new MemberProtocol(protocol == null ? "" : protocol, logged.subscription())),
                    logged.rebalanceTimeout(),
                    logged.sessionTimeout());
            group.add(member, last.protocolType());
            rebalances.touch(member);
            assigned |= logged.assignment().length > 0;
        }
        group.leader(last.leader());
        // A generation without assignments had begun; its leader may be about to bring them, or be gone.
        group.phase(assigned ? GroupPhase.STABLE : GroupPhase.COMPLETING_REBALANCE);
        if (!assigned) {
            groups.arm(group.syncDeadline, group.longestRebalanceTimeoutMs());
        }
    }

    /** Adds how many groups there are, by phase, and members. */
    public void read(Readings into) {
        groups.read(into);
    }

    /** Answers through the call, at once or when the rebalance ends. */
    public void join(JoinCall call) {
        joins.join(call);
    }

    /**
     * Brings and fetches assignments.
     *
     * @param answer told once, at once or when the leader has brought the assignment
     */
    public void sync(SyncGroupRequest request, Consumer<SyncGroupResponse> answer) {
        syncs.sync(request, answer);
    }

    public ErrorCode heartbeat(HeartbeatRequest request) {
        ClassicGroup group = groups.find(request.groupId());
        if (group == null) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        ErrorCode fault = MemberChecks.fault(
                group,
                request.memberId(),
                request.groupInstanceId(),
                request.generationId(),
                groups.generation(request.groupId()));
        if (fault != ErrorCode.NONE) {
            return fault;
        }
        return switch (group.phase()) {
            case EMPTY, DEAD -> ErrorCode.UNKNOWN_MEMBER_ID;
            case PREPARING_REBALANCE -> {
                heard(group, request.memberId());
                yield ErrorCode.REBALANCE_IN_PROGRESS;
            }
            case COMPLETING_REBALANCE, STABLE -> {
                heard(group, request.memberId());
                yield ErrorCode.NONE;
            }
        };
    }

    private void heard(ClassicGroup group, String memberId) {
        GroupMember member = group.member(memberId);
        if (member != null && !member.isAwaitingJoin() && !member.isAwaitingSync()) {
            rebalances.touch(member);
        }
    }

    /**
     * Takes members out.
     *
     * @param answer told once, when what the leave changed is committed
     */
    public void leave(LeaveGroupRequest request, Consumer<LeaveGroupResponse> answer) {
        LeaveGroupResponse response = leaves.leave(request);
        groups.log()
                .afterCommit(error -> answer.accept(
                        error == ErrorCode.NONE ? response : new LeaveGroupResponse().errorCode(error.code())));
    }

    /**
     * Whether offsets may be committed. A group without members takes them from anybody who names no generation: simple
     * consumers and tools.
     */
    public ErrorCode commitFault(String groupId, String memberId, @Nullable String instanceId, int generation) {
        ClassicGroup group = groups.find(groupId);
        if (group == null || group.size() == 0) {
            if (generation < 0) {
                return ErrorCode.NONE;
            }
            return group == null && !groups.state().knows(groupId)
                    ? ErrorCode.ILLEGAL_GENERATION
                    : ErrorCode.UNKNOWN_MEMBER_ID;
        }
        if (generation < 0 && memberId.isEmpty() && instanceId == null) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        ErrorCode fault = MemberChecks.fault(group, memberId, instanceId, generation, groups.generation(groupId));
        if (fault != ErrorCode.NONE) {
            return fault;
        }
        heard(group, memberId);
        return group.is(GroupPhase.COMPLETING_REBALANCE) ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE;
    }

    /** Whether one more group may be known: one that does nothing but commit offsets counts too. */
    public boolean hasRoomFor(String groupId) {
        return groups.find(groupId) != null || groups.state().knows(groupId) || groups.hasRoom();
    }

    public GroupPhase phase(String groupId) {
        return descriptions.phase(groupId);
    }

    /** Whether members may come back to the group at any moment: it has some, or has given out ids. */
    public boolean isLive(String groupId) {
        return groups.find(groupId) != null;
    }

    /**
     * The topics that members of a group of consumers are subscribed to.
     *
     * @return null when that is not known: no group of consumers, or a subscription that cannot be read
     */
    public @Nullable Set<String> subscribedTopics(String groupId) {
        return descriptions.subscribedTopics(groupId);
    }

    /** As DescribeGroups answers; DEAD when there is no such group. */
    public DescribeGroupsResponse.DescribedGroup describe(String groupId) {
        return descriptions.describe(groupId);
    }

    /** Every group, in no order that means anything. */
    public List<ListGroupsResponse.ListedGroup> list() {
        return descriptions.list();
    }

    /** Ends every timer; who waits is told NOT_COORDINATOR and looks the coordinator up anew. */
    public void close() {
        for (ClassicGroup group : List.copyOf(groups.all())) {
            for (GroupMember member : group.members()) {
                Consumer<JoinGroupResponse> joining = group.takeJoin(member);
                if (joining != null) {
                    joining.accept(GroupAnswers.joinError(ErrorCode.NOT_COORDINATOR, member.memberId()));
                }
                Consumer<SyncGroupResponse> syncing = member.takeSync();
                if (syncing != null) {
                    syncing.accept(GroupAnswers.syncError(ErrorCode.NOT_COORDINATOR));
                }
            }
        }
        groups.close();
    }
}
