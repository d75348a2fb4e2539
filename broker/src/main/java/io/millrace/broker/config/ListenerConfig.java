package io.millrace.broker.config;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One listener: where it binds and what clients are told. Immutable.
 *
 * @param port 0 takes a free port
 * @param advertisedPort 0: the port that was bound
 */
public record ListenerConfig(String name, String host, int port, String advertisedHost, int advertisedPort) {

    /** Names that Kafka reads as a protocol unless told otherwise; to serve plaintext under one would mislead. */
    private static final Set<String> SECURED = Set.of("SSL", "SASL_SSL", "SASL_PLAINTEXT");

    private static final Pattern ENTRY =
            Pattern.compile("([A-Za-z][A-Za-z0-9_-]*)://(\\[[0-9a-fA-F:.]+\\]|[^:\\[\\]]*):(\\d{1,5})");

    private static final Pattern IPV4_LOOPBACK = Pattern.compile("127(\\.\\d{1,3}){3}");

    /**
     * Parses {@code listeners} and {@code advertised.listeners}.
     *
     * @throws ConfigException naming the entry that is wrong
     */
    static List<ListenerConfig> parse(List<String> listeners, List<String> advertised) {
        if (listeners.isEmpty()) {
            throw new ConfigException("No listener: set listeners to at least one NAME://host:port");
        }
        requireDistinctNames("listeners", listeners);
        requireDistinctNames("advertised.listeners", advertised);
        for (String entry : advertised) {
            String name = match("advertised.listeners", entry).group(1);
            if (listeners.stream().noneMatch(listener -> listener.startsWith(name + "://"))) {
                throw new ConfigException(
                        "advertised.listeners names '" + name + "', which listeners does not: give both");
            }
        }
        return listeners.stream().map(entry -> one(entry, advertised)).toList();
    }

    /** Clients of a listener are told the address of its name. */
    private static void requireDistinctNames(String key, List<String> entries) {
        Set<String> names = new HashSet<>();
        for (String entry : entries) {
            String name = match(key, entry).group(1);
            if (!names.add(name)) {
                throw new ConfigException(
                        key + " names '" + name + "' twice: give each listener a name of its own, such as IN and OUT");
            }
        }
    }

    private static ListenerConfig one(String entry, List<String> advertised) {
        Matcher bound = match("listeners", entry);
        String name = bound.group(1);
        if (SECURED.contains(name.toUpperCase(Locale.ROOT))) {
            throw new ConfigException("listeners '" + entry + "' asks for " + name
                    + ", and this build has no TLS or SASL yet: use a name such as PLAINTEXT, on localhost or a"
                    + " trusted network");
        }
        String host = bare(bound.group(2));
        int port = port(bound, entry);
        for (String candidate : advertised) {
            Matcher told = match("advertised.listeners", candidate);
            if (told.group(1).equals(name)) {
                if (told.group(2).isEmpty()) {
                    throw new ConfigException("advertised.listeners '" + candidate + "' has no host: clients need one");
                }
                String toldHost = bare(told.group(2));
                if (isWildcard(toldHost)) {
                    throw new ConfigException("advertised.listeners '" + candidate
                            + "' stands for every address, to which nobody can connect: name this machine");
                }
                return new ListenerConfig(name, host, port, toldHost, port(told, candidate));
            }
        }
        if (host.isEmpty() || isWildcard(host)) {
            throw new ConfigException("listeners '" + entry + "' binds every address, which clients cannot be told:"
                    + " set advertised.listeners for " + name);
        }
        return new ListenerConfig(name, host, port, host, 0);
    }

    private static boolean isWildcard(String host) {
        return host.equals("0.0.0.0") || host.equals("::");
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
        return lower.equals("localhost")
                || lower.equals("::1")
                || IPV4_LOOPBACK.matcher(lower).matches();
    }
}
