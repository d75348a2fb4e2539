package io.millrace.broker.config;

import io.millrace.protocol.record.TimestampType;
import io.millrace.replication.controller.ConfigSchema;
import io.millrace.replication.metadata.ConfigResource;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.TopicImage;
import io.millrace.replication.replica.Durability;
import io.millrace.replication.replica.ReplicaSettings;
import io.millrace.storage.LogConfig;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** What configurations mean: the check before they are accepted, and the settings of a topic's logs and replicas. Immutable. */
public final class TopicConfigs implements ConfigSchema {

    private final EffectiveConfigs effective;

    public TopicConfigs(EffectiveConfigs effective) {
        this.effective = effective;
    }

    public EffectiveConfigs effective() {
        return effective;
    }

    @Override
    public @Nullable String refusal(ConfigResource resource, String key, String value) {
        try {
            return switch (resource.type()) {
                case TOPIC -> {
                    TopicKeys.TABLE.parse(Map.of(key, value));
                    yield internalRefusal(resource, key, value);
                }
                case BROKER -> brokerRefusal(resource, BrokerKeys.TABLE.known(key), value);
            };
        } catch (ConfigException e) {
            return e.getMessage();
        }
    }

    /** What brokers write themselves is state: to delete it by time or size would lose groups. */
    private static @Nullable String internalRefusal(ConfigResource resource, String key, String value) {
        boolean deletes = InternalTopics.contains(resource.name())
                && key.equals(TopicKeys.CLEANUP_POLICY.name())
                && !value.trim().equals("compact");
        return deletes ? "The internal topic " + resource.name() + " is kept by cleanup.policy=compact only" : null;
    }

    private static @Nullable String brokerRefusal(ConfigResource resource, ConfigKey<?> key, String value) {
        key.parse(value);
        if (!key.isLive()) {
            return "The broker configuration '" + key
                    + "' cannot be changed while the broker runs: start it with --set " + key + "=" + value;
        }
        if (!resource.equals(ConfigResource.CLUSTER) && decidesWhatIsCommitted(key)) {
            return "The broker configuration '" + key + "' decides what counts as committed, so all brokers must agree:"
                    + " set it as the default of all brokers";
        }
        return null;
    }

    /** KAFKA-16540: a value of one broker alone would change at a change of leader. */
    private static boolean decidesWhatIsCommitted(ConfigKey<?> key) {
        return key.name().equals(LogKeys.DURABILITY.name()) || key.name().equals(TopicKeys.MIN_INSYNC_REPLICAS.name());
    }

    @Override
    public @Nullable String refusalOfAll(ConfigResource resource, SortedMap<String, String> configs) {
        if (resource.type() != ConfigResource.Type.TOPIC || !InternalTopics.contains(resource.name())) {
            return null;
        }
        // Without it the brokers' default would be shown, which does not hold for what brokers write themselves.
        return configs.containsKey(TopicKeys.CLEANUP_POLICY.name())
                ? null
                : "The internal topic " + resource.name()
                        + " is kept by compaction only: set cleanup.policy=compact on it";
    }

    @Override
    public boolean isList(ConfigResource resource, String key) {
        ConfigKey<?> known = key(resource, key);
        return known != null && known.type() == ConfigKey.Type.LIST;
    }

    @Override
    public @Nullable String defaultOf(ConfigResource resource, String key) {
        ConfigKey<?> known = key(resource, key);
        return known == null ? null : known.defaultText();
    }

    private static @Nullable ConfigKey<?> key(ConfigResource resource, String name) {
        return switch (resource.type()) {
            case TOPIC -> TopicKeys.TABLE.find(name);
            case BROKER -> BrokerKeys.TABLE.find(name);
        };
    }

    public LogConfig logConfig(MetadataImage image, String topic) {
        ConfigValues values = effective.topicValues(image, topic);
        LogConfig.BatchRules batches = new LogConfig.BatchRules(
                values.get(TopicKeys.MAX_MESSAGE_BYTES),
                values.get(TopicKeys.TIMESTAMP_TYPE).equals("LogAppendTime")
                        ? TimestampType.LOG_APPEND_TIME
                        : TimestampType.CREATE_TIME,
                values.get(TopicKeys.TIMESTAMP_BEFORE_MAX_MS),
                values.get(TopicKeys.TIMESTAMP_AFTER_MAX_MS),
                values.get(TopicKeys.VALIDATE).equals("header"));
        return new LogConfig(
                values.get(TopicKeys.SEGMENT_BYTES),
                values.get(TopicKeys.SEGMENT_MS),
                values.get(TopicKeys.INDEX_INTERVAL_BYTES),
                values.get(TopicKeys.SEGMENT_INDEX_BYTES),
                values.get(TopicKeys.RETENTION_MS),
                values.get(TopicKeys.RETENTION_BYTES),
                InternalTopics.contains(topic)
                        ? LogConfig.Cleanup.COMPACT
                        : cleanup(values.get(TopicKeys.CLEANUP_POLICY)),
                new LogConfig.Compaction(
                        values.get(TopicKeys.MIN_CLEANABLE_DIRTY_RATIO),
                        values.get(TopicKeys.MIN_COMPACTION_LAG_MS),
                        values.get(TopicKeys.MAX_COMPACTION_LAG_MS),
                        values.get(TopicKeys.DELETE_RETENTION_MS)),
                batches);
    }

    /** Whether old records of the topic may be deleted. */
    public boolean deletesRecords(MetadataImage image, String topic) {
        return !InternalTopics.contains(topic)
                && cleanup(effective.topicValues(image, topic).get(TopicKeys.CLEANUP_POLICY))
                        .deletes();
    }

    private static LogConfig.Cleanup cleanup(List<String> policies) {
        if (!policies.contains("compact")) {
            return LogConfig.Cleanup.DELETE;
        }
        return policies.contains("delete") ? LogConfig.Cleanup.COMPACT_AND_DELETE : LogConfig.Cleanup.COMPACT;
    }

    public ReplicaSettings replicaSettings(MetadataImage image, TopicImage topic) {
        ConfigValues values = effective.topicValues(image, topic.name());
        return new ReplicaSettings(
                values.get(TopicKeys.MIN_INSYNC_REPLICAS),
                values.get(TopicKeys.DURABILITY).equals("written") ? Durability.WRITTEN : Durability.SYNCED);
    }
}
