package io.millrace.client.consumer;

import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.consumer.group.CommittedOffset;
import io.millrace.client.consumer.group.Group;
import io.millrace.client.consumer.group.GroupConfig;
import io.millrace.client.consumer.group.GroupView.Stage;
import io.millrace.client.consumer.group.RebalanceListener;
import io.millrace.client.error.ClientException;
import io.millrace.client.error.RefusedException;
import io.millrace.protocol.ErrorCode;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The polling thread's part in its group: takes and gives up partitions, tells the application, commits. Owned by the polling thread.
 *
 * <p>Rebalances happen only here, between two polls' records, so when one begins the application has come back from all it was given
 * and all of it can be committed. On close it may be in the middle of it: then only what an earlier poll gave is.
 */
final class GroupSession {

    private static final Logger LOG = LoggerFactory.getLogger(GroupSession.class);
    private static final RebalanceListener SILENT = new RebalanceListener() {};
    private static final long CLOSE_PATIENCE_MS = 5_000;
    private static final int NO_ROUND = -1;

    private final Group group;
    private final GroupConfig config;
    private final PartitionReading reading;
    private final long apiTimeoutMs;
    private Set<String> topics = Set.of();
    private RebalanceListener listener = SILENT;
    private int answeredRound = NO_ROUND;
    private long nextCommitNs;
    private boolean inCallback;

    GroupSession(Group group, PartitionReading reading, long apiTimeoutMs) {
        this.group = group;
        this.config = group.config();
        this.reading = reading;
        this.apiTimeoutMs = apiTimeoutMs;
        this.nextCommitNs = nextCommitNs();
    }

    boolean isSubscribed() {
        return !topics.isEmpty();
    }

    Set<String> topics() {
        return Set.copyOf(topics);
    }

    boolean isInCallback() {
        return inCallback;
    }

    void subscribe(Collection<String> names, RebalanceListener newListener) {
        topics = new TreeSet<>(names);
        listener = newListener;
        Waits.await(group.subscribe(topics), apiTimeoutMs);
    }

    /** Gives up everything and leaves the group. */
    void unsubscribe() {
        if (!isSubscribed()) {
            return;
        }
        try {
            giveUpAll();
        } finally {
            topics = Set.of();
            listener = SILENT;
            awaitQuietly(group.leave(true, "the consumer unsubscribed"), "leave the group", leaveTimeoutMs());
        }
    }

    /** The application polls again: it is done with what it was given, which is committed from time to time. */
    void cameBack() {
        group.polled(false);
        if (!config.autoCommit()) {
            return;
        }
        reading.positions().done();
        if (nextCommitNs - System.nanoTime() <= 0) {
            nextCommitNs = nextCommitNs();
            commitDone(reading.assigned());
        }
    }

    private long nextCommitNs() {
        return System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(config.autoCommitIntervalMs());
    }

    /** The partitions are about to be replaced by others that the application chose. */
    void reassigning() {
        if (config.autoCommit()) {
            commitDone(reading.assigned());
        }
    }

    private void commitDone(Collection<TopicPartition> partitions) {
        Map<TopicPartition, CommittedOffset> done = reading.positions().doneOf(partitions);
        if (!done.isEmpty()) {
            CompletableFuture<?> ignored = group.commit(done, apiTimeoutMs).whenComplete((nothing, failure) -> {
                if (failure != null) {
                    LOG.warn("group={} offsets were not committed: {}", config.groupId(), failure.getMessage());
                }
            });
        }
    }

    void waiting(boolean now) {
        group.polled(now);
    }

    /**
     * Does what the group asks of this thread.
     *
     * @throws ClientException when the group does not want this member
     */
    void act() {
        if (!isSubscribed()) {
            return;
        }
        switch (group.view().stage()) {
            case Stage.Busy ignored -> {}
            case Stage.Prepare prepare -> {
                if (prepare.round() != answeredRound) {
                    answeredRound = prepare.round();
                    prepare(prepare);
                }
            }
            case Stage.Assigned assigned -> {
                if (assigned.round() != answeredRound) {
                    answeredRound = assigned.round();
                    take(assigned.partitions());
                }
            }
            case Stage.Failed failed -> {
                lose();
                throw failed.cause();
            }
        }
    }

    private void prepare(Stage.Prepare prepare) {
        try {
            if (prepare.lost()) {
                lose();
            } else if (!config.isCooperative()) {
                giveUp(reading.assigned(), revokeTimeoutMs());
            }
        } finally {
            group.prepared(prepare.round(), reading.assigned());
        }
    }

    private void take(Collection<TopicPartition> partitions) {
        Set<TopicPartition> wanted = new TreeSet<>(partitions);
        wanted.removeIf(partition -> !topics.contains(partition.topic()));
        Set<TopicPartition> held = reading.assigned();
        Set<TopicPartition> revoked = new TreeSet<>(held);
        revoked.removeAll(wanted);
        Set<TopicPartition> added = new TreeSet<>(wanted);
        added.removeAll(held);
        try {
            giveUp(revoked, revokeTimeoutMs());
        } finally {
            reading.assign(wanted);
            if (config.isCooperative() && !revoked.isEmpty()) {
                group.revoked();
            }
        }
        if (!added.isEmpty()) {
            call(() -> listener.onAssigned(added));
        }
    }

    private void giveUp(Collection<TopicPartition> partitions, long timeoutMs) {
        if (partitions.isEmpty()) {
            return;
        }
        try {
            if (config.autoCommit()) {
                commitDone(partitions);
            }
            call(() -> listener.onRevoked(partitions));
        } finally {
            // Also what the application committed without waiting: after this the partitions may be others'.
            awaitQuietly(group.commit(Map.of(), timeoutMs), "finish committing", timeoutMs);
            Set<TopicPartition> left = new TreeSet<>(reading.assigned());
            left.removeAll(Set.copyOf(partitions));
            reading.assign(left);
        }
    }

    private void giveUpAll() {
        Stage stage = group.view().stage();
        if (stage instanceof Stage.Failed || (stage instanceof Stage.Prepare prepare && prepare.lost())) {
            lose();
        } else {
            giveUp(reading.assigned(), leaveTimeoutMs());
        }
    }

    private void lose() {
        Set<TopicPartition> lost = reading.assigned();
        if (!lost.isEmpty()) {
            reading.assign(Set.of());
            call(() -> listener.onLost(lost));
        }
    }

    private void call(Runnable callback) {
        inCallback = true;
        try {
            callback.run();
        } finally {
            inCallback = false;
        }
    }

    /** Commits what was handed out by all polls so far. */
    CompletableFuture<@Nullable Void> commitHandedOut() {
        return commit(reading.positions().handedOut());
    }

    CompletableFuture<@Nullable Void> commit(Map<TopicPartition, CommittedOffset> offsets) {
        for (TopicPartition partition : offsets.keySet()) {
            if (isSubscribed() && !reading.positions().isAssigned(partition)) {
                throw RefusedException.of(
                        "commit an offset of " + partition,
                        ErrorCode.ILLEGAL_GENERATION,
                        "it is not assigned to this member (any more): a commit could set back the one that has it");
            }
        }
        reading.positions().done(offsets);
        return group.commit(offsets, apiTimeoutMs);
    }

    CompletableFuture<Map<TopicPartition, CommittedOffset>> committed(Collection<TopicPartition> partitions) {
        return group.committed(partitions);
    }

    /** Commits what the application is done with and leaves the group. */
    void close() {
        try {
            if (isSubscribed()) {
                try {
                    giveUpAll();
                } finally {
                    awaitQuietly(
                            group.leave(config.leaveOnClose(), "the consumer was closed"),
                            "leave the group",
                            leaveTimeoutMs());
                }
            } else {
                reassigning();
                awaitQuietly(group.commit(Map.of(), leaveTimeoutMs()), "finish committing", leaveTimeoutMs());
            }
        } finally {
            group.close();
        }
    }

    private long leaveTimeoutMs() {
        return Math.min(apiTimeoutMs, CLOSE_PATIENCE_MS);
    }

    /** The group waits for this member no longer than {@code maxPollIntervalMs}. */
    private long revokeTimeoutMs() {
        return Math.min(apiTimeoutMs, Math.max(1, config.maxPollIntervalMs() / 2));
    }

    private void awaitQuietly(CompletableFuture<?> future, String what, long timeoutMs) {
        try {
            Waits.await(future, timeoutMs);
        } catch (ClientException e) {
            LOG.warn("group={} did not {}: {}", config.groupId(), what, e.getMessage());
        }
    }
}
