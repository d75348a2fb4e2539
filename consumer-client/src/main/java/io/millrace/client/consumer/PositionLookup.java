package io.millrace.client.consumer;

import io.millrace.client.cluster.Cluster;
import io.millrace.client.cluster.FoundOffset;
import io.millrace.client.cluster.OffsetLookup;
import io.millrace.client.cluster.OffsetQuery;
import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.error.ClientException;
import io.millrace.client.error.RefusedException;
import io.millrace.protocol.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Finds positions that are not set, by the reset policy: one look-up at a time, which may outlast the poll that began it. Owned by the
 * polling thread.
 */
final class PositionLookup {

    private final Cluster cluster;
    private final OffsetReset reset;
    private @Nullable CompletableFuture<Map<TopicPartition, FoundOffset>> asked;
    private Map<TopicPartition, Integer> generations = Map.of();

    PositionLookup(Cluster cluster, OffsetReset reset) {
        this.cluster = cluster;
        this.reset = reset;
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
        List<TopicPartition> unset = positions.unset();
        if (asked == null && !unset.isEmpty()) {
            asked = ask(positions, unset);
        }
        CompletableFuture<Map<TopicPartition, FoundOffset>> pending = asked;
        if (pending == null) {
            return Map.of();
        }
        try {
            Map<TopicPartition, FoundOffset> found =
                    new TreeMap<>(pending.get(Math.max(0, deadlineNs - System.nanoTime()), TimeUnit.NANOSECONDS));
            asked = null;
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

    private CompletableFuture<Map<TopicPartition, FoundOffset>> ask(Positions positions, List<TopicPartition> unset) {
        if (reset == OffsetReset.ERROR) {
            throw RefusedException.of(
                    "read " + unset.getFirst(),
                    ErrorCode.OFFSET_OUT_OF_RANGE,
                    "it has no position yet: seek first, or choose OffsetReset.EARLIEST or LATEST");
        }
        OffsetQuery query = reset == OffsetReset.EARLIEST ? OffsetQuery.earliest() : OffsetQuery.latest();
        Map<TopicPartition, OffsetQuery> queries = new TreeMap<>();
        Map<TopicPartition, Integer> asOf = new TreeMap<>();
        for (TopicPartition partition : unset) {
            queries.put(partition, query);
            asOf.put(partition, positions.generation(partition));
        }
        generations = asOf;
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
