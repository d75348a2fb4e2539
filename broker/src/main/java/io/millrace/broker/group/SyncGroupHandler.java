package io.millrace.broker.group;

import io.millrace.broker.coordinator.group.GroupCoordinator;
import io.millrace.broker.request.ApiHandler;
import io.millrace.broker.request.RequestContext;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.SyncGroupRequest;
import io.millrace.protocol.message.SyncGroupResponse;

/** SyncGroup, versions 0 to 5: answered when the leader has brought the assignment. */
final class SyncGroupHandler implements ApiHandler<SyncGroupRequest> {

    private static final int FIRST_PROTOCOL_VERSION = 5;

    private final GroupCoordinator coordinator;

    SyncGroupHandler(GroupCoordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public void handle(RequestContext context, SyncGroupRequest request) {
        // KIP-559: from version 5 on a client must say what it was told.
        boolean incomplete = context.version() >= FIRST_PROTOCOL_VERSION
                && (request.protocolType() == null || request.protocolName() == null);
        if (incomplete || request.groupId().isEmpty()) {
            context.answer(error(incomplete ? ErrorCode.INCONSISTENT_GROUP_PROTOCOL : ErrorCode.INVALID_GROUP_ID));
            return;
        }
        GroupRequest.<SyncGroupResponse>run(
                context,
                coordinator,
                request.groupId(),
                (groups, answer) -> groups.classic().sync(request, answer),
                SyncGroupHandler::error);
    }

    private static SyncGroupResponse error(ErrorCode error) {
        return new SyncGroupResponse()
                .errorCode(error.code())
                .protocolType(null)
                .protocolName(null);
    }
}
