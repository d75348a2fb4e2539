package io.millrace.client.connection;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Where a broker listens. Immutable.
 *
 * @param host a name or a literal address, IPv6 without brackets
 * @param port 1 to 65535
 */
public record ServerAddress(String host, int port) {

    public static final int DEFAULT_PORT = 9092;
    private static final int MAX_PORT = 65_535;

    public ServerAddress {
        if (host.isBlank()) {
            throw new IllegalArgumentException("a server needs a host, e.g. localhost:9092");
        }
        if (port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException("port " + port + " of server " + host + " is not 1 to " + MAX_PORT);
        }
    }

    /**
     * Parses {@code host:port}, {@code [v6]:port}, or either without the port, which is then 9092.
     *
     * @throws IllegalArgumentException naming the text and what is expected
     */
    public static ServerAddress parse(String text) {
        String trimmed = text.trim();
        String host;
        String port;
        if (trimmed.startsWith("[")) {
            int close = trimmed.indexOf(']');
            if (close < 0) {
                throw malformed(text);
            }
            host = trimmed.substring(1, close);
            port = trimmed.substring(close + 1);
        } else {
            int colon = trimmed.indexOf(':');
            if (colon != trimmed.lastIndexOf(':')) {
                throw new IllegalArgumentException(
                        "'" + text + "' has more than one colon: write an IPv6 address in brackets, e.g. [::1]:9092");
            }
            host = colon < 0 ? trimmed : trimmed.substring(0, colon);
            port = colon < 0 ? "" : trimmed.substring(colon);
        }
        if (host.isBlank() || host.indexOf(' ') >= 0 || host.indexOf('/') >= 0) {
            throw malformed(text);
        }
        if (port.isEmpty()) {
            return new ServerAddress(host, DEFAULT_PORT);
        }
        if (!port.matches(":\\d{1,5}")) {
            throw malformed(text);
        }
        return new ServerAddress(host, Integer.parseInt(port.substring(1)));
    }

    /** Parses a list separated by commas; duplicates are dropped, at least one address is needed. */
    public static List<ServerAddress> parseList(String text) {
        Set<ServerAddress> addresses = new LinkedHashSet<>();
        for (String part : text.split(",", -1)) {
            if (!part.isBlank()) {
                addresses.add(parse(part));
            }
        }
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("no server named: give at least one, e.g. localhost:9092");
        }
        return List.copyOf(new ArrayList<>(addresses));
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException(
                "'" + text + "' is no server address: write host:port, e.g. localhost:9092");
    }

    @Override
    public String toString() {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
}
