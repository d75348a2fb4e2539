package io.millrace.client.cluster;

import io.millrace.protocol.Uuid;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A topic as metadata described it. Immutable.
 *
 * @param id {@link Uuid#ZERO} from brokers that have no topic ids
 * @param partitions by number, without gaps
 */
public record TopicImage(String name, Uuid id, boolean internal, List<PartitionImage> partitions) {

    public TopicImage {
        partitions = List.copyOf(partitions);
    }

    public int partitionCount() {
        return partitions.size();
    }

    /** Null when the topic has no partition of this number. */
    public @Nullable PartitionImage partition(int number) {
        return number < 0 || number >= partitions.size() ? null : partitions.get(number);
    }
}
