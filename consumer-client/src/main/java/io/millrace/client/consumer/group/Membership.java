package io.millrace.client.consumer.group;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.consumer.group.GroupView.Stage;
import io.millrace.client.error.ClientException;
import io.millrace.client.error.RefusedException;
import io.millrace.protocol.ErrorCode;
import java.util.List;
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
 * the old ones, and a member that lost its partitions has to stop reading them. {@link Joining} brings it from Joining to Stable.
 * Heartbeats go on in Preparing and Stable.
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

    private final GroupConfig config;
    private final GroupCoordinator coordinator;
    private final Commits commits;
    private final Leadership leadership;
    private final Joining joining;
    private final Heartbeats heartbeats;
    private final Runnable changed;
    private Phase phase = Phase.APART;
    private Generation generation = Generation.NONE;
    /** The generation under which {@link #owned} was held. */
    private int ownedGeneration = -1;

    private List<String> topics = List.of();
    private List<TopicPartition> owned = List.of();
    private boolean lost;
    private boolean rejoinWanted;
    private int round;
    private @Nullable ClientException failure;
    private @Nullable ClientException lossCause;
    private volatile GroupView view = GroupView.NONE;

    /** @param changed runs on the loop when the polling thread has something to do */
    Membership(Cluster cluster, GroupConfig config, GroupCoordinator coordinator, Runnable changed) {
        this.config = config;
        this.coordinator = coordinator;
        this.changed = changed;
        this.commits = new Commits(cluster, config, coordinator, this);
        this.leadership =
                new Leadership(cluster, config.groupId(), () -> rejoin("the partitions of its topics changed"));
        this.joining = new Joining(cluster, config, coordinator, leadership, this);
        this.heartbeats = new Heartbeats(cluster, config, coordinator, this);
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
        joining.newAttempt();
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

    /** Asks the coordinator for partitions, with what it knows of this member now. */
    void join() {
        enter(Phase.JOINING);
        rejoinWanted = false;
        publish();
        if (!config.isCooperative()) {
            commits.refuseAll(lossOf(ErrorCode.REBALANCE_IN_PROGRESS, "its group rebalances"));
        }
        joining.ask(generation.memberId(), topics, owned, ownedGeneration);
    }

    /** To be joined under this name. */
    void named(String memberId) {
        generation = Generation.joiningAs(memberId);
        join();
    }

    /** Joining did not work now, and is tried again. */
    void joinsLater() {
        enter(Phase.JOINING);
    }

    /** In the group's new generation; the partitions are not known yet. */
    void joined(Generation next, boolean leads) {
        generation = next;
        enter(Phase.SYNCING);
        publish();
        if (!leads) {
            leadership.follow(topics);
        }
    }

    /** The coordinator made a member of what nobody waits for any more. */
    void joinedTooLate(String memberId) {
        if (phase == Phase.APART) {
            tellLeft(memberId, "it was closed while it joined", () -> {});
        }
    }

    void assigned(List<TopicPartition> partitions) {
        owned = partitions;
        round++;
        enter(Phase.STABLE);
        publish();
        commits.pump();
        if (rejoinWanted) {
            rejoin("something changed while it joined");
        }
    }

    /** The coordinator does not accept a heartbeat or commit of this generation. */
    @Override
    public void refused(Generation asked, ErrorCode error) {
        if (!asked.equals(generation) || phase == Phase.APART || phase == Phase.FAILED || lost) {
            return;
        }
        switch (error) {
            case REBALANCE_IN_PROGRESS -> rejoin("the group rebalances");
            case UNKNOWN_MEMBER_ID ->
                forgotten("the coordinator does not know it any more: no heartbeat reached it in time");
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
        if (config.instanceId() == null && !memberId.isEmpty()) {
            tellLeft(memberId, "it did not poll for maxPollIntervalMs=" + config.maxPollIntervalMs(), () -> {});
        }
        forgotten("it left after maxPollIntervalMs=" + config.maxPollIntervalMs()
                + " without a poll: raise that, or lower maxPollRecords so that one poll's records take less time");
    }

    /** The group has no such member. */
    void forgotten(String why) {
        generation = Generation.NONE;
        lose(ErrorCode.UNKNOWN_MEMBER_ID, why);
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

    /** The group does not want this member. */
    void fail(ClientException cause) {
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
