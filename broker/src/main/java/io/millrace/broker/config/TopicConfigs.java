package io.millrace.broker.config;

import io.millrace.protocol.record.TimestampType;
import io.millrace.replication.controller.ConfigSchema;
import io.millrace.replication.metadata.ConfigResource;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.TopicImage;
import io.millrace.replication.replica.Durability;
import io.millrace.replication.replica.ReplicaSettings;
import io.millrace.storage.LogConfig;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** What a topic's configuration means: the check before it is accepted, and the settings of its logs and replicas. Immutable. */
public final class TopicConfigs implements ConfigSchema {

    private final BrokerConfig.TopicDefaults defaults;

    public TopicConfigs(BrokerConfig.TopicDefaults defaults) {
        this.defaults = defaults;
    }

    @Override
    public @Nullable String refusal(ConfigResource.Type type, String key, String value) {
        if (type != ConfigResource.Type.TOPIC) {
            return "Broker configurations cannot be changed while the broker runs: start it with --set " + key + "="
                    + value;
        }
        try {
            TopicKeys.TABLE.parse(Map.of(key, value));
            return null;
        } catch (ConfigException e) {
            return e.getMessage();
        }
    }

    @Override
    public @Nullable String refusalOfAll(ConfigResource.Type type, SortedMap<String, String> configs) {
        return null;
    }

    @Override
    public boolean isList(ConfigResource.Type type, String key) {
        return false;
    }

    /** The value in force for a key that the topic did not set: the broker's where it has one, else the key's default. */
    public String defaultText(ConfigKey<?> key) {
        return key == TopicKeys.DURABILITY ? defaults.durability() : key.defaultText();
    }

    /** Whether the default comes from the broker's configuration instead of the key. */
    public boolean isDefaultFromBroker(ConfigKey<?> key) {
        return key == TopicKeys.DURABILITY && !defaults.durability().equals(key.defaultText());
    }

    public LogConfig logConfig(MetadataImage image, String topic) {
        ConfigValues values = values(image, topic);
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
                LogConfig.DEFAULT.segmentMs(),
                LogConfig.DEFAULT.indexIntervalBytes(),
                values.get(TopicKeys.RETENTION_MS),
                values.get(TopicKeys.RETENTION_BYTES),
                LogConfig.Cleanup.DELETE,
                batches);
    }

    public ReplicaSettings replicaSettings(MetadataImage image, TopicImage topic) {
        ConfigValues values = values(image, topic.name());
        return new ReplicaSettings(
                values.get(TopicKeys.MIN_INSYNC_REPLICAS),
                values.get(TopicKeys.DURABILITY).equals("written") ? Durability.WRITTEN : Durability.SYNCED);
    }

    private ConfigValues values(MetadataImage image, String topic) {
        Map<String, String> set = new HashMap<>(image.configs(ConfigResource.topic(topic)));
        set.putIfAbsent(TopicKeys.DURABILITY.name(), defaults.durability());
        return TopicKeys.TABLE.parse(set);
    }
}
