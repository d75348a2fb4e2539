package io.millrace.broker.coordinator.group.classic;

import io.millrace.broker.coordinator.group.state.RecordText;
import io.millrace.protocol.message.JoinGroupRequest;
import io.millrace.protocol.message.JoinGroupResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A JoinGroup request with what else is known of its sender.
 *
 * @param memberIdRequired whether the client can be told to come back with a member id (KIP-394)
 * @param skipsAssignment whether a returning static leader can be told not to assign (KIP-814)
 * @param answer told once, on the shard loop, perhaps long after
 */
public record JoinCall(
        JoinGroupRequest request,
        Client client,
        boolean memberIdRequired,
        boolean skipsAssignment,
        Consumer<JoinGroupResponse> answer) {

    /** Who asks, as DescribeGroups will say. */
    public record Client(String clientId, String host) {}

    /** One of each name, the first; a group counts who supports it. */
    List<MemberProtocol> protocols() {
        List<MemberProtocol> protocols = new ArrayList<>(request.protocols().size());
        Set<String> names = new HashSet<>();
        for (JoinGroupRequest.JoinGroupRequestProtocol each : request.protocols()) {
            if (names.add(each.name())) {
                protocols.add(new MemberProtocol(each.name(), each.metadata()));
            }
        }
        return protocols;
    }

    /** Version 0 has none and means the session timeout. */
    int rebalanceTimeoutMs() {
        return request.rebalanceTimeoutMs() < 0 ? request.sessionTimeoutMs() : request.rebalanceTimeoutMs();
    }

    /** Whether the group's record can hold what the member says of itself. */
    boolean fitsRecord() {
        String instanceId = request.groupInstanceId();
        return !RecordText.isTooLong(request.protocolType())
                && (instanceId == null || !RecordText.isTooLong(instanceId))
                && request.protocols().stream().noneMatch(protocol -> RecordText.isTooLong(protocol.name()));
    }

    @Nullable
    String instanceId() {
        return request.groupInstanceId();
    }
}
