package io.millrace.network.server;

import io.millrace.network.connection.CloseReason;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts open connections, all and per peer address. Thread-safe: taken on the control loop, given back on any shard. */
final class ConnectionQuota {

    private final int maxConnections;
    private final int maxConnectionsPerIp;
    private final Map<InetAddress, Integer> perAddress = new HashMap<>();
    private int open;

    ConnectionQuota(int maxConnections, int maxConnectionsPerIp) {
        this.maxConnections = maxConnections;
        this.maxConnectionsPerIp = maxConnectionsPerIp;
    }

    /** Null when a connection from {@code address} is counted now; else why it must be refused. */
    synchronized @Nullable CloseReason take(InetAddress address) {
        if (open >= maxConnections) {
            return CloseReason.TOO_MANY_CONNECTIONS;
        }
        Integer fromAddress = perAddress.get(address);
        int already = fromAddress == null ? 0 : fromAddress;
        if (already >= maxConnectionsPerIp) {
            return CloseReason.TOO_MANY_CONNECTIONS_FROM_ADDRESS;
        }
        open++;
        perAddress.put(address, already + 1);
        return null;
    }

    /** A counted connection from {@code address} ended. */
    synchronized void give(InetAddress address) {
        open--;
        perAddress.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
    }

    synchronized int open() {
        return open;
    }
}
