package io.millrace.network.server;

import org.jspecify.annotations.Nullable;

/**
 * One listener as configured. Immutable.
 *
 * @param name unique within a server, e.g. {@code PLAINTEXT}
 * @param bindHost {@code localhost} means 127.0.0.1 and, where the machine has it, ::1; empty or {@code *} means every address of
 *     both families; else a name or a literal address
 * @param port 0 for any free one
 * @param advertisedHost what clients are told; null for {@code bindHost}, or {@code localhost} when that means every address
 * @param advertisedPort 0 for the bound port
 * @param authenticates whether clients must authenticate, so that frames are small and time is short until then
 */
public record ListenerSettings(
        String name,
        String bindHost,
        int port,
        @Nullable String advertisedHost,
        int advertisedPort,
        boolean authenticates) {

    private static final int MAX_PORT = 65_535;

    public ListenerSettings {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a listener needs a name");
        }
        requirePort(name, "port", port);
        requirePort(name, "advertised port", advertisedPort);
    }

    /** A listener without authentication that advertises what it binds. */
    public static ListenerSettings plaintext(String name, String bindHost, int port) {
        return new ListenerSettings(name, bindHost, port, null, 0, false);
    }

    private static void requirePort(String name, String what, int port) {
        if (port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException(
                    "listener " + name + ": " + what + " " + port + " is not 0 to " + MAX_PORT);
        }
    }

    boolean bindsEveryAddress() {
        return bindHost.isEmpty() || bindHost.equals("*");
    }

    String hostForClients() {
        if (advertisedHost != null) {
            return advertisedHost;
        }
        return bindsEveryAddress() ? "localhost" : bindHost;
    }
}
