package io.millrace.replication.metadata;

import io.millrace.protocol.Message;
import io.millrace.replication.record.ConfigRecord;
import io.millrace.replication.record.FeatureLevelRecord;
import io.millrace.replication.record.FormatRecord;
import io.millrace.replication.record.PartitionsRecord;
import io.millrace.replication.record.ProducerIdsRecord;
import io.millrace.replication.record.RegisterBrokerRecord;
import io.millrace.replication.record.TopicRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** An image as the shortest list of records that leads to it: what a snapshot holds. Deterministic: sorted throughout. */
public final class SnapshotRecords {

    /** Partitions in one record, so that no record grows with the topic. */
    public static final int PARTITIONS_PER_RECORD = 1_000;

    private SnapshotRecords() {}

    /** Calls {@code sink} with every record in order; nothing for an image without a cluster id. Any thread. */
    public static void write(MetadataImage image, Consumer<Message> sink) {
        String clusterId = image.clusterId();
        if (clusterId == null) {
            return;
        }
        sink.accept(new FormatRecord().clusterId(clusterId).metadataFormat(image.metadataFormat()));
        for (Map.Entry<String, Short> feature : image.features().entrySet()) {
            sink.accept(new FeatureLevelRecord().name(feature.getKey()).level(feature.getValue()));
        }
        for (BrokerImage broker : image.brokers()) {
            sink.accept(registration(broker));
        }
        for (TopicImage topic : image.topics()) {
            sink.accept(new TopicRecord().name(topic.name()).topicId(topic.topicId()));
            partitions(topic, sink);
        }
        for (MetadataImage.ResourceConfigs configs : image.configuredResources()) {
            for (Map.Entry<String, String> entry : configs.values().entrySet()) {
                sink.accept(config(configs.resource(), entry.getKey(), entry.getValue()));
            }
        }
        if (image.nextProducerId() > 0) {
            sink.accept(new ProducerIdsRecord().brokerId(-1).brokerEpoch(-1L).nextProducerId(image.nextProducerId()));
        }
    }

    /** The record that registers this broker. */
    public static RegisterBrokerRecord registration(BrokerImage broker) {
        List<RegisterBrokerRecord.BrokerEndpoint> endpoints = new ArrayList<>();
        for (Endpoint endpoint : broker.endpoints()) {
            endpoints.add(new RegisterBrokerRecord.BrokerEndpoint()
                    .listener(endpoint.listener())
                    .host(endpoint.host())
                    .port(endpoint.port())
                    .securityProtocol(endpoint.securityProtocol()));
        }
        return new RegisterBrokerRecord()
                .brokerId(broker.brokerId())
                .brokerEpoch(broker.brokerEpoch())
                .incarnationId(broker.incarnationId())
                .rack(broker.rack())
                .endpoints(endpoints)
                .logDirectoryIds(new ArrayList<>(broker.logDirectoryIds()));
    }

    /** The record that sets one config. */
    public static ConfigRecord config(ConfigResource resource, String key, String value) {
        return new ConfigRecord()
                .resourceType(resource.type().code())
                .resourceName(resource.name())
                .key(key)
                .value(value);
    }

    private static void partitions(TopicImage topic, Consumer<Message> sink) {
        List<PartitionsRecord.NewPartition> chunk = new ArrayList<>();
        for (PartitionImage partition : topic.partitions()) {
            chunk.add(newPartition(partition));
            if (chunk.size() == PARTITIONS_PER_RECORD) {
                sink.accept(new PartitionsRecord().topicId(topic.topicId()).partitions(chunk));
                chunk = new ArrayList<>();
            }
        }
        if (!chunk.isEmpty()) {
            sink.accept(new PartitionsRecord().topicId(topic.topicId()).partitions(chunk));
        }
    }

    /** The entry of a partitions record that adds this partition. */
    public static PartitionsRecord.NewPartition newPartition(PartitionImage partition) {
        return new PartitionsRecord.NewPartition()
                .partition(partition.partition())
                .replicas(partition.replicas().toArray())
                .isr(partition.isr().toArray())
                .leader(partition.leader())
                .leaderEpoch(partition.leaderEpoch())
                .partitionEpoch(partition.partitionEpoch());
    }
}
