package io.millrace.replication.metadata;

import io.millrace.protocol.Uuid;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The digest of an image: an order-sensitive 64-bit hash over its sorted content. Not cryptographic. Used by one thread. */
final class ImageDigest {

    private static final long MULTIPLIER = 0x9e3779b97f4a7c15L;

    private long state = 0xcbf29ce484222325L;

    private ImageDigest() {}

    static long of(MetadataImage image) {
        ImageDigest digest = new ImageDigest();
        digest.add(image.clusterId());
        digest.add(image.metadataFormat());
        digest.add(image.nextProducerId());
        digest.add(image.brokerCount());
        for (BrokerImage broker : image.brokers()) {
            digest.add(broker);
        }
        digest.add(image.topicCount());
        for (TopicImage topic : image.topics()) {
            digest.add(topic);
        }
        for (MetadataImage.ResourceConfigs configs : image.configuredResources()) {
            digest.add(configs.resource().type().code());
            digest.add(configs.resource().name());
            digest.add(configs.values().size());
            for (Map.Entry<String, String> entry : configs.values().entrySet()) {
                digest.add(entry.getKey());
                digest.add(entry.getValue());
            }
        }
        digest.add(image.features().size());
        for (Map.Entry<String, Short> feature : image.features().entrySet()) {
            digest.add(feature.getKey());
            digest.add(feature.getValue());
        }
        return digest.state;
    }

    private void add(BrokerImage broker) {
        add(broker.brokerId());
        add(broker.brokerEpoch());
        add(broker.incarnationId());
        add(broker.rack());
        add(broker.endpoints().size());
        for (Endpoint endpoint : broker.endpoints()) {
            add(endpoint.listener());
            add(endpoint.host());
            add(endpoint.port());
            add(endpoint.securityProtocol());
        }
        add(broker.logDirectoryIds().size());
        for (Uuid directory : broker.logDirectoryIds()) {
            add(directory);
        }
    }

    private void add(TopicImage topic) {
        add(topic.name());
        add(topic.topicId());
        add(topic.partitionCount());
        for (PartitionImage partition : topic.partitions()) {
            add(partition.leader());
            add(partition.leaderEpoch());
            add(partition.partitionEpoch());
            add(partition.replicas());
            add(partition.isr());
        }
    }

    private void add(IntList values) {
        add(values.size());
        for (int i = 0; i < values.size(); i++) {
            add(values.get(i));
        }
    }

    private void add(Uuid id) {
        add(id.mostSignificantBits());
        add(id.leastSignificantBits());
    }

    private void add(@Nullable String text) {
        if (text == null) {
            add(-1L);
            return;
        }
        add(text.length());
        for (int i = 0; i < text.length(); i++) {
            add(text.charAt(i));
        }
    }

    private void add(long value) {
        state = Long.rotateLeft(state ^ value, 27) * MULTIPLIER + 0x2545f4914f6cdd1dL;
        state ^= state >>> 29;
    }
}
