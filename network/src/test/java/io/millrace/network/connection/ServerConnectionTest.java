package io.millrace.network.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.network.frame.EncodedFrame;
import io.millrace.network.frame.Frames;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What leaves a connection, in which order, and what closes it. Bounds on reading have their own test. */
class ServerConnectionTest {

    private final ConnectionRig rig = new ConnectionRig(ConnectionLimits.defaults(), false);

    @AfterEach
    void everythingIsGivenBack() {
        rig.finish();
        assertThat(rig.allocator.metric().usedDirectMemory()).isZero();
        assertThat(rig.metrics.inFlightBytes()).isZero();
        assertThat(rig.metrics.inFlightRequests()).isZero();
        assertThat(rig.metrics.openConnections()).isZero();
        assertThat(rig.loop.timers()).isZero();
        assertThat(rig.events).containsExactly("connected", "disconnected", "closed");
    }

    @Test
    void handsOverTheHeaderFieldsAndTheWholeFrame() {
        rig.request(77, 20);
        Request request = rig.parked(77).request();
        assertThat(request.apiKey()).isEqualTo((short) 18);
        assertThat(request.apiVersion()).isEqualTo((short) 3);
        assertThat(request.clientId()).isEqualTo("rig");
        assertThat(request.headerBytes()).isEqualTo(13);
        assertThat(request.sizeBytes()).isEqualTo(33);
        assertThat(request.frame().readableBytes()).isEqualTo(33);
        assertThat(rig.connection.clientId()).isEqualTo("rig");
    }

    @Test
    void aNullClientIdIsNull() {
        rig.receive(rig.allocator
                .buffer()
                .writeInt(10)
                .writeShort(18)
                .writeShort(0)
                .writeInt(5)
                .writeShort(-1));
        assertThat(rig.parked(5).request().clientId()).isNull();
        assertThat(rig.parked(5).request().headerBytes()).isEqualTo(10);
    }

    @Test
    void answersLeaveInRequestOrderWhateverCompletesFirst() {
        for (int id = 1; id <= 5; id++) {
            rig.request(id, 10);
        }
        rig.parked(3).answer(10);
        rig.parked(2).answer(10);
        rig.loop.runAll();
        assertThat(rig.answered()).isEmpty();
        rig.parked(1).answer(10);
        rig.loop.runAll();
        assertThat(rig.answered()).containsExactly(1, 2, 3);
        rig.loop.fromOutside(() -> rig.parked(5).answer(10));
        rig.loop.fromOutside(() -> rig.parked(4).answer(10));
        rig.loop.runAll();
        assertThat(rig.answered()).containsExactly(4, 5);
    }

    @Test
    void whatIsNotAnsweredLearnsThatItsConnectionClosed() {
        List<Integer> dropped = new ArrayList<>();
        for (int id = 1; id <= 3; id++) {
            rig.request(id, 10);
            int each = id;
            rig.parked(id).responder().whenDropped(() -> {
                dropped.add(each);
                if (each == 2) {
                    throw new IllegalStateException("2 fails"); // and 3 learns all the same
                }
            });
        }
        rig.parked(1).answer(10);
        rig.connection.close(CloseReason.SHUTDOWN, "test");
        assertThat(dropped).containsExactly(2, 3);
    }

    @Test
    void whatCompletesInOneTurnLeavesWithOneFlush() {
        for (int id = 1; id <= 10; id++) {
            rig.request(id, 10);
        }
        for (int id = 1; id <= 10; id++) {
            rig.parked(id).answer(10);
        }
        assertThat(rig.loop.queued()).isEqualTo(1);
        rig.loop.runAll();
        assertThat(rig.channel.outboundMessages()).hasSize(1);
        assertThat(rig.answered()).hasSize(10);
    }

    @Test
    void answersGivenWhileReadingLeaveAtTheEndOfTheRead() {
        rig.inner = (request, responder) -> new ConnectionRig.Parked(request, responder).answer(4);
        rig.receive(joined(1, 2, 3));
        assertThat(rig.channel.outboundMessages()).hasSize(1);
        assertThat(rig.answered()).containsExactly(1, 2, 3);
    }

    private ByteBuf joined(int... ids) {
        ByteBuf all = rig.allocator.directBuffer();
        for (int id : ids) {
            ByteBuf one = Frames.request(id, "rig", 10);
            all.writeBytes(one);
            one.release();
        }
        return all;
    }

    @Test
    void aRequestWithoutAnswerDoesNotHoldUpTheNext() {
        rig.receive(joined(1, 2));
        rig.parked(2).answer(1);
        rig.parked(1).request().frame().release();
        rig.parked(1).responder().noResponse();
        rig.loop.runAll();
        assertThat(rig.answered()).containsExactly(2);
    }

    @Test
    void aHeadTaskRunsOnceAtTheHeadWhileWritable() {
        List<String> ran = new ArrayList<>();
        rig.receive(joined(1, 2));
        ConnectionRig.Parked second = rig.parked(2);
        second.responder().whenHead(() -> {
            ran.add("head");
            second.answer(5);
        });
        rig.loop.runAll();
        assertThat(ran).isEmpty();
        rig.writable(false);
        rig.parked(1).answer(1);
        rig.loop.runAll();
        assertThat(ran).isEmpty();
        assertThat(rig.answered()).isEmpty();
        rig.writable(true);
        rig.loop.runAll();
        assertThat(ran).containsExactly("head");
        assertThat(rig.answered()).containsExactly(1, 2);
    }

    @Test
    void aHeadTaskMayCompleteLater() {
        List<String> ran = new ArrayList<>();
        rig.receive(joined(1, 2));
        rig.loop.fromOutside(() -> rig.parked(1).responder().whenHead(() -> ran.add("head")));
        rig.parked(2).answer(1);
        rig.loop.runAll();
        assertThat(ran).containsExactly("head");
        assertThat(rig.answered()).isEmpty();
        rig.loop.fromOutside(() -> rig.parked(1).answer(1));
        rig.loop.runAll();
        assertThat(ran).containsExactly("head");
        assertThat(rig.answered()).containsExactly(1, 2);
    }

    @Test
    void aHeadTaskNeverRunsAfterTheConnectionClosed() {
        List<String> ran = new ArrayList<>();
        rig.receive(joined(1, 2));
        rig.parked(2).responder().whenHead(() -> ran.add("head"));
        rig.channel.close().syncUninterruptibly();
        rig.loop.fromOutside(() -> rig.parked(1).responder().whenHead(() -> ran.add("late")));
        rig.loop.runAll();
        assertThat(ran).isEmpty();
        assertThat(rig.parked(2).responder().isOpen()).isFalse();
    }

    @Test
    void aSecondCompletionIsRefusedAndReleased() {
        rig.receive(joined(1));
        ConnectionRig.Parked one = rig.parked(1);
        one.answer(1);
        ByteBuf again = rig.allocator.directBuffer().writeInt(0);
        assertThatThrownBy(() -> one.responder().send(EncodedFrame.of(again)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("twice");
        assertThat(again.refCnt()).isZero();
        rig.loop.runAll();
        assertThat(rig.answered()).containsExactly(1);
    }

    @Test
    void completionsAfterTheCloseAreReleased() {
        rig.receive(joined(1, 2, 3));
        rig.parked(2).answer(10);
        rig.channel.close().syncUninterruptibly();
        rig.parked(1).answer(10);
        rig.loop.fromOutside(() -> rig.parked(3).answer(10));
        rig.loop.runAll();
        assertThat(rig.closedBecause(CloseReason.CLOSED_BY_PEER)).isEqualTo(1);
    }

    @Test
    void closingByTheHandlerLetsEarlierAnswersLeave() {
        rig.receive(joined(1, 2, 3));
        rig.parked(3).answer(1);
        rig.parked(2).request().frame().release();
        rig.parked(2).responder().close("not supported");
        rig.loop.runAll();
        assertThat(rig.channel.isOpen()).isTrue();
        rig.parked(1).answer(1);
        rig.loop.runAll();
        assertThat(rig.answered()).containsExactly(1);
        assertThat(rig.channel.isOpen()).isFalse();
        assertThat(rig.closedBecause(CloseReason.CLOSED_BY_HANDLER)).isEqualTo(1);
    }

    @Test
    void aHandlerThatThrowsClosesTheConnection() {
        rig.inner = (request, responder) -> {
            request.frame().release();
            throw new IllegalArgumentException("planned by the test");
        };
        rig.receive(joined(1, 2));
        assertThat(rig.channel.isOpen()).isFalse();
        assertThat(rig.closedBecause(CloseReason.HANDLER_FAILED)).isEqualTo(1);
    }

    @Test
    void aHeadTaskThatThrowsClosesTheConnection() {
        rig.receive(joined(1));
        rig.parked(1).responder().whenHead(() -> {
            throw new IllegalArgumentException("planned by the test");
        });
        rig.loop.runAll();
        assertThat(rig.closedBecause(CloseReason.HANDLER_FAILED)).isEqualTo(1);
    }

    @Test
    void aNegativeLengthClosesAtOnce() {
        rig.receive(rig.allocator.buffer().writeInt(-1));
        assertThat(rig.channel.isOpen()).isFalse();
        assertThat(rig.closedBecause(CloseReason.FRAME_LENGTH_INVALID)).isEqualTo(1);
    }

    @Test
    void aLengthAboveTheLimitClosesAtOnce() {
        rig.receive(rig.allocator.buffer().writeInt(100 * 1024 * 1024 + 1));
        assertThat(rig.channel.isOpen()).isFalse();
        assertThat(rig.closedBecause(CloseReason.FRAME_TOO_LARGE)).isEqualTo(1);
    }

    @Test
    void aClientIdLongerThanTheFrameClosesAtOnce() {
        rig.receive(
                rig.allocator.buffer().writeInt(12).writeLong(1).writeShort(3).writeShort(0));
        assertThat(rig.closedBecause(CloseReason.REQUEST_HEADER_MALFORMED)).isEqualTo(1);
    }

    @Test
    void oneTurnWritesAtMostOneMebibyte() {
        rig.receive(joined(1));
        rig.parked(1).answer(3 * 1024 * 1024);
        assertThat(rig.loop.runOne()).isTrue();
        assertThat(outboundBytes()).isEqualTo(1024 * 1024);
        assertThat(rig.loop.runOne()).isTrue();
        assertThat(outboundBytes()).isEqualTo(2 * 1024 * 1024);
        rig.loop.runAll();
        assertThat(rig.answered()).containsExactly(1);
    }

    private int outboundBytes() {
        return rig.channel.outboundMessages().stream()
                .mapToInt(message -> ((ByteBuf) message).readableBytes())
                .sum();
    }

    @Test
    void drainingAnswersWhatIsInFlightAndThenCloses() {
        rig.receive(joined(IntStream.rangeClosed(1, 3).toArray()));
        rig.connection.drain();
        rig.loop.runAll();
        assertThat(rig.reads()).isFalse();
        rig.parked(1).answer(1);
        rig.parked(2).answer(1);
        rig.loop.runAll();
        assertThat(rig.channel.isOpen()).isTrue();
        rig.parked(3).answer(1);
        rig.loop.runAll();
        assertThat(rig.answered()).containsExactly(1, 2, 3);
        assertThat(rig.channel.isOpen()).isFalse();
        assertThat(rig.closedBecause(CloseReason.SHUTDOWN)).isEqualTo(1);
    }
}
