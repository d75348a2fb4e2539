package io.millrace.network.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.network.frame.Frames;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/** The connections of one test with deadlines as brokers have them. Owned by the test. */
final class ConnectionRigs implements AutoCloseable {

    static final long IDLE_MS = 600_000;
    static final long HANDSHAKE_MS = 10_000;
    static final long STALL_MS = 30_000;

    private final List<ConnectionRig> rigs = new ArrayList<>();

    ConnectionRig rig(int maxRequests, long maxBytes) {
        return keep(new ConnectionRig(limits(maxRequests, maxBytes), false));
    }

    ConnectionRig keep(ConnectionRig rig) {
        rigs.add(rig);
        return rig;
    }

    static ConnectionLimits limits(int maxRequests, long maxBytes) {
        return new ConnectionLimits(
                100 * 1024 * 1024, 64 * 1024, maxRequests, maxBytes, IDLE_MS, HANDSHAKE_MS, STALL_MS);
    }

    static ByteBuf joined(ConnectionRig rig, int count, int bodyBytes) {
        ByteBuf all = rig.allocator.directBuffer();
        for (int id = 1; id <= count; id++) {
            ByteBuf one = Frames.request(id, "rig", bodyBytes);
            all.writeBytes(one);
            one.release();
        }
        return all;
    }

    static void receiveRest(ConnectionRig rig, ByteBuf frame, int fromPosition) {
        rig.receive(rig.allocator.directBuffer().writeBytes(frame, fromPosition, frame.readableBytes() - fromPosition));
    }

    /** Everything was given back. */
    @Override
    public void close() {
        for (ConnectionRig rig : rigs) {
            rig.finish();
        }
        for (ConnectionRig rig : rigs) {
            assertThat(rig.allocator.metric().usedDirectMemory()).isZero();
            assertThat(rig.metrics.inFlightBytes()).isZero();
            assertThat(rig.metrics.inFlightRequests()).isZero();
        }
    }
}
