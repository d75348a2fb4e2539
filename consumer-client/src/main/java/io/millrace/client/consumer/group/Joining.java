package io.millrace.client.consumer.group;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.connection.Backoff;
import io.millrace.client.connection.Reply;
import io.millrace.client.consumer.assignment.ConsumerProtocol;
import io.millrace.client.error.ClientException;
import io.millrace.client.error.OutcomeUnknownException;
import io.millrace.client.error.RefusedException;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.MalformedMessageException;
import io.millrace.protocol.message.JoinGroupResponse;
import io.millrace.protocol.message.SyncGroupResponse;
import io.millrace.runtime.Timer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A member's talk with the coordinator on its way to partitions: it asks to join, shares the partitions when it was made the leader,
 * asks for its own, and tries again what may work later. Owned by the client's loop.
 *
 * <p>Invariant: an answer that comes in another attempt than its request changes nothing.
 */
final class Joining {

    private static final Logger LOG = LoggerFactory.getLogger(Joining.class);

    private final Cluster cluster;
    private final GroupConfig config;
    private final GroupCoordinator coordinator;
    private final Leadership leadership;
    private final Membership membership;
    private final Backoff backoff;
    private int attempt;
    private @Nullable Timer retryTimer;

    Joining(
            Cluster cluster,
            GroupConfig config,
            GroupCoordinator coordinator,
            Leadership leadership,
            Membership membership) {
        this.cluster = cluster;
        this.config = config;
        this.coordinator = coordinator;
        this.leadership = leadership;
        this.membership = membership;
        this.backoff =
                new Backoff(cluster.config().retryBackoffMs(), cluster.config().retryBackoffMaxMs());
    }

    /** The member is in another state now: what was asked before is of no interest any more. */
    void newAttempt() {
        attempt++;
        if (retryTimer != null) {
            retryTimer.cancel();
            retryTimer = null;
        }
    }

    /**
     * Asks to join.
     *
     * @param memberId empty before the coordinator gave one
     * @param owned what the member holds meanwhile, since {@code ownedGeneration}; -1 when that counts no more
     */
    void ask(String memberId, List<String> topics, List<TopicPartition> owned, int ownedGeneration) {
        int asked = attempt;
        coordinator.sendPatiently(
                GroupRequests.join(config, memberId, topics, owned, ownedGeneration), reply -> joined(asked, reply));
    }

    private void joined(int asked, Reply reply) {
        if (reply instanceof Reply.Answered answered && answered.message() instanceof JoinGroupResponse response) {
            if (asked == attempt) {
                read(response);
            } else if (!response.memberId().isEmpty()) {
                membership.joinedTooLate(response.memberId());
            }
        } else if (asked == attempt) {
            retry(causeOf(reply));
        }
    }

    private void read(JoinGroupResponse response) {
        ErrorCode error = ErrorCode.of(response.errorCode());
        switch (error) {
            case NONE -> {
                String protocol = response.protocolName();
                Generation joined =
                        new Generation(response.generationId(), response.memberId(), protocol == null ? "" : protocol);
                boolean leads = response.leader().equals(response.memberId());
                membership.joined(joined, leads);
                if (leads) {
                    lead(response, joined);
                } else {
                    sync(joined, Map.of());
                }
            }
            case MEMBER_ID_REQUIRED -> membership.named(response.memberId());
            case UNKNOWN_MEMBER_ID -> membership.forgotten("the coordinator does not know it any more");
            default -> retryOrFail(error);
        }
    }

    private void lead(JoinGroupResponse response, Generation joined) {
        int asked = attempt;
        try {
            leadership.lead(response, assignments -> {
                if (asked == attempt) {
                    sync(joined, assignments);
                }
            });
        } catch (RefusedException e) {
            membership.fail(e);
        }
    }

    private void sync(Generation joined, Map<String, List<TopicPartition>> assignments) {
        int asked = attempt;
        coordinator.sendPatiently(GroupRequests.sync(config, joined, assignments), reply -> {
            if (asked != attempt) {
                return;
            }
            if (reply instanceof Reply.Answered answered && answered.message() instanceof SyncGroupResponse response) {
                read(response, joined);
            } else {
                retry(causeOf(reply));
            }
        });
    }

    private void read(SyncGroupResponse response, Generation joined) {
        ErrorCode error = ErrorCode.of(response.errorCode());
        switch (error) {
            case NONE -> {
                List<TopicPartition> assigned;
                try {
                    assigned = ConsumerProtocol.readAssignment(response.assignment());
                } catch (MalformedMessageException e) {
                    membership.fail(RefusedException.of(
                            "join group " + config.groupId(),
                            ErrorCode.INCONSISTENT_GROUP_PROTOCOL,
                            "the assignment cannot be read: " + e.getMessage()));
                    return;
                }
                backoff.reset();
                membership.assigned(assigned);
            }
            case REBALANCE_IN_PROGRESS -> membership.join();
            case UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION -> membership.refused(joined, error);
            default -> retryOrFail(error);
        }
    }

    private void retryOrFail(ErrorCode error) {
        ClientException cause = RefusedException.of("join group " + config.groupId(), error, null);
        coordinator.movedAway(error);
        if (error.retriable()) {
            retry(cause);
        } else {
            membership.fail(cause);
        }
    }

    private void retry(ClientException cause) {
        boolean neverReached = cluster.metadata().image().isEmpty()
                && backoff.attempts() > 0
                && membership.heartbeats().sinceStartMs() >= cluster.config().bootstrapTimeoutMs();
        if (neverReached || (!cause.retriable() && !(cause instanceof OutcomeUnknownException))) {
            membership.fail(cause);
            return;
        }
        membership.joinsLater();
        LOG.debug("group={} joining is tried again: {}", config.groupId(), cause.getMessage());
        retryTimer = cluster.loop().schedule(backoff.nextNs(), () -> {
            retryTimer = null;
            membership.join();
        });
    }

    private static ClientException causeOf(Reply reply) {
        return switch (reply) {
            case Reply.NotSent notSent -> notSent.cause();
            case Reply.Lost lost -> lost.cause();
            case Reply.Answered ignored -> throw new IllegalStateException("not the answer to the request");
            case Reply.SentOneWay ignored -> throw new IllegalStateException("requests of groups have answers");
        };
    }
}
