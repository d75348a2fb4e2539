package io.millrace.broker.config;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The keys of one scope, in documentation order. Immutable. */
public final class ConfigTable {

    private final String scope;
    private final Refusals refusals;
    private final Map<String, ConfigKey<?>> keys = new LinkedHashMap<>();

    /** @param refusals what is known of Kafka's keys that are not among {@code keys} */
    ConfigTable(String scope, Refusals refusals, List<ConfigKey<?>> keys) {
        this.scope = scope;
        this.refusals = refusals;
        for (ConfigKey<?> key : keys) {
            if (this.keys.put(key.name(), key) != null) {
                throw new IllegalStateException("two " + scope + " keys are called " + key.name());
            }
        }
    }

    public Collection<ConfigKey<?>> keys() {
        return keys.values();
    }

    public @Nullable ConfigKey<?> find(String name) {
        return keys.get(name);
    }

    /**
     * Parses overrides on top of the defaults.
     *
     * @throws ConfigException naming the first unknown key (and the nearest known one) or bad value
     */
    public ConfigValues parse(Map<String, String> overrides) {
        Map<ConfigKey<?>, Object> parsed = new LinkedHashMap<>();
        overrides.forEach((name, text) -> {
            ConfigKey<?> key = known(name);
            parsed.put(key, key.parse(text));
        });
        return new ConfigValues(parsed);
    }

    /**
     * The key of that name.
     *
     * @throws ConfigException saying why there is none, or which name was probably meant
     */
    ConfigKey<?> known(String name) {
        ConfigKey<?> key = keys.get(name);
        if (key != null) {
            return key;
        }
        String reason = refusals.reason(name);
        if (reason != null) {
            throw new ConfigException("The " + scope + " configuration '" + name + "' is not supported: " + reason);
        }
        String nearest = nearest(name);
        throw new ConfigException("Unknown " + scope + " configuration '" + name + "': "
                + (editDistance(name, nearest) <= name.length() / 2
                        ? "did you mean '" + nearest + "'?"
                        : "docs/reference/config.md lists those there are"));
    }

    /** What is known of Kafka's keys that are not in this table. */
    Refusals refusals() {
        return refusals;
    }

    /** The known key with the smallest edit distance to {@code name}. */
    String nearest(String name) {
        String best = "";
        int bestDistance = Integer.MAX_VALUE;
        for (String candidate : keys.keySet()) {
            int distance = editDistance(name, candidate);
            if (distance < bestDistance) {
                bestDistance = distance;
                best = candidate;
            }
        }
        return best;
    }

    /** Levenshtein distance, two rows. */
    private static int editDistance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitution = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(substitution, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
