package io.millrace.client.consumer;

import io.millrace.client.cluster.TopicPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Where the application stands in each assigned partition. Owned by the polling thread. */
final class Positions {

    static final long UNSET = -1;

    /** A partition's position and the number of its last seek. */
    private static final class Position {
        long offset = UNSET;
        int generation;
    }

    private final Map<TopicPartition, Position> positions = new TreeMap<>();
    private int lastGeneration;

    void assign(Collection<TopicPartition> partitions) {
        positions.keySet().retainAll(partitions);
        for (TopicPartition partition : partitions) {
            positions.computeIfAbsent(partition, name -> new Position());
        }
    }

    Set<TopicPartition> assigned() {
        return Set.copyOf(positions.keySet());
    }

    boolean isAssigned(TopicPartition partition) {
        return positions.containsKey(partition);
    }

    /** {@link #UNSET} until a seek or reset has set it. */
    long offset(TopicPartition partition) {
        return of(partition).offset;
    }

    /** Sets a position by a seek; returns the seek's number, never used before by this consumer. */
    int seek(TopicPartition partition, long offset) {
        Position position = of(partition);
        position.offset = offset;
        position.generation = ++lastGeneration;
        return position.generation;
    }

    /** Forgets a position, so that it is looked up. */
    void unset(TopicPartition partition) {
        seek(partition, UNSET);
    }

    /** Moves on, by records given to the application. */
    void advance(TopicPartition partition, long offset) {
        of(partition).offset = offset;
    }

    /** Whether what was fetched under this seek is still wanted. */
    boolean isCurrent(TopicPartition partition, int generation) {
        Position position = positions.get(partition);
        return position != null && position.generation == generation && position.offset != UNSET;
    }

    int generation(TopicPartition partition) {
        return of(partition).generation;
    }

    List<TopicPartition> unset() {
        List<TopicPartition> unset = new ArrayList<>();
        positions.forEach((partition, position) -> {
            if (position.offset == UNSET) {
                unset.add(partition);
            }
        });
        return unset;
    }

    private Position of(TopicPartition partition) {
        @Nullable Position position = positions.get(partition);
        if (position == null) {
            throw new IllegalStateException(partition + " is not assigned to this consumer: assign it first");
        }
        return position;
    }
}
