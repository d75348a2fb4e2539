package io.millrace.network.connection;

/**
 * The bounds of each connection. Immutable.
 *
 * @param maxRequestBytes longest frame ({@code socket.request.max.bytes}), at least 1 KiB
 * @param maxUnauthenticatedRequestBytes longest frame before authentication, on listeners that authenticate
 * @param maxInFlightRequests requests without an answer on its way, at least 1
 * @param maxInFlightBytes bytes of requests that are not completed; one request may exceed it alone
 * @param idleTimeoutMs without requests and traffic for so long, a connection closes ({@code connections.max.idle.ms}); 0 = never
 * @param handshakeTimeoutMs time to authenticate, on listeners that authenticate
 * @param stallTimeoutMs without progress of a started answer or a started request for so long, a connection closes
 */
public record ConnectionLimits(
        int maxRequestBytes,
        int maxUnauthenticatedRequestBytes,
        int maxInFlightRequests,
        long maxInFlightBytes,
        long idleTimeoutMs,
        long handshakeTimeoutMs,
        long stallTimeoutMs) {

    private static final int MIN_REQUEST_BYTES = 1024;

    public ConnectionLimits {
        require(maxRequestBytes >= MIN_REQUEST_BYTES, "socket.request.max.bytes", maxRequestBytes);
        require(
                maxUnauthenticatedRequestBytes >= MIN_REQUEST_BYTES,
                "cap before authentication",
                maxUnauthenticatedRequestBytes);
        require(maxInFlightRequests >= 1, "requests in flight per connection", maxInFlightRequests);
        require(maxInFlightBytes >= 1, "bytes in flight per connection", maxInFlightBytes);
        require(idleTimeoutMs >= 0, "connections.max.idle.ms", idleTimeoutMs);
        require(handshakeTimeoutMs >= 1, "handshake timeout", handshakeTimeoutMs);
        require(stallTimeoutMs >= 1, "stall timeout", stallTimeoutMs);
    }

    public static ConnectionLimits defaults() {
        return new ConnectionLimits(100 * 1024 * 1024, 64 * 1024, 64, 16L * 1024 * 1024, 600_000, 10_000, 30_000);
    }

    private static void require(boolean holds, String what, long found) {
        if (!holds) {
            throw new IllegalArgumentException(what + ": " + found + " is too small");
        }
    }
}
