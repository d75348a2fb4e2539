package io.millrace.replication.metadata;

import io.millrace.protocol.Message;
import io.millrace.protocol.Uuid;
import io.millrace.replication.record.ConfigRecord;
import io.millrace.replication.record.FeatureLevelRecord;
import io.millrace.replication.record.PartitionChangesRecord;
import io.millrace.replication.record.PartitionsRecord;
import io.millrace.replication.record.RegisterBrokerRecord;
import io.millrace.replication.record.RemoveTopicRecord;
import io.millrace.replication.record.TopicRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What differs between two images, so that a loop looks at what changed and not at everything. Immutable.
 *
 * @param topics by the order in which records first named them; a name deleted and created again appears twice, deletion first
 * @param configs resources of which a config was set or taken back
 */
public record MetadataDelta(
        List<TopicDelta> topics, SortedSet<ConfigResource> configs, boolean brokersChanged, boolean featuresChanged) {

    public MetadataDelta {
        topics = List.copyOf(topics);
        configs = Collections.unmodifiableSortedSet(new TreeSet<>(configs));
    }

    /** Everything in {@code image}, as seen from the empty one. */
    public static MetadataDelta full(MetadataImage image) {
        List<TopicDelta> topics = new ArrayList<>(image.topicCount());
        for (TopicImage topic : image.topics()) {
            topics.add(new TopicDelta(null, topic, all(topic)));
        }
        SortedSet<ConfigResource> configs = new TreeSet<>();
        for (MetadataImage.ResourceConfigs each : image.configuredResources()) {
            configs.add(each.resource());
        }
        return new MetadataDelta(
                topics, configs, image.brokerCount() > 0, !image.features().isEmpty());
    }

    /**
     * The difference that {@code records} made.
     *
     * @param after {@code before} with the records replayed
     */
    public static MetadataDelta of(MetadataImage before, MetadataImage after, List<? extends Message> records) {
        Map<Uuid, SortedSet<Integer>> touched = new LinkedHashMap<>();
        SortedSet<ConfigResource> configs = new TreeSet<>();
        boolean brokersChanged = false;
        boolean featuresChanged = false;
        for (Message record : records) {
            switch (record) {
                case TopicRecord topic -> touch(touched, topic.topicId());
                case RemoveTopicRecord removed -> touch(touched, removed.topicId());
                case PartitionsRecord partitions -> {
                    SortedSet<Integer> numbers = touch(touched, partitions.topicId());
                    partitions.partitions().forEach(each -> numbers.add(each.partition()));
                }
                case PartitionChangesRecord changes -> {
                    SortedSet<Integer> numbers = touch(touched, changes.topicId());
                    changes.changes().forEach(each -> numbers.add(each.partition()));
                }
                case ConfigRecord config -> {
                    ConfigResource.Type type = ConfigResource.Type.of(config.resourceType());
                    if (type != null) {
                        configs.add(new ConfigResource(type, config.resourceName()));
                    }
                }
                case RegisterBrokerRecord broker -> brokersChanged = true;
                case FeatureLevelRecord feature -> featuresChanged = true;
                default -> {
                    // Producer id blocks and the format concern nobody who watches the image.
                }
            }
        }
        List<TopicDelta> topics = new ArrayList<>(touched.size());
        for (Map.Entry<Uuid, SortedSet<Integer>> entry : touched.entrySet()) {
            TopicImage old = before.topic(entry.getKey());
            TopicImage now = after.topic(entry.getKey());
            if (old != null || now != null) {
                topics.add(new TopicDelta(old, now, changed(old, now, entry.getValue())));
            }
        }
        return new MetadataDelta(topics, configs, brokersChanged, featuresChanged);
    }

    private static IntList changed(
            @Nullable TopicImage before, @Nullable TopicImage after, SortedSet<Integer> touched) {
        if (after == null) {
            return before == null ? IntList.EMPTY : all(before);
        }
        return before == null ? all(after) : IntList.copyOf(touched);
    }

    private static IntList all(TopicImage topic) {
        int[] numbers = new int[topic.partitionCount()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i;
        }
        return IntList.of(numbers);
    }

    private static SortedSet<Integer> touch(Map<Uuid, SortedSet<Integer>> touched, Uuid topicId) {
        return touched.computeIfAbsent(topicId, id -> new TreeSet<>());
    }
}
