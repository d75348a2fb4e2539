package io.millrace.replication.metadata;

import io.millrace.protocol.Uuid;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The whole cluster metadata after a prefix of the metadata log. Immutable and persistent: a newer image shares all that
 * did not change, so keeping one costs nothing. Any thread may read it; look-ups take O(log n), iteration follows the key.
 *
 * <p>Only {@link MetadataReplay} makes new ones. Two images of the same log prefix have the same {@link #digest()}.
 */
public final class MetadataImage {

    private static final SortedMap<String, String> NO_CONFIGS = Collections.unmodifiableSortedMap(new TreeMap<>());

    /** Before the first record. */
    public static final MetadataImage EMPTY = new MetadataImage(new Parts());

    /** Everything an image holds; a scratch value that replay fills and an image then keeps for itself. */
    static final class Parts {
        long endOffset;

        @Nullable
        String clusterId;

        short metadataFormat;
        long partitionCount;
        long nextProducerId;
        SortedTree<Integer, BrokerImage> brokers = SortedTree.empty();
        SortedTree<String, TopicImage> topicsByName = SortedTree.empty();
        SortedTree<Uuid, TopicImage> topicsById = SortedTree.empty();
        SortedTree<ConfigResource, ResourceConfigs> configs = SortedTree.empty();
        SortedMap<String, Short> features = Collections.unmodifiableSortedMap(new TreeMap<>());

        Parts() {}

        private Parts(Parts other) {
            endOffset = other.endOffset;
            clusterId = other.clusterId;
            metadataFormat = other.metadataFormat;
            partitionCount = other.partitionCount;
            nextProducerId = other.nextProducerId;
            brokers = other.brokers;
            topicsByName = other.topicsByName;
            topicsById = other.topicsById;
            configs = other.configs;
            features = other.features;
        }
    }

    /** The configs that were set on one resource; unmodifiable. */
    record ResourceConfigs(ConfigResource resource, SortedMap<String, String> values) {}

    private final Parts parts;

    MetadataImage(Parts parts) {
        this.parts = new Parts(parts);
    }

    /** A copy to change and to make the next image of. */
    Parts parts() {
        return new Parts(parts);
    }

    /** Records replayed so far: the metadata offset of the next one. */
    public long endOffset() {
        return parts.endOffset;
    }

    /** Null before the first record. */
    public @Nullable String clusterId() {
        return parts.clusterId;
    }

    /** The set of record types and versions the log may hold; 0 before the first record. */
    public short metadataFormat() {
        return parts.metadataFormat;
    }

    public @Nullable BrokerImage broker(int brokerId) {
        return parts.brokers.get(brokerId);
    }

    /** By ascending id. */
    public Iterable<BrokerImage> brokers() {
        return parts.brokers;
    }

    public int brokerCount() {
        return parts.brokers.size();
    }

    public @Nullable TopicImage topic(String name) {
        return parts.topicsByName.get(name);
    }

    public @Nullable TopicImage topic(Uuid topicId) {
        return parts.topicsById.get(topicId);
    }

    /** By ascending name. */
    public Iterable<TopicImage> topics() {
        return parts.topicsByName;
    }

    public int topicCount() {
        return parts.topicsByName.size();
    }

    /** Partitions of all topics. */
    public long partitionCount() {
        return parts.partitionCount;
    }

    /** What was set on the resource, by key; empty when nothing was. Unmodifiable. */
    public SortedMap<String, String> configs(ConfigResource resource) {
        ResourceConfigs found = parts.configs.get(resource);
        return found == null ? NO_CONFIGS : found.values();
    }

    /** Every resource with at least one config, sorted. */
    Iterable<ResourceConfigs> configuredResources() {
        return parts.configs;
    }

    /** Finalized levels by feature name. Unmodifiable. */
    public SortedMap<String, Short> features() {
        return parts.features;
    }

    /** The first producer id that was given to nobody. */
    public long nextProducerId() {
        return parts.nextProducerId;
    }

    /** A 64-bit hash over everything but {@link #endOffset()}: equal on every node after the same records. O(size). */
    public long digest() {
        return ImageDigest.of(this);
    }

    @Override
    public String toString() {
        return "MetadataImage(endOffset=" + endOffset() + ", brokers=" + brokerCount() + ", topics=" + topicCount()
                + ", partitions=" + partitionCount() + ")";
    }
}
