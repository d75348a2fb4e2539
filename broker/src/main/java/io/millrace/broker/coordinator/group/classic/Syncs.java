package io.millrace.broker.coordinator.group.classic;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.GroupMetadataValue;
import io.millrace.protocol.message.SyncGroupRequest;
import io.millrace.protocol.message.SyncGroupResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** SyncGroup: the leader brings the assignment of a generation, every member fetches its own. Owned by the shard loop. */
final class Syncs {

    private final LiveGroups groups;
    private final Rebalances rebalances;

    Syncs(LiveGroups groups, Rebalances rebalances) {
        this.groups = groups;
        this.rebalances = rebalances;
    }

    void sync(SyncGroupRequest request, Consumer<SyncGroupResponse> answer) {
        ClassicGroup group = groups.find(request.groupId());
        if (group == null) {
            answer.accept(GroupAnswers.syncError(ErrorCode.UNKNOWN_MEMBER_ID));
            return;
        }
        ErrorCode fault = fault(group, request);
        GroupMember member = group.member(request.memberId());
        if (fault != ErrorCode.NONE || member == null) {
            answer.accept(GroupAnswers.syncError(fault == ErrorCode.NONE ? ErrorCode.UNKNOWN_MEMBER_ID : fault));
            return;
        }
        switch (group.phase()) {
            case EMPTY, DEAD -> answer.accept(GroupAnswers.syncError(ErrorCode.UNKNOWN_MEMBER_ID));
            case PREPARING_REBALANCE -> answer.accept(GroupAnswers.syncError(ErrorCode.REBALANCE_IN_PROGRESS));
            case COMPLETING_REBALANCE -> await(group, member, request, answer);
            case STABLE -> {
                fetched(group, member);
                rebalances.touch(member);
                GroupMetadataValue present = rebalances.lastOf(group);
                rebalances.answerSync(answer, GroupAnswers.synced(present, assignment(present, member.memberId())));
            }
        }
    }

    private ErrorCode fault(ClassicGroup group, SyncGroupRequest request) {
        ErrorCode fault = MemberChecks.fault(
                group,
                request.memberId(),
                request.groupInstanceId(),
                request.generationId(),
                groups.generation(group.groupId()));
        if (fault != ErrorCode.NONE) {
            return fault;
        }
        GroupMetadataValue present = groups.state().group(group.groupId());
        boolean differs = present != null
                && (differs(request.protocolType(), present.protocolType())
                        || differs(request.protocolName(), present.protocol()));
        return differs ? ErrorCode.INCONSISTENT_GROUP_PROTOCOL : ErrorCode.NONE;
    }

    /** Null is what clients before version 5 say. */
    private static boolean differs(@Nullable String said, @Nullable String present) {
        return said != null && !said.equals(present);
    }

    private void await(
            ClassicGroup group, GroupMember member, SyncGroupRequest request, Consumer<SyncGroupResponse> answer) {
        Consumer<SyncGroupResponse> before = member.takeSync();
        if (before != null) {
            before.accept(GroupAnswers.syncError(ErrorCode.REBALANCE_IN_PROGRESS));
        }
        member.awaitSync(answer);
        group.unsynced.remove(member.memberId());
        // Until the leader has brought the assignment the member has nothing to do, heartbeats included.
        rebalances.suspendSession(group, member, false);
        if (group.isLeader(member.memberId())) {
            Map<String, byte[]> assignments = new HashMap<>();
            for (SyncGroupRequest.SyncGroupRequestAssignment each : request.assignments()) {
                assignments.put(each.memberId(), each.assignment());
            }
            rebalances.assign(group, assignments);
        }
    }

    private void fetched(ClassicGroup group, GroupMember member) {
        if (group.unsynced.remove(member.memberId()) && group.unsynced.isEmpty()) {
            groups.cancel(group.syncDeadline);
        }
    }

    private static byte[] assignment(GroupMetadataValue present, String memberId) {
        for (GroupMetadataValue.MemberMetadata member : present.members()) {
            if (member.memberId().equals(memberId)) {
                return member.assignment();
            }
        }
        return new byte[0];
    }
}
