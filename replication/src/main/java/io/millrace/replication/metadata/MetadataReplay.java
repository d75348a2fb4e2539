package io.millrace.replication.metadata;

import io.millrace.protocol.Message;
import io.millrace.protocol.Uuid;
import io.millrace.replication.record.ConfigRecord;
import io.millrace.replication.record.FeatureLevelRecord;
import io.millrace.replication.record.FormatRecord;
import io.millrace.replication.record.PartitionChangesRecord;
import io.millrace.replication.record.PartitionsRecord;
import io.millrace.replication.record.ProducerIdsRecord;
import io.millrace.replication.record.RegisterBrokerRecord;
import io.millrace.replication.record.RemoveTopicRecord;
import io.millrace.replication.record.TopicRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The only place where metadata changes: {@code (image, record) -> image}. Pure, so the controller may run ahead of the
 * log's commit and fall back, and brokers that tail the log reach the same state. Every record is checked against the
 * state it meets; one that breaks an invariant is a {@link MetadataFault}, and nothing was changed.
 */
public final class MetadataReplay {

    /** The newest set of record types and versions that this build understands. */
    public static final short METADATA_FORMAT = 1;

    private MetadataReplay() {}

    /** Replays several records in order. */
    public static MetadataImage replay(MetadataImage image, List<? extends Message> records) {
        MetadataImage next = image;
        for (Message record : records) {
            next = replay(next, record);
        }
        return next;
    }

    public static MetadataImage replay(MetadataImage image, Message record) {
        MetadataImage.Parts parts = image.parts();
        check(
                parts.clusterId != null || record instanceof FormatRecord,
                "the metadata log does not start with a format record but with %s",
                record);
        switch (record) {
            case FormatRecord format -> format(parts, format);
            case RegisterBrokerRecord broker -> registerBroker(parts, broker);
            case TopicRecord topic -> addTopic(parts, topic);
            case PartitionsRecord partitions -> addPartitions(parts, partitions);
            case PartitionChangesRecord changes -> changePartitions(parts, changes);
            case RemoveTopicRecord removed -> removeTopic(parts, removed);
            case ConfigRecord config -> config(parts, config);
            case ProducerIdsRecord ids -> producerIds(parts, ids);
            case FeatureLevelRecord feature -> feature(parts, feature);
            default -> throw new MetadataFault("no metadata record of type " + record.apiKey() + " is known");
        }
        parts.endOffset++;
        return new MetadataImage(parts);
    }

    /** The image that a snapshot holds: its records replayed, then placed at the offset that the snapshot stands for. */
    public static MetadataImage restored(MetadataImage fromRecords, long endOffset) {
        MetadataImage.Parts parts = fromRecords.parts();
        parts.endOffset = endOffset;
        return new MetadataImage(parts);
    }

    private static void format(MetadataImage.Parts parts, FormatRecord record) {
        check(
                parts.clusterId == null || parts.clusterId.equals(record.clusterId()),
                "the metadata log changes its cluster id to %s",
                record.clusterId());
        check(
                record.metadataFormat() <= METADATA_FORMAT,
                "the metadata log has format %s, newer than this build understands; start the newer build",
                record.metadataFormat());
        check(record.metadataFormat() >= parts.metadataFormat, "metadata format %s goes back", record.metadataFormat());
        parts.clusterId = record.clusterId();
        parts.metadataFormat = record.metadataFormat();
    }

    private static void registerBroker(MetadataImage.Parts parts, RegisterBrokerRecord record) {
        BrokerImage before = parts.brokers.get(record.brokerId());
        check(
                before == null || record.brokerEpoch() > before.brokerEpoch(),
                "broker epoch %s does not grow",
                record.brokerEpoch());
        List<Endpoint> endpoints = new ArrayList<>(record.endpoints().size());
        for (RegisterBrokerRecord.BrokerEndpoint endpoint : record.endpoints()) {
            endpoints.add(
                    new Endpoint(endpoint.listener(), endpoint.host(), endpoint.port(), endpoint.securityProtocol()));
        }
        BrokerImage broker = new BrokerImage(
                record.brokerId(),
                record.brokerEpoch(),
                record.incarnationId(),
                record.rack(),
                endpoints,
                record.logDirectoryIds());
        parts.brokers = parts.brokers.with(record.brokerId(), broker);
    }

    private static void addTopic(MetadataImage.Parts parts, TopicRecord record) {
        check(parts.topicsByName.get(record.name()) == null, "topic %s exists already", record.name());
        check(parts.topicsById.get(record.topicId()) == null, "topic id %s exists already", record.topicId());
        put(parts, TopicImage.empty(record.name(), record.topicId()));
    }

    private static void addPartitions(MetadataImage.Parts parts, PartitionsRecord record) {
        TopicImage topic = topic(parts, record.topicId());
        List<PartitionImage> added = new ArrayList<>(record.partitions().size());
        for (PartitionsRecord.NewPartition each : record.partitions()) {
            PartitionImage partition = new PartitionImage(
                    each.partition(),
                    each.leader(),
                    each.leaderEpoch(),
                    each.partitionEpoch(),
                    IntList.of(each.replicas()),
                    IntList.of(each.isr()));
            check(
                    partition.partition() == topic.partitionCount() + added.size(),
                    "partition %s leaves a gap",
                    partition.partition());
            checkPartition(topic, partition);
            added.add(partition);
        }
        parts.partitionCount += added.size();
        put(parts, topic.withAdded(added));
    }

    private static void changePartitions(MetadataImage.Parts parts, PartitionChangesRecord record) {
        TopicImage topic = topic(parts, record.topicId());
        List<PartitionImage> changed = new ArrayList<>(record.changes().size());
        int previous = -1;
        for (PartitionChangesRecord.PartitionChange each : record.changes()) {
            PartitionImage before = topic.partition(each.partition());
            if (before == null || each.partition() <= previous) {
                throw new MetadataFault("change of partition " + topic.name() + "-" + each.partition()
                        + ", which does not exist or is out of order");
            }
            previous = each.partition();
            int[] replicas = each.replicas();
            int[] isr = each.isr();
            PartitionImage after = new PartitionImage(
                    each.partition(),
                    each.leader(),
                    each.leaderEpoch(),
                    each.partitionEpoch(),
                    replicas == null ? before.replicas() : IntList.of(replicas),
                    isr == null ? before.isr() : IntList.of(isr));
            checkPartition(topic, after);
            checkEpochs(topic, before, after);
            changed.add(after);
        }
        put(parts, topic.withChanged(changed));
    }

    /** C1, C2: the leader is in the ISR or there is none, and the ISR is a subset of the replicas. */
    private static void checkPartition(TopicImage topic, PartitionImage partition) {
        check(
                !partition.replicas().isEmpty()
                        && !partition.replicas().hasDuplicates()
                        && !partition.isr().hasDuplicates()
                        && partition.isr().subsetOf(partition.replicas()),
                "replicas and ISR of %s do not agree",
                topic.name() + "-" + partition);
        check(
                !partition.hasLeader() || partition.isr().contains(partition.leader()),
                "the leader of %s is not in its ISR",
                topic.name() + "-" + partition);
    }

    /** C4: epochs only grow, and a change of leader takes a new leader epoch. */
    private static void checkEpochs(TopicImage topic, PartitionImage before, PartitionImage after) {
        boolean sameLeader = before.leader() == after.leader();
        check(
                after.leaderEpoch() > before.leaderEpoch()
                        || (sameLeader && after.leaderEpoch() == before.leaderEpoch()),
                "the leader epoch of %s does not grow",
                topic.name() + "-" + after);
        check(
                after.partitionEpoch() == before.partitionEpoch() + 1,
                "the partition epoch of %s does not follow the previous one",
                topic.name() + "-" + after);
    }

    private static void removeTopic(MetadataImage.Parts parts, RemoveTopicRecord record) {
        TopicImage topic = topic(parts, record.topicId());
        parts.topicsByName = parts.topicsByName.without(topic.name());
        parts.topicsById = parts.topicsById.without(topic.topicId());
        parts.configs = parts.configs.without(ConfigResource.topic(topic.name()));
        parts.partitionCount -= topic.partitionCount();
    }

    private static void config(MetadataImage.Parts parts, ConfigRecord record) {
        ConfigResource.Type type = ConfigResource.Type.of(record.resourceType());
        if (type == null) {
            throw new MetadataFault("config resource type " + record.resourceType() + " is not known");
        }
        ConfigResource resource = new ConfigResource(type, record.resourceName());
        check(
                type != ConfigResource.Type.TOPIC || parts.topicsByName.get(record.resourceName()) != null,
                "config of topic %s, which does not exist",
                record.resourceName());
        MetadataImage.ResourceConfigs before = parts.configs.get(resource);
        SortedMap<String, String> values = before == null ? new TreeMap<>() : new TreeMap<>(before.values());
        set(values, record.key(), record.value());
        parts.configs = values.isEmpty()
                ? parts.configs.without(resource)
                : parts.configs.with(
                        resource,
                        new MetadataImage.ResourceConfigs(resource, Collections.unmodifiableSortedMap(values)));
    }

    private static void set(SortedMap<String, String> values, String key, @Nullable String value) {
        if (value == null) {
            values.remove(key);
        } else {
            values.put(key, value);
        }
    }

    private static void producerIds(MetadataImage.Parts parts, ProducerIdsRecord record) {
        check(
                record.nextProducerId() > parts.nextProducerId,
                "the next producer id %s does not grow",
                record.nextProducerId());
        parts.nextProducerId = record.nextProducerId();
    }

    private static void feature(MetadataImage.Parts parts, FeatureLevelRecord record) {
        check(record.level() >= 0, "feature level %s is negative", record.level());
        SortedMap<String, Short> features = new TreeMap<>(parts.features);
        if (record.level() == 0) {
            features.remove(record.name());
        } else {
            features.put(record.name(), record.level());
        }
        parts.features = Collections.unmodifiableSortedMap(features);
    }

    private static TopicImage topic(MetadataImage.Parts parts, Uuid topicId) {
        TopicImage topic = parts.topicsById.get(topicId);
        if (topic == null) {
            throw new MetadataFault("topic id " + topicId + " does not exist");
        }
        return topic;
    }

    private static void put(MetadataImage.Parts parts, TopicImage topic) {
        parts.topicsByName = parts.topicsByName.with(topic.name(), topic);
        parts.topicsById = parts.topicsById.with(topic.topicId(), topic);
    }

    private static void check(boolean holds, String template, Object value) {
        if (!holds) {
            throw new MetadataFault(template.replace("%s", String.valueOf(value)));
        }
    }
}
