package io.millrace.broker.group;

import io.millrace.broker.coordinator.group.GroupCoordinator;
import io.millrace.broker.request.ApiHandler;
import io.millrace.broker.request.RequestContext;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.HeartbeatRequest;
import io.millrace.protocol.message.HeartbeatResponse;

/** Heartbeat, versions 0 to 4: the member lives; whether its group rebalances. */
final class HeartbeatHandler implements ApiHandler<HeartbeatRequest> {

    private final GroupCoordinator coordinator;

    HeartbeatHandler(GroupCoordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public void handle(RequestContext context, HeartbeatRequest request) {
        if (request.groupId().isEmpty()) {
            context.answer(answer(ErrorCode.INVALID_GROUP_ID));
            return;
        }
        GroupRequest.<HeartbeatResponse>run(
                context,
                coordinator,
                request.groupId(),
                (groups, answer) -> answer.accept(answer(groups.classic().heartbeat(request))),
                HeartbeatHandler::answer);
    }

    private static HeartbeatResponse answer(ErrorCode error) {
        return new HeartbeatResponse().errorCode(error.code());
    }
}
