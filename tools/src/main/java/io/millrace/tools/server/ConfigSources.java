package io.millrace.tools.server;

import io.millrace.broker.config.BrokerKeys;
import io.millrace.broker.config.ConfigException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a server's configuration comes from: file, then environment, then command line; what comes later wins. Immutable.
 *
 * @param origins by key, in the order in which keys were first seen: the text of its value and who said it
 * @param ignored names in the environment that look like ours and are not
 */
record ConfigSources(Map<String, Setting> origins, List<String> ignored) {

    /** Environment that configures a key starts so: {@code MILLRACE_NUM_PARTITIONS} is {@code num.partitions}. */
    private static final String PREFIX = "MILLRACE_";
    /** Read by the launcher, the verbs and the tests. */
    private static final Set<String> OTHERS_USE =
            Set.of("MILLRACE_JAVA_OPTS", "MILLRACE_SERVER", "MILLRACE_REQUIRE_CLIENTS");

    /** One value and who said it. */
    record Setting(String value, String origin) {}

    /**
     * Reads and checks all three.
     *
     * @throws ConfigException naming source and key of the first that is wrong
     */
    static ConfigSources read(@Nullable Path file, Map<String, String> environment, Map<String, String> commandLine) {
        Map<String, Setting> origins = new LinkedHashMap<>();
        List<String> ignored = new ArrayList<>();
        if (file != null) {
            add(origins, file.toString(), ConfigFile.read(file));
        }
        environment.entrySet().stream()
                .filter(variable -> variable.getKey().startsWith(PREFIX))
                .filter(variable -> !OTHERS_USE.contains(variable.getKey()))
                .sorted(Map.Entry.comparingByKey())
                .forEach(variable -> {
                    String key = keyOf(variable.getKey());
                    if (key == null) {
                        ignored.add(variable.getKey());
                    } else {
                        add(origins, "environment " + variable.getKey(), Map.of(key, variable.getValue()));
                    }
                });
        add(origins, "command line", commandLine);
        return new ConfigSources(origins, List.copyOf(ignored));
    }

    private static void add(Map<String, Setting> origins, String origin, Map<String, String> values) {
        try {
            BrokerKeys.TABLE.parse(values);
        } catch (ConfigException e) {
            throw new ConfigException(e.getMessage() + " (" + origin + ")");
        }
        values.forEach((key, value) -> origins.put(key, new Setting(value, origin)));
    }

    /** The key that a variable stands for: with or without our own prefix {@code millrace.}; null when there is none. */
    private static @Nullable String keyOf(String variable) {
        String bare =
                variable.substring(PREFIX.length()).toLowerCase(Locale.ROOT).replace('_', '.');
        if (BrokerKeys.TABLE.find(bare) != null) {
            return bare;
        }
        String own = "millrace." + bare;
        return BrokerKeys.TABLE.find(own) != null ? own : null;
    }

    /** Every key that somebody set, with the value that counts. */
    Map<String, String> values() {
        Map<String, String> values = new LinkedHashMap<>();
        origins.forEach((key, setting) -> values.put(key, setting.value()));
        return values;
    }
}
