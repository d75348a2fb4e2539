package io.millrace.client.consumer.group;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.connection.Backoff;
import io.millrace.client.connection.Reply;
import io.millrace.client.consumer.assignment.ConsumerProtocol;
import io.millrace.client.consumer.group.GroupView.Stage;
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
 * This consumer's membership in its group, by the classic protocol. Owned by the client's loop; the polling thread sees
 * {@link #view()} and answers a {@link Stage.Prepare}.
 *
 * <pre>
 *          subscribe               prepared               joined             synced
 *   Apart -----------> Preparing ------------> Joining -----------> Syncing ---------> Stable
 *                        ^  ^  |                 |  ^  rebalanced again |                |
 *                        |  |  |                 |  +-------------------+                |
 *                        |  +--|-- lost ---------+----------------------+----------------+   unknown member, old generation,
 *                        |     |                                                         |   too long between polls
 *                        +-----|---- rebalance: heartbeat, commit, metadata, revocation -+
 *                              v
 *   any state -- leave --> Apart        any state -- fenced, refused --> Failed -- subscribe --> Preparing
 * </pre>
 *
 * <p>In Preparing the polling thread has to answer first, because an eager member may not ask for new partitions while it still reads
 * the old ones, and a member that lost its partitions has to stop reading them. Heartbeats go on in Preparing and Stable. Invariant: an
 * answer that comes in another attempt than its request changes nothing.
 */
final class Membership implements Commits.Member {

    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

    private enum Phase {
        APART,
        PREPARING,
        JOINING,
        SYNCING,
        STABLE,
        FAILED
    }

    private final Cluster cluster;
    private final GroupConfig config;
    private final GroupCoordinator coordinator;
    private final Commits commits;
    private final Leadership leadership;
    private final Heartbeats heartbeats;
    private final Runnable changed;
    private final Backoff backoff;
    private Phase phase = Phase.APART;
    private Generation generation = Generation.NONE;
    /** The generation under which {@link #owned} was held. */
    private int ownedGeneration = -1;

    private List<String> topics = List.of();
    private List<TopicPartition> owned = List.of();
    private boolean lost;
    private boolean rejoinWanted;
    private int attempt;
    private int round;
    private @Nullable ClientException failure;
    private @Nullable ClientException lossCause;
    private @Nullable Timer retryTimer;
    private volatile GroupView view = GroupView.NONE;

    /** @param changed runs on the loop when the polling thread has something to do */
    Membership(Cluster cluster, GroupConfig config, GroupCoordinator coordinator, Runnable changed) {
        this.cluster = cluster;
        this.config = config;
        this.coordinator = coordinator;
        this.changed = changed;
        this.commits = new Commits(cluster, config, coordinator, this);
        this.leadership =
                new Leadership(cluster, config.groupId(), () -> rejoin("the partitions of its topics changed"));
        this.heartbeats = new Heartbeats(cluster, config, coordinator, this);
        this.backoff =
                new Backoff(cluster.config().retryBackoffMs(), cluster.config().retryBackoffMaxMs());
    }

    /** From any thread. */
    GroupView view() {
        return view;
    }

    Commits commits() {
        return commits;
    }

    Heartbeats heartbeats() {
        return heartbeats;
    }

    /** Takes part for these topics from now on. */
    void subscribe(List<String> names) {
        topics = List.copyOf(names);
        leadership.follow(topics);
        if (phase == Phase.APART || phase == Phase.FAILED) {
            failure = null;
            lost = false;
            generation = Generation.NONE;
            prepare();
        } else {
            rejoin("its subscription changed");
        }
    }

    /** Joins again: at once when it is a member, after the rebalance when one is under way. */
    void rejoin(String why) {
        switch (phase) {
            case STABLE -> {
                LOG.debug("group={} member={} joins again: {}", config.groupId(), generation.memberId(), why);
                prepare();
            }
            case JOINING, SYNCING -> rejoinWanted = true;
            case APART, PREPARING, FAILED -> {}
        }
    }

    private void prepare() {
        enter(Phase.PREPARING);
        round++;
        publish();
    }

    private void enter(Phase next) {
        phase = next;
        attempt++;
        if (retryTimer != null) {
            retryTimer.cancel();
            retryTimer = null;
        }
        heartbeats.run(next == Phase.STABLE || (next == Phase.PREPARING && !lost));
    }

    private void publish() {
        Stage stage = switch (phase) {
            case APART, JOINING, SYNCING -> new Stage.Busy();
            case PREPARING -> new Stage.Prepare(round, lost);
            case STABLE -> new Stage.Assigned(round, owned);
            case FAILED -> failure == null ? new Stage.Busy() : new Stage.Failed(failure);
        };
        view = new GroupView(stage, generation.memberId(), generation.id());
        if (!(stage instanceof Stage.Busy)) {
            changed.run();
        }
    }

    /** The polling thread is ready for a rebalance and holds these partitions meanwhile. */
    void prepared(int answeredRound, List<TopicPartition> held) {
        if (phase != Phase.PREPARING || answeredRound != round) {
            return; // meanwhile everything was lost, or it left
        }
        owned = List.copyOf(held);
        ownedGeneration = lost ? -1 : generation.id();
        lost = false;
        join();
    }

    private void join() {
        enter(Phase.JOINING);
        rejoinWanted = false;
        publish();
        if (!config.isCooperative()) {
            commits.refuseAll(lossOf(ErrorCode.REBALANCE_IN_PROGRESS, "its group rebalances"));
        }
        int asked = attempt;
        List<String> joined = topics;
        coordinator.sendPatiently(
                GroupRequests.join(config, generation.memberId(), joined, owned, ownedGeneration),
                reply -> joined(asked, reply));
    }

    private void joined(int asked, Reply reply) {
        boolean current = asked == attempt && phase == Phase.JOINING;
        if (reply instanceof Reply.Answered answered && answered.message() instanceof JoinGroupResponse response) {
            if (current) {
                read(response);
            } else if (phase == Phase.APART && !response.memberId().isEmpty()) {
                tellLeft(response.memberId(), "it was closed while it joined", () -> {});
            }
        } else if (current) {
            retryJoin(causeOf(reply));
        }
    }

    private void read(JoinGroupResponse response) {
        ErrorCode error = ErrorCode.of(response.errorCode());
        switch (error) {
            case NONE -> {
                String protocol = response.protocolName();
                generation =
                        new Generation(response.generationId(), response.memberId(), protocol == null ? "" : protocol);
                enter(Phase.SYNCING);
                publish();
                if (response.leader().equals(response.memberId())) {
                    lead(response);
                } else {
                    leadership.follow(topics);
                    sync(Map.of());
                }
            }
            case MEMBER_ID_REQUIRED -> {
                generation = Generation.joiningAs(response.memberId());
                join();
            }
            case UNKNOWN_MEMBER_ID -> {
                generation = Generation.NONE;
                lose(error, "the coordinator does not know it any more");
            }
            default -> retryOrFail(error);
        }
    }

    private void lead(JoinGroupResponse response) {
        int asked = attempt;
        try {
            leadership.lead(response, assignments -> {
                if (asked == attempt) {
                    sync(assignments);
                }
            });
        } catch (RefusedException e) {
            fail(e);
        }
    }

    private void sync(Map<String, List<TopicPartition>> assignments) {
        int asked = attempt;
        coordinator.sendPatiently(GroupRequests.sync(config, generation, assignments), reply -> {
            if (asked != attempt) {
                return;
            }
            if (reply instanceof Reply.Answered answered && answered.message() instanceof SyncGroupResponse response) {
                read(response);
            } else {
                retryJoin(causeOf(reply));
            }
        });
    }

    private void read(SyncGroupResponse response) {
        ErrorCode error = ErrorCode.of(response.errorCode());
        switch (error) {
            case NONE -> {
                try {
                    owned = ConsumerProtocol.readAssignment(response.assignment());
                } catch (MalformedMessageException e) {
                    fail(RefusedException.of(
                            "join group " + config.groupId(),
                            ErrorCode.INCONSISTENT_GROUP_PROTOCOL,
                            "the assignment cannot be read: " + e.getMessage()));
                    return;
                }
                backoff.reset();
                round++;
                enter(Phase.STABLE);
                publish();
                commits.pump();
                if (rejoinWanted) {
                    rejoin("something changed while it joined");
                }
            }
            case REBALANCE_IN_PROGRESS -> join();
            case UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION -> refused(generation, error);
            default -> retryOrFail(error);
        }
    }

    private void retryOrFail(ErrorCode error) {
        ClientException cause = RefusedException.of("join group " + config.groupId(), error, null);
        coordinator.movedAway(error);
        if (error.retriable()) {
            retryJoin(cause);
        } else {
            fail(cause);
        }
    }

    private void retryJoin(ClientException cause) {
        boolean neverReached = cluster.metadata().image().isEmpty()
                && backoff.attempts() > 0
                && heartbeats.sinceStartMs() >= cluster.config().bootstrapTimeoutMs();
        if (neverReached || (!cause.retriable() && !(cause instanceof OutcomeUnknownException))) {
            fail(cause);
            return;
        }
        enter(Phase.JOINING);
        LOG.debug("group={} joining is tried again: {}", config.groupId(), cause.getMessage());
        retryTimer = cluster.loop().schedule(backoff.nextNs(), () -> {
            retryTimer = null;
            join();
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

    /** The coordinator does not accept a heartbeat or commit of this generation. */
    @Override
    public void refused(Generation asked, ErrorCode error) {
        if (!asked.equals(generation) || phase == Phase.APART || phase == Phase.FAILED || lost) {
            return;
        }
        switch (error) {
            case REBALANCE_IN_PROGRESS -> rejoin("the group rebalances");
            case UNKNOWN_MEMBER_ID -> {
                generation = Generation.NONE;
                lose(error, "the coordinator does not know it any more: no heartbeat reached it in time");
            }
            case ILLEGAL_GENERATION -> {
                generation = Generation.joiningAs(generation.memberId());
                lose(error, "the group has gone on without it");
            }
            default -> fail(RefusedException.of("take part in group " + config.groupId(), error, null));
        }
    }

    /** The application has not polled for too long: others may have the partitions. */
    void pollExpired() {
        String memberId = generation.memberId();
        generation = Generation.NONE;
        if (config.instanceId() == null && !memberId.isEmpty()) {
            tellLeft(memberId, "it did not poll for maxPollIntervalMs=" + config.maxPollIntervalMs(), () -> {});
        }
        lose(
                ErrorCode.UNKNOWN_MEMBER_ID,
                "it left after maxPollIntervalMs=" + config.maxPollIntervalMs()
                        + " without a poll: raise that, or lower maxPollRecords so that one poll's records take less time");
    }

    private void lose(ErrorCode error, String why) {
        ClientException cause = lossOf(error, why);
        LOG.warn("group={} membership lost, joins again at the next poll: {}", config.groupId(), why);
        lost = true;
        commits.refuseAll(cause);
        lossCause = cause;
        prepare();
    }

    private ClientException lossOf(ErrorCode error, String why) {
        return RefusedException.of(
                "commit offsets of group " + config.groupId(),
                error,
                "this member holds no partitions now, because " + why
                        + "; their records come again from the last commit, to whoever has them then");
    }

    private void fail(ClientException cause) {
        LOG.warn("group={} membership failed: {}", config.groupId(), cause.getMessage());
        failure = cause;
        generation = Generation.NONE;
        commits.refuseAll(cause);
        enter(Phase.FAILED);
        publish();
    }

    /** Leaves the group, and tells it when {@code tell}; {@code done} runs once it knows. */
    void leave(boolean tell, String reason, Runnable done) {
        String memberId = generation.memberId();
        boolean tells = tell && config.instanceId() == null && !memberId.isEmpty();
        generation = Generation.NONE;
        owned = List.of();
        lost = false;
        leadership.follow(List.of());
        enter(Phase.APART);
        publish();
        if (tells) {
            tellLeft(memberId, reason, done);
        } else {
            done.run();
        }
    }

    private void tellLeft(String memberId, String reason, Runnable done) {
        coordinator.send(GroupRequests.leave(config, memberId, reason), reply -> done.run());
    }

    Generation generation() {
        return generation;
    }

    @Override
    public CommitFence fence() {
        return switch (phase) {
            case APART -> new CommitFence.Open(Generation.NONE);
            case STABLE -> new CommitFence.Open(generation);
            case PREPARING ->
                lost || !generation.isJoined()
                        ? new CommitFence.Closed(
                                lossCause == null
                                        ? lossOf(ErrorCode.UNKNOWN_MEMBER_ID, "it has not joined yet")
                                        : lossCause)
                        : new CommitFence.Open(generation);
            case JOINING, SYNCING ->
                config.isCooperative()
                        ? new CommitFence.Wait()
                        : new CommitFence.Closed(lossOf(ErrorCode.REBALANCE_IN_PROGRESS, "its group rebalances"));
            case FAILED ->
                new CommitFence.Closed(
                        failure == null ? lossOf(ErrorCode.UNKNOWN_MEMBER_ID, "it is not in the group") : failure);
        };
    }

    @Override
    public boolean outlivesRebalance() {
        return config.isCooperative();
    }

    /** Stops for good. */
    void close(ClientException cause) {
        enter(Phase.APART);
        heartbeats.close();
        commits.close(cause);
    }
}
