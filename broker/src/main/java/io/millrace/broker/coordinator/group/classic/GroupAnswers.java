package io.millrace.broker.coordinator.group.classic;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.GroupMetadataValue;
import io.millrace.protocol.message.JoinGroupResponse;
import io.millrace.protocol.message.SyncGroupResponse;
import java.util.ArrayList;
import java.util.List;

/** Answers of the classic protocol and the records they speak of. Stateless. */
final class GroupAnswers {

    private static final int NO_GENERATION = -1;

    private GroupAnswers() {}

    static JoinGroupResponse joinError(ErrorCode error, String memberId) {
        return new JoinGroupResponse()
                .errorCode(error.code())
                .generationId(NO_GENERATION)
                .protocolType(null)
                .protocolName(null)
                .memberId(memberId);
    }

    /** The group's last generation as {@code memberId} is told it; the leader alone learns the members. */
    static JoinGroupResponse joined(ClassicGroup group, GroupMetadataValue generation, String memberId) {
        String leader = generation.leader();
        JoinGroupResponse answer = new JoinGroupResponse()
                .generationId(generation.generation())
                .protocolType(generation.protocolType())
                .protocolName(generation.protocol())
                .leader(leader == null ? "" : leader)
                .memberId(memberId);
        if (memberId.equals(leader)) {
            answer.members(membersOf(group, generation));
        }
        return answer;
    }

    private static List<JoinGroupResponse.JoinGroupResponseMember> membersOf(
            ClassicGroup group, GroupMetadataValue generation) {
        String protocol = generation.protocol();
        List<JoinGroupResponse.JoinGroupResponseMember> members = new ArrayList<>(group.size());
        for (GroupMember member : group.members()) {
            members.add(new JoinGroupResponse.JoinGroupResponseMember()
                    .memberId(member.memberId())
                    .groupInstanceId(member.instanceId())
                    .metadata(protocol == null ? new byte[0] : member.metadata(protocol)));
        }
        return members;
    }

    static SyncGroupResponse syncError(ErrorCode error) {
        return new SyncGroupResponse()
                .errorCode(error.code())
                .protocolType(null)
                .protocolName(null);
    }

    static SyncGroupResponse synced(GroupMetadataValue generation, byte[] assignment) {
        return new SyncGroupResponse()
                .protocolType(generation.protocolType())
                .protocolName(generation.protocol())
                .assignment(assignment);
    }

    /** A member as the log keeps it. */
    static GroupMetadataValue.MemberMetadata logged(GroupMember member, String protocol, byte[] assignment) {
        return new GroupMetadataValue.MemberMetadata()
                .memberId(member.memberId())
                .groupInstanceId(member.instanceId())
                .clientId(member.identity().clientId())
                .clientHost(member.identity().clientHost())
                .rebalanceTimeout(member.rebalanceTimeoutMs())
                .sessionTimeout(member.sessionTimeoutMs())
                .subscription(member.metadata(protocol))
                .assignment(assignment);
    }
}
