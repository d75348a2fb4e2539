package io.millrace.network.client;

/**
 * The bounds of a client's connections. Immutable.
 *
 * @param connectTimeoutMs for each address that is tried ({@code socket.connection.setup.timeout.ms})
 * @param requestTimeoutMs how long the oldest request may wait for its answer before the channel closes ({@code request.timeout.ms})
 * @param maxFrameBytes longest answer
 * @param maxInFlightRequests requests that wait for an answer ({@code max.in.flight.requests.per.connection})
 * @param sendBufferBytes of the socket; -1 leaves it to the system
 * @param receiveBufferBytes of the socket; -1 leaves it to the system
 */
public record ClientSettings(
        long connectTimeoutMs,
        long requestTimeoutMs,
        int maxFrameBytes,
        int maxInFlightRequests,
        int sendBufferBytes,
        int receiveBufferBytes) {

    public ClientSettings {
        if (connectTimeoutMs < 1 || requestTimeoutMs < 1 || maxFrameBytes < 8 || maxInFlightRequests < 1) {
            throw new IllegalArgumentException("client settings must be positive: connect timeout " + connectTimeoutMs
                    + " ms, request timeout " + requestTimeoutMs + " ms, frame " + maxFrameBytes + " bytes, in flight "
                    + maxInFlightRequests);
        }
    }

    public static ClientSettings defaults() {
        return new ClientSettings(10_000, 30_000, 128 * 1024 * 1024, 5, -1, -1);
    }

    public ClientSettings withConnectTimeoutMs(long ms) {
        return new ClientSettings(
                ms, requestTimeoutMs, maxFrameBytes, maxInFlightRequests, sendBufferBytes, receiveBufferBytes);
    }

    public ClientSettings withRequestTimeoutMs(long ms) {
        return new ClientSettings(
                connectTimeoutMs, ms, maxFrameBytes, maxInFlightRequests, sendBufferBytes, receiveBufferBytes);
    }

    public ClientSettings withMaxFrameBytes(int bytes) {
        return new ClientSettings(
                connectTimeoutMs, requestTimeoutMs, bytes, maxInFlightRequests, sendBufferBytes, receiveBufferBytes);
    }

    public ClientSettings withMaxInFlightRequests(int count) {
        return new ClientSettings(
                connectTimeoutMs, requestTimeoutMs, maxFrameBytes, count, sendBufferBytes, receiveBufferBytes);
    }
}
