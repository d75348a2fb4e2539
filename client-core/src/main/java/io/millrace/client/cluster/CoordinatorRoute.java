package io.millrace.client.cluster;

import io.millrace.client.connection.ApiRange;
import io.millrace.client.connection.ClientRequest;
import io.millrace.client.connection.Reply;
import io.millrace.client.connection.ReplyListener;
import io.millrace.client.connection.ServerAddress;
import io.millrace.client.error.ClientException;
import io.millrace.client.error.RefusedException;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Message;
import io.millrace.protocol.message.ApiKey;
import io.millrace.protocol.message.FindCoordinatorRequest;
import io.millrace.protocol.message.FindCoordinatorResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** To the broker that coordinates a group, asked for before the first attempt and after every failed one. Owned by the client's loop. */
public final class CoordinatorRoute implements Route {

    private static final ApiRange FIND_COORDINATOR = ApiRange.of(ApiKey.FIND_COORDINATOR, 0, 6);
    private static final int FIRST_VERSION_WITH_KEYS = 4;
    private static final byte GROUP = 0;

    private final Cluster cluster;
    private final String groupId;
    private @Nullable BrokerPlace coordinator;

    public CoordinatorRoute(Cluster cluster, String groupId) {
        this.cluster = cluster;
        this.groupId = groupId;
    }

    /** Asks who coordinates a group. */
    public static ClientRequest find(String groupId) {
        return ClientRequest.of(FIND_COORDINATOR, version -> {
            FindCoordinatorRequest request = new FindCoordinatorRequest().keyType(GROUP);
            return version >= FIRST_VERSION_WITH_KEYS
                    ? request.coordinatorKeys(List.of(groupId))
                    : request.key(groupId);
        });
    }

    /** Who coordinates it, or the {@link RefusedException} that the answer stands for. */
    public static BrokerPlace readFound(String groupId, Message answer) {
        FindCoordinatorResponse response = (FindCoordinatorResponse) answer;
        String what = "find the coordinator of group " + groupId;
        for (FindCoordinatorResponse.Coordinator each : response.coordinators()) {
            if (each.key().equals(groupId)) {
                check(what, each.errorCode(), each.errorMessage());
                return new BrokerPlace(each.nodeId(), new ServerAddress(each.host(), each.port()));
            }
        }
        check(what, response.errorCode(), response.errorMessage());
        if (response.host().isBlank()) {
            throw RefusedException.of(what, ErrorCode.COORDINATOR_NOT_AVAILABLE, null);
        }
        return new BrokerPlace(response.nodeId(), new ServerAddress(response.host(), response.port()));
    }

    private static void check(String what, short code, @Nullable String message) {
        ErrorCode error = ErrorCode.of(code);
        if (error != ErrorCode.NONE) {
            throw RefusedException.of(what, error, message);
        }
    }

    @Override
    public void send(ClientRequest request, ReplyListener listener) {
        BrokerPlace known = coordinator;
        if (known != null) {
            cluster.send(known.id(), known.address(), request, listener);
            return;
        }
        cluster.sendToAny(find(groupId), reply -> {
            switch (reply) {
                case Reply.Answered answered -> {
                    BrokerPlace found;
                    try {
                        found = readFound(groupId, answered.message());
                    } catch (ClientException e) {
                        listener.onReply(new Reply.NotSent(e));
                        return;
                    }
                    coordinator = found;
                    cluster.send(found.id(), found.address(), request, listener);
                }
                case Reply.NotSent notSent -> listener.onReply(notSent);
                case Reply.Lost lost -> listener.onReply(new Reply.NotSent(lost.cause()));
                case Reply.SentOneWay ignored -> throw new IllegalStateException("FindCoordinator has an answer");
            }
        });
    }

    @Override
    public void failed(ClientException failure) {
        coordinator = null;
    }
}
