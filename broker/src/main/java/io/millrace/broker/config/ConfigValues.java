package io.millrace.broker.config;

import java.util.Map;

/** Parsed values of one scope: overrides, and defaults behind them. Immutable. */
public final class ConfigValues {

    private final Map<ConfigKey<?>, Object> overrides;

    ConfigValues(Map<ConfigKey<?>, Object> overrides) {
        this.overrides = Map.copyOf(overrides);
    }

    /** The override, or the key's default. */
    @SuppressWarnings("unchecked") // A key's values were made by that key's own parser.
    public <T> T get(ConfigKey<T> key) {
        Object value = overrides.get(key);
        return value == null ? key.defaultValue() : (T) value;
    }

    public boolean isSet(ConfigKey<?> key) {
        return overrides.containsKey(key);
    }
}
