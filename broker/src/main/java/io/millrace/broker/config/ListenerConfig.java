package io.millrace.broker.config;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One listener: where it binds and what clients are told. Immutable.
 *
 * @param port 0 takes a free port
 * @param advertisedPort 0: the port that was bound
 */
public record ListenerConfig(String name, String host, int port, String advertisedHost, int advertisedPort) {

    private static final Pattern ENTRY =
            Pattern.compile("([A-Za-z][A-Za-z0-9_-]*)://(\\[[0-9a-fA-F:.]+\\]|[^:\\[\\]]*):(\\d{1,5})");

    /**
     * Parses {@code listeners} and {@code advertised.listeners}.
     *
     * @throws ConfigException naming the entry that is wrong
     */
    static List<ListenerConfig> parse(List<String> listeners, List<String> advertised) {
        if (listeners.isEmpty()) {
            throw new ConfigException("No listener: set listeners to at least one NAME://host:port");
        }
        for (String entry : advertised) {
            String name = match("advertised.listeners", entry).group(1);
            if (listeners.stream().noneMatch(listener -> listener.startsWith(name + "://"))) {
                throw new ConfigException(
                        "advertised.listeners names '" + name + "', which listeners does not: give both");
            }
        }
        return listeners.stream().map(entry -> one(entry, advertised)).toList();
    }

    private static ListenerConfig one(String entry, List<String> advertised) {
        Matcher bound = match("listeners", entry);
        String name = bound.group(1);
        String host = bare(bound.group(2));
        int port = port(bound, entry);
        for (String candidate : advertised) {
            Matcher told = match("advertised.listeners", candidate);
            if (told.group(1).equals(name)) {
                if (told.group(2).isEmpty()) {
                    throw new ConfigException("advertised.listeners '" + candidate + "' has no host: clients need one");
                }
                return new ListenerConfig(name, host, port, bare(told.group(2)), port(told, candidate));
            }
        }
        boolean wildcard = host.isEmpty() || host.equals("0.0.0.0") || host.equals("::");
        if (wildcard) {
            throw new ConfigException("listeners '" + entry + "' binds every address, which clients cannot be told:"
                    + " set advertised.listeners for " + name);
        }
        return new ListenerConfig(name, host, port, host, 0);
    }

    private static int port(Matcher matcher, String entry) {
        int port = Integer.parseInt(matcher.group(3));
        if (port > 65_535) {
            throw new ConfigException("Port " + port + " in '" + entry + "' is out of range: 0 to 65535");
        }
        return port;
    }

    private static String bare(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static Matcher match(String key, String entry) {
        Matcher matcher = ENTRY.matcher(entry);
        if (!matcher.matches()) {
            throw new ConfigException("Invalid entry '" + entry + "' in " + key + ": expected NAME://host:port");
        }
        return matcher;
    }

    /** Whether only processes of this machine can reach what is bound to {@code host}. */
    static boolean isLoopback(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.equals("localhost") || lower.equals("::1") || lower.startsWith("127.");
    }
}
