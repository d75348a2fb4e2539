package io.millrace.client.admin;

import java.util.Map;
import java.util.TreeMap;

/**
 * A topic to create. Immutable.
 *
 * @param partitions -1 leaves it to the broker
 * @param replicationFactor -1 leaves it to the broker
 * @param configs topic configuration by key
 */
public record NewTopic(String name, int partitions, short replicationFactor, Map<String, String> configs) {

    /** Leaves partitions or replication factor to the broker's configuration; understood since Kafka 2.4. */
    public static final int BROKER_DEFAULT = -1;

    public NewTopic {
        if (partitions != BROKER_DEFAULT && partitions < 1) {
            throw new IllegalArgumentException(
                    "topic " + name + ": " + partitions + " partitions; at least 1 is needed");
        }
        if (replicationFactor != BROKER_DEFAULT && replicationFactor < 1) {
            throw new IllegalArgumentException(
                    "topic " + name + ": replication factor " + replicationFactor + "; at least 1 is needed");
        }
        configs = java.util.Collections.unmodifiableMap(new TreeMap<>(configs));
    }

    public static NewTopic of(String name) {
        return new NewTopic(name, BROKER_DEFAULT, (short) BROKER_DEFAULT, Map.of());
    }

    public NewTopic withPartitions(int count) {
        return new NewTopic(name, count, replicationFactor, configs);
    }

    public NewTopic withReplicationFactor(int factor) {
        return new NewTopic(name, partitions, (short) factor, configs);
    }

    public NewTopic withConfigs(Map<String, String> newConfigs) {
        return new NewTopic(name, partitions, replicationFactor, newConfigs);
    }
}
