package io.millrace.client.consumer.group;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.connection.Backoff;
import io.millrace.client.connection.Reply;
import io.millrace.client.error.ClientClosedException;
import io.millrace.client.error.ClientException;
import io.millrace.client.error.ClientTimeoutException;
import io.millrace.client.error.OutcomeUnknownException;
import io.millrace.protocol.message.OffsetFetchResponse;
import io.millrace.runtime.Timer;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Asks the coordinator where the group stands, until it says so or {@code apiTimeoutMs} are over. Owned by the client's loop; used once. */
final class CommittedLookup {

    private final Cluster cluster;
    private final GroupConfig config;
    private final GroupCoordinator coordinator;
    private final List<TopicPartition> partitions;
    private final Backoff backoff;
    private final long startedNs;
    private final CompletableFuture<Map<TopicPartition, CommittedOffset>> result;

    CommittedLookup(
            Cluster cluster,
            GroupConfig config,
            GroupCoordinator coordinator,
            Collection<TopicPartition> partitions,
            CompletableFuture<Map<TopicPartition, CommittedOffset>> result) {
        this.cluster = cluster;
        this.config = config;
        this.coordinator = coordinator;
        this.partitions = List.copyOf(partitions);
        this.result = result;
        this.backoff =
                new Backoff(cluster.config().retryBackoffMs(), cluster.config().retryBackoffMaxMs());
        this.startedNs = cluster.clock().monotonicNs();
    }

    void attempt() {
        if (cluster.isClosed()) {
            result.completeExceptionally(new ClientClosedException("look up committed offsets"));
            return;
        }
        coordinator.send(OffsetRequests.fetch(config, partitions), this::replied);
    }

    private void replied(Reply reply) {
        switch (reply) {
            case Reply.Answered answered
            when answered.message() instanceof OffsetFetchResponse response -> {
                try {
                    result.complete(OffsetRequests.readFetched(config, response, answered.version()));
                } catch (ClientException e) {
                    coordinator.movedAway(e.errorCode());
                    retryOrFail(e);
                }
            }
            case Reply.NotSent notSent -> retryOrFail(notSent.cause());
            case Reply.Lost lost -> retryOrFail(lost.cause());
            case Reply.Answered ignored -> throw new IllegalStateException("no OffsetFetch answer");
            case Reply.SentOneWay ignored -> throw new IllegalStateException("OffsetFetch has an answer");
        }
    }

    private void retryOrFail(ClientException failure) {
        if (!failure.retriable() && !(failure instanceof OutcomeUnknownException)) {
            result.completeExceptionally(failure);
            return;
        }
        long waitNs = backoff.nextNs();
        long elapsedNs = cluster.clock().monotonicNs() + waitNs - startedNs;
        if (TimeUnit.NANOSECONDS.toMillis(elapsedNs) >= cluster.config().apiTimeoutMs()) {
            result.completeExceptionally(new ClientTimeoutException(
                    "committed offsets of group " + config.groupId() + " were not found within "
                            + cluster.config().apiTimeoutMs() + " ms: " + failure.getMessage(),
                    failure));
            return;
        }
        Timer ignored = cluster.loop().schedule(waitNs, this::attempt);
    }
}
