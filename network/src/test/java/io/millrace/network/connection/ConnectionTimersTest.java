package io.millrace.network.connection;

import static io.millrace.network.connection.ConnectionRigs.HANDSHAKE_MS;
import static io.millrace.network.connection.ConnectionRigs.IDLE_MS;
import static io.millrace.network.connection.ConnectionRigs.STALL_MS;
import static io.millrace.network.connection.ConnectionRigs.limits;
import static io.millrace.network.connection.ConnectionRigs.receiveRest;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.network.frame.Frames;
import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a connection is closed for what its client does not do in time. */
class ConnectionTimersTest {

    private final ConnectionRigs rigs = new ConnectionRigs();

    @AfterEach
    void everythingIsGivenBack() {
        rigs.close();
    }

    @Test
    void anIdleConnectionClosesAndABusyOneDoesNot() {
        ConnectionRig rig = rigs.rig(64, 1 << 20);
        rig.loop.advanceMs(IDLE_MS - 1);
        rig.request(1, 10);
        rig.loop.advanceMs(3 * IDLE_MS);
        assertThat(rig.channel.isOpen()).isTrue(); // an answer is owed
        rig.parked(1).answer(1);
        rig.loop.advanceMs(IDLE_MS - 1);
        assertThat(rig.answered()).containsExactly(1);
        assertThat(rig.channel.isOpen()).isTrue();
        rig.loop.advanceMs(1);
        assertThat(rig.channel.isOpen()).isFalse();
        assertThat(rig.closedBecause(CloseReason.IDLE)).isEqualTo(1);
    }

    @Test
    void beforeAuthenticationFramesAreSmallAndTimeIsShort() {
        ConnectionRig late = rigs.keep(new ConnectionRig(limits(64, 1 << 20), true));
        late.loop.advanceMs(HANDSHAKE_MS);
        assertThat(late.closedBecause(CloseReason.HANDSHAKE_TIMEOUT)).isEqualTo(1);

        ConnectionRig large = rigs.keep(new ConnectionRig(limits(64, 1 << 20), true));
        large.receive(large.allocator.buffer().writeInt(64 * 1024 + 1));
        assertThat(large.closedBecause(CloseReason.FRAME_TOO_LARGE)).isEqualTo(1);

        ConnectionRig good = rigs.keep(new ConnectionRig(limits(64, 1 << 20), true));
        good.request(1, 60_000);
        good.connection.authenticated();
        good.request(2, 200_000);
        good.loop.advanceMs(2 * HANDSHAKE_MS);
        assertThat(good.channel.isOpen()).isTrue();
        assertThat(good.parkedIds()).containsExactly(1, 2);
    }

    @Test
    void aLargeRequestThatStopsArrivingClosesTheConnection() {
        ConnectionRig rig = rigs.rig(64, 1 << 24);
        ByteBuf frame = Frames.request(1, "rig", 2_000_000);
        rig.receive(rig.allocator.directBuffer().writeBytes(frame, 600_000));
        rig.loop.advanceMs(STALL_MS - 1);
        rig.receive(rig.allocator.directBuffer().writeBytes(frame, 1));
        frame.release();
        rig.loop.advanceMs(STALL_MS - 1);
        assertThat(rig.channel.isOpen()).isTrue();
        rig.loop.advanceMs(STALL_MS);
        assertThat(rig.closedBecause(CloseReason.REQUEST_STALLED)).isEqualTo(1);
    }

    @Test
    void aSmallRequestThatStopsArrivingClosesTheConnection() {
        ConnectionRig rig = rigs.rig(64, 1 << 24);
        rig.receive(rig.allocator.directBuffer().writeInt(1_000).writeZero(10));
        rig.loop.advanceMs(STALL_MS);
        assertThat(rig.closedBecause(CloseReason.REQUEST_STALLED)).isEqualTo(1);
    }

    @Test
    void aRequestThatTricklesInIsGivenUp() {
        ConnectionRig rig = rigs.rig(64, 1 << 24);
        ByteBuf frame = Frames.request(1, "rig", 2_000_000);
        int second = 0;
        while (rig.channel.isOpen() && second < 600) {
            rig.receive(rig.allocator.directBuffer().writeBytes(frame, second++, 1));
            rig.loop.advanceMs(1_000);
        }
        frame.release();
        assertThat(rig.closedBecause(CloseReason.REQUEST_STALLED)).isEqualTo(1);
        assertThat(second).isLessThanOrEqualTo(65);
    }

    @Test
    void theTimeInWhichWeDoNotReadIsNotTheClients() {
        ConnectionRig rig = rigs.rig(1, 1 << 24);
        ByteBuf half = Frames.request(2, "rig", 1_000);
        rig.request(1, 10);
        rig.receive(rig.allocator.directBuffer().writeBytes(half, 0, 500));
        rig.loop.advanceMs(10 * STALL_MS);
        rig.parked(1).answer(1);
        rig.loop.advanceMs(STALL_MS / 2);
        assertThat(rig.channel.isOpen()).isTrue();
        receiveRest(rig, half, 500);
        half.release();
        assertThat(rig.parkedIds()).containsExactly(1, 2);
    }
}
