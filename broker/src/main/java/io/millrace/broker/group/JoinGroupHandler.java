package io.millrace.broker.group;

import io.millrace.broker.coordinator.group.GroupCoordinator;
import io.millrace.broker.coordinator.group.classic.JoinCall;
import io.millrace.broker.request.ApiHandler;
import io.millrace.broker.request.RequestContext;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.JoinGroupRequest;
import io.millrace.protocol.message.JoinGroupResponse;
import java.net.InetAddress;
import java.util.function.Consumer;

/** JoinGroup, versions 0 to 9: answered when the join phase of the rebalance ends. */
final class JoinGroupHandler implements ApiHandler<JoinGroupRequest> {

    private static final int FIRST_MEMBER_ID_REQUIRED_VERSION = 4;
    private static final int FIRST_NULL_PROTOCOL_VERSION = 7;
    private static final int FIRST_SKIP_ASSIGNMENT_VERSION = 9;

    private final GroupCoordinator coordinator;

    JoinGroupHandler(GroupCoordinator coordinator) {
        this.coordinator = coordinator;
    }

    @Override
    public void handle(RequestContext context, JoinGroupRequest request) {
        if (request.groupId().isEmpty()) {
            context.answer(encodable(context.version(), refused(request, ErrorCode.INVALID_GROUP_ID)));
            return;
        }
        GroupRequest.<JoinGroupResponse>run(
                context,
                coordinator,
                request.groupId(),
                (groups, answer) -> groups.classic().join(call(context, request, answer)),
                error -> encodable(context.version(), refused(request, error)));
    }

    private static JoinCall call(RequestContext context, JoinGroupRequest request, Consumer<JoinGroupResponse> answer) {
        String clientId = context.clientId();
        InetAddress address = context.connection().peerAddress().getAddress();
        short version = context.version();
        return new JoinCall(
                request,
                new JoinCall.Client(clientId == null ? "" : clientId, "/" + address.getHostAddress()),
                context.version() >= FIRST_MEMBER_ID_REQUIRED_VERSION,
                context.version() >= FIRST_SKIP_ASSIGNMENT_VERSION,
                response -> answer.accept(encodable(version, response)));
    }

    private static JoinGroupResponse refused(JoinGroupRequest request, ErrorCode error) {
        return new JoinGroupResponse()
                .errorCode(error.code())
                .generationId(-1)
                .protocolType(null)
                .protocolName(null)
                .memberId(request.memberId());
    }

    /** Older versions have no null for a protocol name. */
    private static JoinGroupResponse encodable(short version, JoinGroupResponse response) {
        return version < FIRST_NULL_PROTOCOL_VERSION && response.protocolName() == null
                ? response.protocolName("")
                : response;
    }
}
