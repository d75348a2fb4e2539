package io.millrace.client.consumer.group;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.connection.Backoff;
import io.millrace.client.connection.Reply;
import io.millrace.client.error.BufferFullException;
import io.millrace.client.error.ClientException;
import io.millrace.client.error.ClientTimeoutException;
import io.millrace.client.error.OutcomeUnknownException;
import io.millrace.client.error.RefusedException;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.OffsetCommitResponse;
import io.millrace.runtime.Timer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Commits offsets, one request at a time. Owned by the client's loop.
 *
 * <p>Invariant: of two commits of a partition the later one wins, whatever is lost and repeated on the way. All that waits goes into
 * one request, later over earlier; what failed goes back in front of what came since; and a commit forgets each partition that was
 * done, so that a repetition for another one does not bring it back.
 */
final class Commits {

    /** Commits that may wait at once; each further one is refused. */
    static final int MAX_WAITING = 10_000;

    /** What the commits ask of the membership. */
    interface Member {
        CommitFence fence();

        /** The coordinator does not take this generation's commits. */
        void refused(Generation generation, ErrorCode error);

        /** Whether a commit may be repeated after the rebalance that the coordinator just spoke of. */
        boolean outlivesRebalance();
    }

    private record Pending(
            Map<TopicPartition, CommittedOffset> left, long deadlineNs, CompletableFuture<@Nullable Void> done) {}

    private final Cluster cluster;
    private final GroupConfig config;
    private final GroupCoordinator coordinator;
    private final Member member;
    private final Backoff backoff;
    private final ArrayDeque<Pending> waiting = new ArrayDeque<>();
    private List<Pending> inFlight = List.of();
    /** Why what is on its way is not repeated: what it was of was lost meanwhile. Null while it may be. */
    private @Nullable ClientException refusedMeanwhile;

    private boolean backingOff;
    private @Nullable ClientException lastFailure;

    Commits(Cluster cluster, GroupConfig config, GroupCoordinator coordinator, Member member) {
        this.cluster = cluster;
        this.config = config;
        this.coordinator = coordinator;
        this.member = member;
        this.backoff =
                new Backoff(cluster.config().retryBackoffMs(), cluster.config().retryBackoffMaxMs());
    }

    /** Commits after everything submitted before. An empty commit ends when all of that has. */
    void submit(Map<TopicPartition, CommittedOffset> offsets, long timeoutMs, CompletableFuture<@Nullable Void> done) {
        if (waiting.size() >= MAX_WAITING) {
            done.completeExceptionally(
                    new BufferFullException(MAX_WAITING + " commits wait already: wait for some of them first"));
            return;
        }
        long deadlineNs = cluster.clock().monotonicNs() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        waiting.addLast(new Pending(new TreeMap<>(offsets), deadlineNs, done));
        Timer ignored = cluster.loop().schedule(TimeUnit.MILLISECONDS.toNanos(timeoutMs), this::expire);
        pump();
    }

    /** Sends what waits, when it may. */
    void pump() {
        if (!inFlight.isEmpty() || backingOff || waiting.isEmpty()) {
            return;
        }
        switch (member.fence()) {
            case CommitFence.Wait ignored -> {}
            case CommitFence.Closed closed -> refuseAll(closed.cause());
            case CommitFence.Open open -> send(open.generation());
        }
    }

    private void send(Generation generation) {
        List<Pending> taken = List.copyOf(waiting);
        waiting.clear();
        Map<TopicPartition, CommittedOffset> merged = new TreeMap<>();
        for (Pending pending : taken) {
            merged.putAll(pending.left());
        }
        if (merged.isEmpty()) {
            taken.forEach(pending -> pending.done().complete(null));
            return;
        }
        inFlight = taken;
        refusedMeanwhile = null;
        coordinator.send(OffsetRequests.commit(config, generation, merged), reply -> replied(generation, reply));
    }

    private void replied(Generation generation, Reply reply) {
        List<Pending> asked = inFlight;
        inFlight = List.of();
        switch (reply) {
            case Reply.Answered answered
            when answered.message() instanceof OffsetCommitResponse response ->
                read(generation, asked, OffsetRequests.readCommitted(response));
            case Reply.NotSent notSent -> failed(asked, notSent.cause());
            case Reply.Lost lost -> failed(asked, lost.cause());
            case Reply.Answered ignored -> throw new IllegalStateException("no OffsetCommit answer");
            case Reply.SentOneWay ignored -> throw new IllegalStateException("OffsetCommit has an answer");
        }
        pump();
    }

    private void failed(List<Pending> asked, ClientException cause) {
        if (!cause.retriable() && !(cause instanceof OutcomeUnknownException)) {
            asked.forEach(pending -> pending.done().completeExceptionally(cause));
            return;
        }
        lastFailure = cause;
        again(asked);
    }

    private void read(Generation generation, List<Pending> asked, Map<TopicPartition, ErrorCode> errors) {
        ErrorCode fenced = null;
        List<Pending> repeated = new ArrayList<>();
        for (Pending pending : asked) {
            boolean waitsForThoseBefore = pending.left().isEmpty();
            ErrorCode fatal = null;
            for (TopicPartition partition : List.copyOf(pending.left().keySet())) {
                ErrorCode error = errors.getOrDefault(partition, ErrorCode.UNKNOWN_SERVER_ERROR);
                if (error == ErrorCode.NONE) {
                    pending.left().remove(partition);
                } else if (isRepeatable(error)) {
                    lastFailure = refusal(error);
                    coordinator.movedAway(error);
                } else {
                    fatal = error;
                }
                if (isFence(error)) {
                    fenced = error;
                }
            }
            if (fatal != null) {
                pending.done().completeExceptionally(refusal(fatal));
            } else if (pending.left().isEmpty() && (!waitsForThoseBefore || repeated.isEmpty())) {
                pending.done().complete(null);
            } else {
                repeated.add(pending);
            }
        }
        if (repeated.isEmpty()) {
            backoff.reset();
        } else {
            again(repeated);
        }
        if (fenced != null) {
            member.refused(generation, fenced);
        }
    }

    private boolean isRepeatable(ErrorCode error) {
        if (error == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) {
            // It was read, so it was there: it is deleted, and nobody should wait for it.
            return false;
        }
        return error == ErrorCode.REBALANCE_IN_PROGRESS ? member.outlivesRebalance() : error.retriable();
    }

    private static boolean isFence(ErrorCode error) {
        return error == ErrorCode.REBALANCE_IN_PROGRESS
                || error == ErrorCode.ILLEGAL_GENERATION
                || error == ErrorCode.UNKNOWN_MEMBER_ID
                || error == ErrorCode.FENCED_INSTANCE_ID;
    }

    private RefusedException refusal(ErrorCode error) {
        return RefusedException.of(
                "commit offsets of group " + config.groupId(),
                error,
                isFence(error)
                        ? error.message()
                                + "; the partitions may be another member's by now, which reads on from the last commit"
                        : null);
    }

    private void again(List<Pending> pendings) {
        ClientException refused = refusedMeanwhile;
        if (refused != null) {
            pendings.forEach(pending -> pending.done().completeExceptionally(refused));
            return;
        }
        for (Pending pending : pendings.reversed()) {
            waiting.addFirst(pending);
        }
        expire();
        backingOff = true;
        Timer ignored = cluster.loop().schedule(backoff.nextNs(), () -> {
            backingOff = false;
            pump();
        });
    }

    private void expire() {
        long nowNs = cluster.clock().monotonicNs();
        ClientException cause = lastFailure;
        waiting.removeIf(pending -> {
            boolean late = pending.deadlineNs() - nowNs <= 0;
            if (late) {
                pending.done()
                        .completeExceptionally(new ClientTimeoutException(
                                "offsets of group " + config.groupId() + " were not committed in time"
                                        + (cause == null ? "" : ": " + cause.getMessage()),
                                cause));
            }
            return late;
        });
    }

    /** Fails what waits; what is on its way ends by its answer, and is not sent again. */
    void refuseAll(ClientException cause) {
        if (!inFlight.isEmpty()) {
            refusedMeanwhile = cause;
        }
        List<Pending> refused = List.copyOf(waiting);
        waiting.clear();
        refused.forEach(pending -> pending.done().completeExceptionally(cause));
    }

    /** Fails everything. */
    void close(ClientException cause) {
        refuseAll(cause);
        inFlight.forEach(pending -> pending.done().completeExceptionally(cause));
    }
}
