package io.millrace.broker.configs;

import io.millrace.replication.metadata.ConfigResource;
import org.jspecify.annotations.Nullable;

/** Kafka's kinds of configurable things, by number, and which of them this broker has. Stateless. */
final class ConfigResources {

    static final byte BROKER_LOGGER = 8;
    static final byte CLIENT_METRICS = 16;
    static final byte GROUP = 32;

    private ConfigResources() {}

    /** Null when resources of the type have no configurations here; then {@link #refusal} says why. */
    static @Nullable ConfigResource of(byte type, String name) {
        ConfigResource.Type known = ConfigResource.Type.of(type);
        return known == null ? null : new ConfigResource(known, name);
    }

    static String refusal(byte type) {
        return switch (type) {
            case BROKER_LOGGER -> "Log levels are set in the broker's logging configuration, not while it runs.";
            case CLIENT_METRICS -> "Clients push no metrics to this broker: telemetry is not built yet.";
            case GROUP ->
                "Groups have no configurations of their own: the classic protocol takes them from its members.";
            default -> "Resource type " + type + " is not known: ask for topic (2) or broker (4).";
        };
    }
}
