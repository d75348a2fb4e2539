package io.millrace.tools.group;

import io.millrace.client.cluster.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Partitions as people name them: {@code orders} is all of it, {@code orders:0,3} is two of them. Immutable.
 *
 * @param partitions null for all
 */
record TopicScope(String topic, @Nullable List<Integer> partitions) {

    TopicScope {
        partitions = partitions == null ? null : List.copyOf(partitions);
    }

    /**
     * Parses one.
     *
     * @throws IllegalArgumentException that says what is expected
     */
    static TopicScope parse(String typed) {
        int colon = typed.indexOf(':');
        String topic = colon < 0 ? typed : typed.substring(0, colon);
        if (topic.isBlank()) {
            throw new IllegalArgumentException("'" + typed + "' names no topic");
        }
        if (colon < 0) {
            return new TopicScope(topic, null);
        }
        List<Integer> partitions = new ArrayList<>();
        for (String number : typed.substring(colon + 1).split(",", -1)) {
            if (!number.strip().matches("\\d{1,9}")) {
                throw new IllegalArgumentException("'" + typed
                        + "': after the colon come partition numbers separated by commas, e.g. " + topic + ":0,1");
            }
            partitions.add(Integer.parseInt(number.strip()));
        }
        return new TopicScope(topic, partitions.stream().distinct().sorted().toList());
    }

    /**
     * The partitions meant, of a topic that has so many.
     *
     * @throws IllegalArgumentException when one is not there
     */
    List<TopicPartition> of(int partitionCount) {
        List<TopicPartition> meant = new ArrayList<>();
        List<Integer> named = partitions;
        if (named == null) {
            for (int i = 0; i < partitionCount; i++) {
                meant.add(new TopicPartition(topic, i));
            }
            return meant;
        }
        for (int number : named) {
            if (number >= partitionCount) {
                throw new IllegalArgumentException(
                        "topic " + topic + " has no partition " + number + ": it has 0 to " + (partitionCount - 1));
            }
            meant.add(new TopicPartition(topic, number));
        }
        return meant;
    }
}
