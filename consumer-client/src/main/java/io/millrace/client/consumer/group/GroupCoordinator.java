package io.millrace.client.consumer.group;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.connection.ApiRange;
import io.millrace.client.connection.BrokerLinks;
import io.millrace.client.connection.ClientRequest;
import io.millrace.client.connection.Reply;
import io.millrace.client.connection.ReplyListener;
import io.millrace.client.connection.ServerAddress;
import io.millrace.client.error.ClientException;
import io.millrace.client.error.RefusedException;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.ApiKey;
import io.millrace.protocol.message.FindCoordinatorRequest;
import io.millrace.protocol.message.FindCoordinatorResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The broker that coordinates a group, looked for when it is not known. Owned by the client's loop.
 *
 * <p>JoinGroup and SyncGroup are held by the broker until others have joined, so they go over a connection of their own, with a longer
 * timeout: nothing else waits behind them.
 */
final class GroupCoordinator {

    private static final ApiRange FIND_COORDINATOR = ApiRange.of(ApiKey.FIND_COORDINATOR, 1, 6);
    private static final int FIRST_VERSION_WITH_KEYS = 4;
    private static final int JOIN_SLACK_MS = 5_000;
    private static final byte GROUP = 0;

    /** Runs with null once the coordinator is known, else with the reason. */
    @FunctionalInterface
    private interface Found {
        void result(@Nullable ClientException failure);
    }

    private record Place(int brokerId, ServerAddress address) {}

    private final Cluster cluster;
    private final String groupId;
    private final BrokerLinks links;
    private final BrokerLinks patientLinks;
    private final List<Found> waiting = new ArrayList<>(); // one join, one heartbeat, one commit, one lookup, one leave
    private @Nullable Place place;
    private boolean asking;

    GroupCoordinator(Cluster cluster, GroupConfig config) {
        this.cluster = cluster;
        this.groupId = config.groupId();
        long requestMs = cluster.config().requestTimeoutMs();
        this.links = cluster.newLinks(requestMs);
        this.patientLinks = cluster.newLinks(Math.max(requestMs, (long) config.maxPollIntervalMs() + JOIN_SLACK_MS));
    }

    /** Sends; a reply that is no answer also makes the coordinator unknown. */
    void send(ClientRequest request, ReplyListener listener) {
        send(links, request, listener);
    }

    /** As {@link #send}, for requests that the broker may hold for as long as a rebalance takes. */
    void sendPatiently(ClientRequest request, ReplyListener listener) {
        send(patientLinks, request, listener);
    }

    private void send(BrokerLinks within, ClientRequest request, ReplyListener listener) {
        Place known = place;
        if (known == null) {
            waiting.add(failure -> {
                if (failure == null) {
                    send(within, request, listener);
                } else {
                    listener.onReply(new Reply.NotSent(failure));
                }
            });
            find();
            return;
        }
        within.link(known.brokerId(), known.address()).send(request, reply -> {
            if (!(reply instanceof Reply.Answered)) {
                forget();
            }
            listener.onReply(reply);
        });
    }

    /** Looks for the coordinator again before the next request. */
    void forget() {
        place = null;
    }

    /** Whether the code says that this broker does not coordinate the group; then the next request looks for the one that does. */
    boolean movedAway(ErrorCode error) {
        boolean moved = error == ErrorCode.NOT_COORDINATOR || error == ErrorCode.COORDINATOR_NOT_AVAILABLE;
        if (moved) {
            forget();
        }
        return moved;
    }

    private void find() {
        if (asking) {
            return;
        }
        asking = true;
        cluster.sendToAny(
                ClientRequest.of(
                        FIND_COORDINATOR,
                        version -> version >= FIRST_VERSION_WITH_KEYS
                                ? new FindCoordinatorRequest().keyType(GROUP).coordinatorKeys(List.of(groupId))
                                : new FindCoordinatorRequest().keyType(GROUP).key(groupId)),
                this::answered);
    }

    private void answered(Reply reply) {
        asking = false;
        ClientException failure = switch (reply) {
            case Reply.Answered answered
            when answered.message() instanceof FindCoordinatorResponse response -> read(response, answered.version());
            case Reply.NotSent notSent -> notSent.cause();
            case Reply.Lost lost -> lost.cause();
            case Reply.Answered ignored -> throw new IllegalStateException("no FindCoordinator answer");
            case Reply.SentOneWay ignored -> throw new IllegalStateException("FindCoordinator has an answer");
        };
        List<Found> told = List.copyOf(waiting);
        waiting.clear();
        for (Found each : told) {
            each.result(failure);
        }
    }

    private @Nullable ClientException read(FindCoordinatorResponse response, short version) {
        if (version < FIRST_VERSION_WITH_KEYS) {
            return accept(
                    ErrorCode.of(response.errorCode()),
                    response.errorMessage(),
                    response.nodeId(),
                    response.host(),
                    response.port());
        }
        if (response.coordinators().isEmpty()) {
            return accept(ErrorCode.COORDINATOR_NOT_AVAILABLE, null, -1, "", 0);
        }
        FindCoordinatorResponse.Coordinator found = response.coordinators().getFirst();
        return accept(
                ErrorCode.of(found.errorCode()), found.errorMessage(), found.nodeId(), found.host(), found.port());
    }

    private @Nullable ClientException accept(
            ErrorCode error, @Nullable String message, int brokerId, String host, int port) {
        if (error != ErrorCode.NONE) {
            return RefusedException.of("find the coordinator of group " + groupId, error, message);
        }
        place = new Place(brokerId, new ServerAddress(host, port));
        return null;
    }
}
