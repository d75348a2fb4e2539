package io.millrace.broker.group;

import io.millrace.broker.coordinator.group.GroupCoordinator;
import io.millrace.broker.request.ApiHandler;
import io.millrace.broker.request.RequestContext;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.LeaveGroupRequest;
import io.millrace.protocol.message.LeaveGroupResponse;
import java.util.List;

/** LeaveGroup, versions 0 to 5: one member, from version 3 on several. */
final class LeaveGroupHandler implements ApiHandler<LeaveGroupRequest> {

    private static final int FIRST_BATCHED_VERSION = 3;

    private final GroupCoordinator coordinator;

    LeaveGroupHandler(GroupCoordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public void handle(RequestContext context, LeaveGroupRequest request) {
        if (request.groupId().isEmpty()) {
            context.answer(error(ErrorCode.INVALID_GROUP_ID));
            return;
        }
        boolean single = context.version() < FIRST_BATCHED_VERSION;
        if (single) {
            request.members(List.of(new LeaveGroupRequest.MemberIdentity().memberId(request.memberId())));
        }
        GroupRequest.<LeaveGroupResponse>run(
                context,
                coordinator,
                request.groupId(),
                (groups, answer) -> groups.classic()
                        .leave(request, response -> answer.accept(single ? ofSingle(response) : response)),
                LeaveGroupHandler::error);
    }

    private static LeaveGroupResponse ofSingle(LeaveGroupResponse response) {
        return response.members().isEmpty()
                ? response
                : new LeaveGroupResponse()
                        .errorCode(response.members().getFirst().errorCode());
    }

    private static LeaveGroupResponse error(ErrorCode error) {
        return new LeaveGroupResponse().errorCode(error.code());
    }
}
