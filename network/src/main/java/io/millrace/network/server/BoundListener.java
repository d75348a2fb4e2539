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

    /** What clients are to be told as one text, e.g. {@code localhost:9092}, {@code [::1]:9092}. */
    public String advertised() {
        return (advertisedHost.indexOf(':') < 0 ? advertisedHost : "[" + advertisedHost + "]") + ":" + advertisedPort;
    }
}
