package io.millrace.network.server;

/**
 * A listener that accepts connections. Immutable.
 *
 * @param host as configured
 * @param port the real one, also when any free one was asked for
 * @param advertisedHost what clients are to be told
 * @param advertisedPort what clients are to be told
 */
public record BoundListener(String name, String host, int port, String advertisedHost, int advertisedPort) {

    /** What clients are to be told, as one text: host and port, an IPv6 address in brackets. */
    public String advertised() {
        return (advertisedHost.indexOf(':') < 0 ? advertisedHost : "[" + advertisedHost + "]") + ":" + advertisedPort;
    }
}
