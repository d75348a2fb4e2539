package io.millrace.broker.coordinator.group.classic;

import io.millrace.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/** Whether a request comes from who it says. Pure. */
final class MemberChecks {

    private MemberChecks() {}

    /** Answers NONE, UNKNOWN_MEMBER_ID, or FENCED_INSTANCE_ID for the twin of a static member that came back (KIP-345) */
    static ErrorCode fault(ClassicGroup group, String memberId, @Nullable String instanceId) {
        if (instanceId != null) {
            String present = group.memberOfInstance(instanceId);
            if (present == null) {
                return ErrorCode.UNKNOWN_MEMBER_ID;
            }
            return present.equals(memberId) ? ErrorCode.NONE : ErrorCode.FENCED_INSTANCE_ID;
        }
        return group.member(memberId) == null ? ErrorCode.UNKNOWN_MEMBER_ID : ErrorCode.NONE;
    }

    /** As above, and whether the member is in the group's present generation. */
    static ErrorCode fault(
            ClassicGroup group, String memberId, @Nullable String instanceId, int generation, int presentGeneration) {
        ErrorCode fault = fault(group, memberId, instanceId);
        return fault == ErrorCode.NONE && generation != presentGeneration ? ErrorCode.ILLEGAL_GENERATION : fault;
    }
}
