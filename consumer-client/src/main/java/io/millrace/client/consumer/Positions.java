package io.millrace.client.consumer;

import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.consumer.group.CommittedOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where the application stands in each assigned partition. Owned by the polling thread.
 *
 * <p>Invariant: {@code doneOffset <= offset}, unless the application itself committed or sought otherwise. Between the two are the
 * records that the last poll handed out and that the application has not come back from.
 */
final class Positions {

    static final long UNSET = -1;
    private static final int UNKNOWN_EPOCH = -1;

    /** A partition's position and the number of its last seek. */
    private static final class Position {
        long offset = UNSET;
        int leaderEpoch = UNKNOWN_EPOCH;
        long doneOffset = UNSET;
        int doneLeaderEpoch = UNKNOWN_EPOCH;
        int generation;
        /** Whether the group's offset decides first, then the reset policy. */
        boolean asksGroup = true;
    }

    private final Map<TopicPartition, Position> positions = new TreeMap<>();
    private int lastGeneration;

    void assign(Collection<TopicPartition> partitions) {
        positions.keySet().retainAll(Set.copyOf(partitions));
        for (TopicPartition partition : partitions) {
            positions.computeIfAbsent(partition, name -> {
                Position position = new Position();
                position.generation = ++lastGeneration;
                return position;
            });
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
    int seek(TopicPartition partition, long offset, int leaderEpoch) {
        Position position = of(partition);
        position.offset = offset;
        position.leaderEpoch = leaderEpoch;
        position.doneOffset = offset;
        position.doneLeaderEpoch = leaderEpoch;
        position.asksGroup = false;
        position.generation = ++lastGeneration;
        return position.generation;
    }

    /** Reads the same again, from a fetch that starts anew; returns the new seek's number. */
    int repeat(TopicPartition partition) {
        Position position = of(partition);
        position.generation = ++lastGeneration;
        return position.generation;
    }

    /** Forgets a position, so that the reset policy decides. */
    void unset(TopicPartition partition) {
        seek(partition, UNSET, UNKNOWN_EPOCH);
    }

    /** Whether the group has to be asked where it stands. */
    boolean asksGroup(TopicPartition partition) {
        return of(partition).asksGroup;
    }

    /** The group has no offset: the reset policy decides. */
    void groupHasNone(TopicPartition partition) {
        of(partition).asksGroup = false;
    }

    /** Moves on, by records given to the application. */
    void advance(TopicPartition partition, long offset, int leaderEpoch) {
        Position position = of(partition);
        position.offset = offset;
        if (leaderEpoch != UNKNOWN_EPOCH) {
            position.leaderEpoch = leaderEpoch;
        }
    }

    /** The application came back for more: it is done with all that it was given. */
    void done() {
        for (Position position : positions.values()) {
            position.doneOffset = position.offset;
            position.doneLeaderEpoch = position.leaderEpoch;
        }
    }

    /** The application says how far it is. */
    void done(Map<TopicPartition, CommittedOffset> offsets) {
        offsets.forEach((partition, at) -> {
            Position position = positions.get(partition);
            if (position != null) {
                position.doneOffset = at.offset();
                position.doneLeaderEpoch = at.leaderEpoch();
            }
        });
    }

    /** All that was handed out. */
    Map<TopicPartition, CommittedOffset> handedOut() {
        Map<TopicPartition, CommittedOffset> offsets = new TreeMap<>();
        positions.forEach((partition, at) -> {
            if (at.offset != UNSET) {
                offsets.put(partition, new CommittedOffset(at.offset, at.leaderEpoch, ""));
            }
        });
        return offsets;
    }

    /** All that the application is done with, of these partitions. */
    Map<TopicPartition, CommittedOffset> doneOf(Collection<TopicPartition> partitions) {
        Map<TopicPartition, CommittedOffset> offsets = new TreeMap<>();
        for (TopicPartition partition : partitions) {
            Position at = positions.get(partition);
            if (at != null && at.doneOffset != UNSET) {
                offsets.put(partition, new CommittedOffset(at.doneOffset, at.doneLeaderEpoch, ""));
            }
        }
        return offsets;
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
