package io.millrace.network.server;

import io.millrace.network.connection.ConnectionLimits;

/**
 * The bounds of a server. Immutable.
 *
 * @param limits of each connection
 * @param maxInFlightBytes bytes of requests that are not completed, over all connections; half-received ones may hold as much again
 * @param maxConnections over all listeners ({@code max.connections})
 * @param maxConnectionsPerIp from one peer address ({@code max.connections.per.ip})
 * @param sendBufferBytes of each socket ({@code socket.send.buffer.bytes}); -1 leaves it to the system
 * @param receiveBufferBytes of each socket ({@code socket.receive.buffer.bytes}); -1 leaves it to the system
 */
public record ServerSettings(
        ConnectionLimits limits,
        long maxInFlightBytes,
        int maxConnections,
        int maxConnectionsPerIp,
        int sendBufferBytes,
        int receiveBufferBytes) {

    /** The most connections a server takes unless told otherwise. */
    public static final int DEFAULT_MAX_CONNECTIONS = 65_536;

    public ServerSettings {
        if (maxInFlightBytes < 1 || maxConnections < 1 || maxConnectionsPerIp < 0) {
            throw new IllegalArgumentException("bytes in flight " + maxInFlightBytes + ", max.connections "
                    + maxConnections + ", max.connections.per.ip " + maxConnectionsPerIp + ": too small");
        }
    }

    public static ServerSettings defaults() {
        return new ServerSettings(
                ConnectionLimits.defaults(), 64L * 1024 * 1024, DEFAULT_MAX_CONNECTIONS, Integer.MAX_VALUE, -1, -1);
    }

    public ServerSettings withLimits(ConnectionLimits newLimits) {
        return new ServerSettings(
                newLimits, maxInFlightBytes, maxConnections, maxConnectionsPerIp, sendBufferBytes, receiveBufferBytes);
    }

    public ServerSettings withMaxInFlightBytes(long bytes) {
        return new ServerSettings(
                limits, bytes, maxConnections, maxConnectionsPerIp, sendBufferBytes, receiveBufferBytes);
    }

    public ServerSettings withMaxConnections(int count) {
        return new ServerSettings(
                limits, maxInFlightBytes, count, maxConnectionsPerIp, sendBufferBytes, receiveBufferBytes);
    }

    public ServerSettings withMaxConnectionsPerIp(int count) {
        return new ServerSettings(limits, maxInFlightBytes, maxConnections, count, sendBufferBytes, receiveBufferBytes);
    }

    /** Sizes of the sockets' buffers; -1 leaves one to the system. */
    public ServerSettings withSocketBuffers(int newSendBufferBytes, int newReceiveBufferBytes) {
        return new ServerSettings(
                limits,
                maxInFlightBytes,
                maxConnections,
                maxConnectionsPerIp,
                newSendBufferBytes,
                newReceiveBufferBytes);
    }
}
