package io.millrace.broker.coordinator.group.classic;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.LeaveGroupRequest;
import io.millrace.protocol.message.LeaveGroupResponse;
import org.jspecify.annotations.Nullable;

/** LeaveGroup: members go, several at once from version 3 on (KIP-345). Owned by the shard loop. */
final class Leaves {

    private final LiveGroups groups;
    private final Rebalances rebalances;

    Leaves(LiveGroups groups, Rebalances rebalances) {
        this.groups = groups;
        this.rebalances = rebalances;
    }

    /** One answer for each member named, in order. */
    LeaveGroupResponse leave(LeaveGroupRequest request) {
        LeaveGroupResponse response = new LeaveGroupResponse();
        for (LeaveGroupRequest.MemberIdentity identity : request.members()) {
            ErrorCode error = leave(request.groupId(), identity);
            response.members()
                    .add(new LeaveGroupResponse.MemberResponse()
                            .memberId(identity.memberId())
                            .groupInstanceId(identity.groupInstanceId())
                            .errorCode(error.code()));
        }
        return response;
    }

    private ErrorCode leave(String groupId, LeaveGroupRequest.MemberIdentity identity) {
        // Looked up for each: the last member's leave may end the group.
        ClassicGroup group = groups.find(groupId);
        if (group == null) {
            return ErrorCode.UNKNOWN_MEMBER_ID;
        }
        String instanceId = identity.groupInstanceId();
        String memberId = identity.memberId();
        if (instanceId == null && rebalances.removePending(group, memberId)) {
            return ErrorCode.NONE;
        }
        if (memberId.isEmpty() && instanceId != null) {
            // An operator takes a static member out by its instance id alone.
            memberId = memberOf(group, instanceId);
        }
        ErrorCode fault = MemberChecks.fault(group, memberId, instanceId);
        GroupMember member = group.member(memberId);
        if (fault != ErrorCode.NONE || member == null) {
            return fault == ErrorCode.NONE ? ErrorCode.UNKNOWN_MEMBER_ID : fault;
        }
        rebalances.remove(
                group,
                member,
                RebalanceReason.MEMBER_LEFT,
                "member " + memberId + " left" + because(identity.reason()));
        return ErrorCode.NONE;
    }

    private static String memberOf(ClassicGroup group, String instanceId) {
        String present = group.memberOfInstance(instanceId);
        return present == null ? "" : present;
    }

    private static String because(@Nullable String reason) {
        return reason == null ? "" : ": " + reason;
    }
}
