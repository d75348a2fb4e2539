package io.millrace.replication.controller;

import io.millrace.replication.metadata.ConfigResource;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Which configs exist and what they may hold: the broker's knowledge, asked by the controller. Stateless; any thread. */
public interface ConfigSchema {

    /** Accepts every key and value; every key is a list. */
    ConfigSchema ANY = new ConfigSchema() {
        @Override
        public @Nullable String refusal(ConfigResource.Type type, String key, String value) {
            return null;
        }

        @Override
        public @Nullable String refusalOfAll(ConfigResource.Type type, SortedMap<String, String> configs) {
            return null;
        }

        @Override
        public boolean isList(ConfigResource.Type type, String key) {
            return true;
        }
    };

    /** Why {@code key} may not have {@code value} (unknown keys included), or null when it may. */
    @Nullable
    String refusal(ConfigResource.Type type, String key, String value);

    /** Why these configs do not go together, or null when they do. */
    @Nullable
    String refusalOfAll(ConfigResource.Type type, SortedMap<String, String> configs);

    /** Whether the value is a comma-separated list, so that single entries may be added and taken. */
    boolean isList(ConfigResource.Type type, String key);
}
