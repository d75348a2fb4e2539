package io.millrace.replication.metadata;

import io.millrace.protocol.Uuid;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A topic and its partitions, numbered from 0 without gaps. Immutable. */
public final class TopicImage {

    private final String name;
    private final Uuid topicId;
    private final PartitionImage[] partitions;

    private TopicImage(String name, Uuid topicId, PartitionImage[] partitions) {
        this.name = name;
        this.topicId = topicId;
        this.partitions = partitions;
    }

    static TopicImage empty(String name, Uuid topicId) {
        return new TopicImage(name, topicId, new PartitionImage[0]);
    }

    public String name() {
        return name;
    }

    /** Survives nothing: a topic of the same name, created again, has another. */
    public Uuid topicId() {
        return topicId;
    }

    public int partitionCount() {
        return partitions.length;
    }

    /** Null when there is no such partition. */
    public @Nullable PartitionImage partition(int partition) {
        return partition < 0 || partition >= partitions.length ? null : partitions[partition];
    }

    /** In order of their number. */
    public List<PartitionImage> partitions() {
        return Collections.unmodifiableList(Arrays.asList(partitions));
    }

    /** Replicas of the first partition: what the topic was created with. */
    public short replicationFactor() {
        return partitions.length == 0 ? 0 : (short) partitions[0].replicas().size();
    }

    TopicImage withAdded(List<PartitionImage> added) {
        PartitionImage[] all = Arrays.copyOf(partitions, partitions.length + added.size());
        for (int i = 0; i < added.size(); i++) {
            all[partitions.length + i] = added.get(i);
        }
        return new TopicImage(name, topicId, all);
    }

    TopicImage withChanged(List<PartitionImage> changed) {
        PartitionImage[] all = partitions.clone();
        for (PartitionImage partition : changed) {
            all[partition.partition()] = partition;
        }
        return new TopicImage(name, topicId, all);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TopicImage that
                && name.equals(that.name)
                && topicId.equals(that.topicId)
                && Arrays.equals(partitions, that.partitions);
    }

    @Override
    public int hashCode() {
        return topicId.hashCode();
    }

    @Override
    public String toString() {
        return name + "(" + topicId + ", " + partitions.length + " partitions)";
    }
}
