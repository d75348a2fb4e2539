package io.millrace.client.cluster;

/** A partition's name. Immutable; ordered by topic, then number. */
public record TopicPartition(String topic, int partition) implements Comparable<TopicPartition> {

    public TopicPartition {
        if (topic.isEmpty() || partition < 0) {
            throw new IllegalArgumentException("no partition: topic '" + topic + "', number " + partition);
        }
    }

    @Override
    public int compareTo(TopicPartition other) {
        int byTopic = topic.compareTo(other.topic);
        return byTopic != 0 ? byTopic : Integer.compare(partition, other.partition);
    }

    @Override
    public String toString() {
        return topic + "-" + partition;
    }
}
