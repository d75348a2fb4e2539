package io.millrace.broker.admin;

import io.millrace.broker.metrics.Meter;
import io.millrace.broker.metrics.MeterSource;
import io.millrace.broker.metrics.Readings;
import io.millrace.network.connection.CloseReason;
import io.millrace.network.connection.NetworkMetrics;
import io.millrace.network.loop.ShardLoops;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.Locale;

/** Publishes what the network module counts anyway. Immutable; any thread. */
public final class NetworkMeters implements MeterSource {

    private final NetworkMetrics network;
    private final ShardLoops loops;

    public NetworkMeters(NetworkMetrics network, ShardLoops loops) {
        this.network = network;
        this.loops = loops;
    }

    @Override
    public void read(Readings into) {
        into.add(Meter.LOOP_TASK_FAILURES, loops.failures());
        into.add(Meter.OPEN_CONNECTIONS, network.openConnections());
        into.add(Meter.CONNECTIONS_OPENED, network.connectionsOpened());
        for (CloseReason reason : CloseReason.values()) {
            into.add(
                    Meter.CONNECTIONS_CLOSED,
                    network.connectionsClosed(reason),
                    reason.name().toLowerCase(Locale.ROOT));
        }
        into.add(Meter.ACCEPT_FAILURES, network.acceptFailures());
        into.add(Meter.RECEIVED, network.bytesReceived());
        into.add(Meter.SENT, network.bytesSent());
        into.add(Meter.REQUESTS, network.requests());
        into.add(Meter.IN_FLIGHT_REQUESTS, network.inFlightRequests());
        into.add(Meter.IN_FLIGHT_BYTES, network.inFlightBytes());
        into.add(Meter.READ_PAUSES, network.readPauses());
        into.add(Meter.NETWORK_BUFFERS, PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory());
        rejected(into, CloseReason.FRAME_LENGTH_INVALID);
        rejected(into, CloseReason.FRAME_TOO_LARGE);
        rejected(into, CloseReason.REQUEST_HEADER_MALFORMED);
    }

    private void rejected(Readings into, CloseReason reason) {
        into.add(
                Meter.DECODE_REJECTS,
                network.connectionsClosed(reason),
                reason.name().toLowerCase(Locale.ROOT));
    }
}
