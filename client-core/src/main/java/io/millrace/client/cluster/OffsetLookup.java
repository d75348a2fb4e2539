package io.millrace.client.cluster;

import io.millrace.client.connection.ApiRange;
import io.millrace.client.connection.Backoff;
import io.millrace.client.connection.ClientRequest;
import io.millrace.client.connection.Reply;
import io.millrace.client.error.ClientClosedException;
import io.millrace.client.error.ClientException;
import io.millrace.client.error.ClientTimeoutException;
import io.millrace.client.error.OutcomeUnknownException;
import io.millrace.client.error.RefusedException;
import io.millrace.client.error.UnknownTopicException;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.ApiKey;
import io.millrace.protocol.message.ListOffsetsRequest;
import io.millrace.protocol.message.ListOffsetsResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks partitions' leaders for offsets, following leaders until every partition has answered. Owned by the client's loop; used
 * once.
 */
public final class OffsetLookup {

    private static final ApiRange LIST_OFFSETS = ApiRange.of(ApiKey.LIST_OFFSETS, 1, 10);
    private static final short FIRST_VERSION_WITH_EPOCH = 4;
    private static final int CONSUMER = -1;

    private final Cluster cluster;
    private final Map<TopicPartition, OffsetQuery> open;
    private final Map<TopicPartition, FoundOffset> found = new TreeMap<>();
    private final Backoff backoff;
    private final long startedNs;
    private final CompletableFuture<Map<TopicPartition, FoundOffset>> result = new CompletableFuture<>();
    private int outstanding;
    private @Nullable ClientException lastFailure;

    private OffsetLookup(Cluster cluster, Map<TopicPartition, OffsetQuery> queries) {
        this.cluster = cluster;
        this.open = new TreeMap<>(queries);
        this.backoff =
                new Backoff(cluster.config().retryBackoffMs(), cluster.config().retryBackoffMaxMs());
        this.startedNs = cluster.clock().monotonicNs();
    }

    /** From any thread; the future completes on the loop, with an entry for each query, or fails as a whole. */
    public static CompletableFuture<Map<TopicPartition, FoundOffset>> start(
            Cluster cluster, Map<TopicPartition, OffsetQuery> queries) {
        OffsetLookup lookup = new OffsetLookup(cluster, queries);
        if (queries.isEmpty()) {
            lookup.result.complete(Map.of());
            return lookup.result;
        }
        List<CompletableFuture<TopicImage>> topics = new ArrayList<>();
        for (String topic :
                queries.keySet().stream().map(TopicPartition::topic).distinct().toList()) {
            topics.add(cluster.metadata().topic(topic, 0, cluster.config().apiTimeoutMs()));
        }
        CompletableFuture<Void> ignored = CompletableFuture.allOf(topics.toArray(CompletableFuture[]::new))
                .whenComplete((all, failure) -> {
                    if (failure != null) {
                        lookup.result.completeExceptionally(failure.getCause() == null ? failure : failure.getCause());
                        return;
                    }
                    try {
                        cluster.run("look up offsets", lookup::attempt);
                    } catch (ClientClosedException e) {
                        lookup.result.completeExceptionally(e);
                    }
                });
        return lookup.result;
    }

    private void attempt() {
        if (cluster.isClosed()) {
            result.completeExceptionally(new ClientClosedException("look up offsets"));
            return;
        }
        Map<Integer, List<TopicPartition>> byLeader = new TreeMap<>();
        ClusterImage image = cluster.metadata().image();
        for (TopicPartition partition : open.keySet()) {
            TopicImage topic = image.topic(partition.topic());
            PartitionImage at = image.partition(partition);
            if (topic != null && at == null) {
                result.completeExceptionally(new UnknownTopicException(
                        partition.topic(),
                        "topic " + partition.topic() + " has no partition " + partition.partition() + ": it has 0 to "
                                + (topic.partitionCount() - 1)));
                return;
            }
            if (at != null && at.hasLeader()) {
                byLeader.computeIfAbsent(at.leaderId(), id -> new ArrayList<>()).add(partition);
            }
        }
        outstanding = byLeader.size();
        if (outstanding == 0) {
            roundEnded();
            return;
        }
        byLeader.forEach(
                (leader, partitions) -> cluster.send(leader, requestFor(partitions, image), reply -> replied(reply)));
    }

    private ClientRequest requestFor(List<TopicPartition> partitions, ClusterImage image) {
        return ClientRequest.of(LIST_OFFSETS, version -> {
            Map<String, ListOffsetsRequest.ListOffsetsTopic> topics = new TreeMap<>();
            for (TopicPartition partition : partitions) {
                ListOffsetsRequest.ListOffsetsPartition asked = new ListOffsetsRequest.ListOffsetsPartition()
                        .partitionIndex(partition.partition())
                        .timestamp(queryOf(partition).wireTimestamp());
                PartitionImage at = image.partition(partition);
                if (version >= FIRST_VERSION_WITH_EPOCH && at != null) {
                    asked.currentLeaderEpoch(at.leaderEpoch());
                }
                topics.computeIfAbsent(partition.topic(), name -> new ListOffsetsRequest.ListOffsetsTopic().name(name))
                        .partitions()
                        .add(asked);
            }
            return new ListOffsetsRequest().replicaId(CONSUMER).topics(new ArrayList<>(topics.values()));
        });
    }

    private OffsetQuery queryOf(TopicPartition partition) {
        OffsetQuery query = open.get(partition);
        return query == null ? OffsetQuery.latest() : query;
    }

    private void replied(Reply reply) {
        outstanding--;
        switch (reply) {
            case Reply.Answered answered
            when answered.message() instanceof ListOffsetsResponse response -> read(response);
            case Reply.NotSent notSent -> lastFailure = notSent.cause();
            case Reply.Lost lost -> lastFailure = lost.cause();
            case Reply.Answered ignored -> throw new IllegalStateException("no ListOffsets answer");
            case Reply.SentOneWay ignored -> throw new IllegalStateException("ListOffsets has an answer");
        }
        if (outstanding == 0) {
            roundEnded();
        }
    }

    private void read(ListOffsetsResponse response) {
        for (ListOffsetsResponse.ListOffsetsTopicResponse topic : response.topics()) {
            for (ListOffsetsResponse.ListOffsetsPartitionResponse partition : topic.partitions()) {
                TopicPartition name = new TopicPartition(topic.name(), partition.partitionIndex());
                ErrorCode error = ErrorCode.of(partition.errorCode());
                if (error == ErrorCode.NONE) {
                    if (open.remove(name) != null) {
                        found.put(
                                name,
                                new FoundOffset(partition.offset(), partition.timestamp(), partition.leaderEpoch()));
                    }
                } else {
                    lastFailure = RefusedException.of("look up an offset of " + name, error, null);
                }
            }
        }
    }

    private void roundEnded() {
        if (open.isEmpty()) {
            result.complete(new HashMap<>(found));
            return;
        }
        ClientException failure = lastFailure;
        boolean repeatable = failure == null || failure.retriable() || failure instanceof OutcomeUnknownException;
        if (failure != null && !repeatable) {
            result.completeExceptionally(failure);
            return;
        }
        long waitNs = backoff.nextNs();
        long elapsedMs = TimeUnit.NANOSECONDS.toMillis(cluster.clock().monotonicNs() + waitNs - startedNs);
        if (elapsedMs >= cluster.config().apiTimeoutMs()) {
            result.completeExceptionally(new ClientTimeoutException(
                    "offsets of " + open.keySet() + " were not found within "
                            + cluster.config().apiTimeoutMs() + " ms: "
                            + (failure == null ? "no leader" : failure.getMessage()),
                    failure));
            return;
        }
        cluster.metadata().refresh();
        cluster.retry(waitNs, this::attempt);
    }
}
