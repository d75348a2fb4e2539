package io.millrace.replication.controller;

import io.millrace.replication.metadata.ConfigResource;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Which configs exist and what they may hold: the broker's knowledge, asked by the controller. Stateless; any thread. */
public interface ConfigSchema {

    /** Accepts every key and value; every key is a list. */
    ConfigSchema ANY = new ConfigSchema() {
        @Override
        public @Nullable String refusal(ConfigResource resource, String key, String value) {
            return null;
        }

        @Override
        public @Nullable String refusalOfAll(ConfigResource resource, SortedMap<String, String> configs) {
            return null;
        }

        @Override
        public boolean isList(ConfigResource resource, String key) {
            return true;
        }

        @Override
        public @Nullable String defaultOf(ConfigResource resource, String key) {
            return null;
        }
    };

    /** Why {@code key} of {@code resource} may not have {@code value} (unknown keys included), or null when it may. */
    @Nullable
    String refusal(ConfigResource resource, String key, String value);

    /** Why these configs do not go together, or null when they do. */
    @Nullable
    String refusalOfAll(ConfigResource resource, SortedMap<String, String> configs);

    /** Whether the value is a comma-separated list, so that single entries may be added and taken. */
    boolean isList(ConfigResource resource, String key);

    /** The value of a key that was never set, to which entries of a list are added; null when there is none. */
    @Nullable
    String defaultOf(ConfigResource resource, String key);
}
