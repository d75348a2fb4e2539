package io.millrace.network.http;

/**
 * Where an HTTP server listens and what it grants. Immutable.
 *
 * @param name in messages and logs, e.g. {@code ADMIN}
 * @param bindHost {@code localhost} means 127.0.0.1 and, where the machine has it, ::1; {@code *} every address
 * @param port 0 for any free one
 * @param maxConnections at this bound the connection that idles longest gives way; a new one is refused when none does
 * @param maxUriBytes of the request line; a longer one is answered 414
 * @param maxHeaderBytes of all headers; more are answered 431
 * @param requestTimeoutMs for a request to arrive, for its answer to be made, for the client to take it: each
 * @param idleTimeoutMs between two requests of one connection
 */
public record HttpSettings(
        String name,
        String bindHost,
        int port,
        int maxConnections,
        int maxUriBytes,
        int maxHeaderBytes,
        long requestTimeoutMs,
        long idleTimeoutMs) {

    private static final int DEFAULT_MAX_CONNECTIONS = 64;
    private static final int DEFAULT_MAX_URI_BYTES = 4 * 1024;
    private static final int DEFAULT_MAX_HEADER_BYTES = 8 * 1024;
    private static final long DEFAULT_REQUEST_TIMEOUT_MS = 10_000;
    /** Longer than the usual minute between two scrapes. */
    private static final long DEFAULT_IDLE_TIMEOUT_MS = 90_000;

    public HttpSettings {
        if (maxConnections < 1 || maxUriBytes < 1 || maxHeaderBytes < 1 || requestTimeoutMs < 1 || idleTimeoutMs < 1) {
            throw new IllegalArgumentException("listener " + name + ": every bound must be at least 1");
        }
    }

    /** On loopback, with the bounds that suit a port for operators. */
    public static HttpSettings loopback(String name, int port) {
        return new HttpSettings(
                name,
                "localhost",
                port,
                DEFAULT_MAX_CONNECTIONS,
                DEFAULT_MAX_URI_BYTES,
                DEFAULT_MAX_HEADER_BYTES,
                DEFAULT_REQUEST_TIMEOUT_MS,
                DEFAULT_IDLE_TIMEOUT_MS);
    }

    /** Listening elsewhere: see {@code bindHost}. */
    public HttpSettings withBindHost(String host) {
        return new HttpSettings(
                name, host, port, maxConnections, maxUriBytes, maxHeaderBytes, requestTimeoutMs, idleTimeoutMs);
    }

    public HttpSettings withMaxConnections(int connections) {
        return new HttpSettings(
                name, bindHost, port, connections, maxUriBytes, maxHeaderBytes, requestTimeoutMs, idleTimeoutMs);
    }

    public HttpSettings withTimeoutsMs(long requestMs, long idleMs) {
        return new HttpSettings(name, bindHost, port, maxConnections, maxUriBytes, maxHeaderBytes, requestMs, idleMs);
    }
}
