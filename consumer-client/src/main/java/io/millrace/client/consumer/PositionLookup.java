package io.millrace.client.consumer;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.cluster.FoundOffset;
import io.millrace.client.cluster.OffsetLookup;
import io.millrace.client.cluster.OffsetQuery;
import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.consumer.group.Group;
import io.millrace.client.error.ClientException;
import io.millrace.client.error.RefusedException;
import io.millrace.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Finds positions that are not set: where the group stands, else by the reset policy. One look-up at a time, which may outlast the poll
 * that began it. Owned by the polling thread.
 */
final class PositionLookup {

    private static final long NO_TIMESTAMP = -1;

    private final Cluster cluster;
    private final OffsetReset reset;
    private final @Nullable Group group;
    private @Nullable CompletableFuture<Map<TopicPartition, FoundOffset>> asked;
    private Map<TopicPartition, Integer> generations = Map.of();

    PositionLookup(Cluster cluster, OffsetReset reset, @Nullable Group group) {
        this.cluster = cluster;
        this.reset = reset;
        this.group = group;
    }

    boolean isUnderWay() {
        return asked != null;
    }

    /**
     * Starts or goes on with a look-up and waits for it.
     *
     * @return what was found and is still wanted; empty when the deadline came first
     * @throws ClientException when there is no policy, or the look-up failed
     */
    Map<TopicPartition, FoundOffset> await(Positions positions, long deadlineNs) {
        if (asked == null) {
            asked = ask(positions);
        }
        CompletableFuture<Map<TopicPartition, FoundOffset>> pending = asked;
        if (pending == null) {
            return Map.of();
        }
        try {
            Map<TopicPartition, FoundOffset> found =
                    new TreeMap<>(pending.get(Math.max(0, deadlineNs - System.nanoTime()), TimeUnit.NANOSECONDS));
            asked = null;
            for (TopicPartition partition : generations.keySet()) {
                if (!found.containsKey(partition) && isWanted(positions, partition)) {
                    positions.groupHasNone(partition);
                }
            }
            found.keySet().removeIf(partition -> !isWanted(positions, partition));
            return found;
        } catch (TimeoutException e) {
            return Map.of(); // the next poll goes on waiting
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Map.of();
        } catch (ExecutionException e) {
            asked = null;
            throw e.getCause() instanceof ClientException cause ? cause : new IllegalStateException(e.getCause());
        }
    }

    private @Nullable CompletableFuture<Map<TopicPartition, FoundOffset>> ask(Positions positions) {
        List<TopicPartition> unset = positions.unset();
        if (unset.isEmpty()) {
            return null;
        }
        Group own = group;
        List<TopicPartition> ofGroup = new ArrayList<>(unset);
        ofGroup.removeIf(partition -> own == null || !positions.asksGroup(partition));
        List<TopicPartition> now = ofGroup.isEmpty() ? unset : ofGroup;
        Map<TopicPartition, Integer> asOf = new TreeMap<>();
        for (TopicPartition partition : now) {
            asOf.put(partition, positions.generation(partition));
        }
        generations = asOf;
        return own == null || ofGroup.isEmpty() ? byPolicy(now) : byGroup(own, now);
    }

    private static CompletableFuture<Map<TopicPartition, FoundOffset>> byGroup(
            Group group, List<TopicPartition> partitions) {
        return group.committed(partitions).thenApply(committed -> {
            Map<TopicPartition, FoundOffset> found = new TreeMap<>();
            committed.forEach((partition, at) ->
                    found.put(partition, new FoundOffset(at.offset(), NO_TIMESTAMP, at.leaderEpoch())));
            return found;
        });
    }

    private CompletableFuture<Map<TopicPartition, FoundOffset>> byPolicy(List<TopicPartition> partitions) {
        if (reset == OffsetReset.ERROR) {
            throw RefusedException.of(
                    "read " + partitions.getFirst(),
                    ErrorCode.OFFSET_OUT_OF_RANGE,
                    (group == null ? "it has no position yet" : "its group has committed no offset yet")
                            + ": seek first, or choose OffsetReset.EARLIEST or LATEST");
        }
        OffsetQuery query = reset == OffsetReset.EARLIEST ? OffsetQuery.earliest() : OffsetQuery.latest();
        Map<TopicPartition, OffsetQuery> queries = new TreeMap<>();
        for (TopicPartition partition : partitions) {
            queries.put(partition, query);
        }
        return OffsetLookup.start(cluster, queries);
    }

    private boolean isWanted(Positions positions, TopicPartition partition) {
        Integer generation = generations.get(partition);
        return generation != null
                && positions.isAssigned(partition)
                && positions.offset(partition) == Positions.UNSET
                && positions.generation(partition) == generation;
    }
}
