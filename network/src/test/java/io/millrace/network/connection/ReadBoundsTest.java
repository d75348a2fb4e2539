package io.millrace.network.connection;

import static io.millrace.network.connection.ConnectionRigs.joined;
import static io.millrace.network.connection.ConnectionRigs.limits;
import static io.millrace.network.connection.ConnectionRigs.receiveRest;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.network.frame.Frames;
import io.millrace.network.frame.ReceiveBudget;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When a connection is not read, and when it is again. */
class ReadBoundsTest {

    private final ConnectionRigs rigs = new ConnectionRigs();

    @AfterEach
    void everythingIsGivenBack() {
        rigs.close();
    }

    @Test
    void oneTurnHandsOverSixteenFrames() {
        ConnectionRig rig = rigs.rig(64, 1 << 20);
        rig.receive(joined(rig, 40, 10));
        assertThat(rig.parked).hasSize(16);
        assertThat(rig.reads()).isFalse();
        assertThat(rig.loop.runOne()).isTrue();
        assertThat(rig.parked).hasSize(32);
        assertThat(rig.loop.runOne()).isTrue();
        assertThat(rig.parked).hasSize(40);
        assertThat(rig.reads()).isTrue();
    }

    @Test
    void requestsInFlightAreBoundedPerConnection() {
        ConnectionRig rig = rigs.rig(4, 1 << 20);
        rig.receive(joined(rig, 6, 10));
        rig.loop.runAll();
        assertThat(rig.parkedIds()).containsExactly(1, 2, 3, 4);
        assertThat(rig.reads()).isFalse();
        rig.parked(2).answer(1);
        rig.loop.runAll();
        assertThat(rig.parked).hasSize(4); // its answer waits behind the first
        rig.parked(1).answer(1);
        rig.loop.runAll();
        assertThat(rig.answered()).containsExactly(1, 2);
        assertThat(rig.parkedIds()).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(rig.reads()).isFalse();
        rig.parked(3).answer(1);
        rig.loop.runAll();
        assertThat(rig.reads()).isTrue();
    }

    @Test
    void bytesInFlightAreBoundedPerConnection() {
        ConnectionRig rig = rigs.rig(64, 10_000);
        rig.receive(joined(rig, 4, 6_000));
        rig.loop.runAll();
        assertThat(rig.parked).hasSize(2);
        assertThat(rig.reads()).isFalse();
        rig.parked(2).answer(1); // the bytes count until completion, not until the answer leaves
        rig.loop.runAll();
        assertThat(rig.parked).hasSize(3);
    }

    @Test
    void whatARequestHoldsBesidesItsFrameCountsUntilItIsCompleted() {
        ConnectionRig rig = rigs.rig(64, 10_000);
        rig.request(1, 100);
        rig.parked(1).responder().holds(9_000);
        rig.receive(joined(rig, 3, 500));
        rig.loop.runAll();
        assertThat(rig.parked).hasSize(3);
        assertThat(rig.reads()).isFalse();
        rig.parked.getFirst().answer(1);
        rig.loop.runAll();
        assertThat(rig.parked).hasSize(4);
        assertThat(rig.reads()).isTrue();
    }

    @Test
    void aRequestAboveTheByteBoundStillComesInAlone() {
        ConnectionRig rig = rigs.rig(64, 10_000);
        rig.request(1, 50_000);
        assertThat(rig.parkedIds()).containsExactly(1);
    }

    @Test
    void atTheBrokersBoundProducersWaitAndConsumersDoNot() {
        ManualLoop loop = new ManualLoop();
        InFlightBudget budget = new InFlightBudget(10_000);
        ConnectionRig producer = rigs.keep(new ConnectionRig(limits(64, 1 << 20), false, budget, loop));
        ConnectionRig unknown = rigs.keep(new ConnectionRig(limits(64, 1 << 20), false, budget, loop));
        ConnectionRig consumer = rigs.keep(new ConnectionRig(limits(64, 1 << 20), false, budget, loop));
        producer.connection.trafficClass(TrafficClass.PRODUCER);
        consumer.connection.trafficClass(TrafficClass.CONSUMER);
        producer.receive(joined(producer, 3, 6_000));
        loop.runAll();
        assertThat(producer.parked).hasSize(2);
        assertThat(producer.reads()).isFalse();
        unknown.request(1, 10);
        consumer.request(1, 10);
        loop.runAll();
        assertThat(unknown.parked).isEmpty();
        assertThat(consumer.parked).hasSize(1);
        assertThat(consumer.reads()).isTrue();
        producer.parked(1).answer(1);
        loop.runAll();
        assertThat(producer.parked).hasSize(3); // it waited first, and its request fills the budget again
        assertThat(unknown.parked).isEmpty();
        producer.parked(2).answer(1);
        loop.runAll();
        assertThat(unknown.parked).hasSize(1);
    }

    @Test
    void aConnectionThatClosesGivesItsShareToThoseWhoWait() {
        ManualLoop loop = new ManualLoop();
        InFlightBudget budget = new InFlightBudget(10_000);
        ConnectionRig first = rigs.keep(new ConnectionRig(limits(64, 1 << 20), false, budget, loop));
        ConnectionRig second = rigs.keep(new ConnectionRig(limits(64, 1 << 20), false, budget, loop));
        first.request(1, 11_000);
        second.request(1, 100);
        loop.runAll();
        assertThat(second.parked).isEmpty();
        first.channel.close().syncUninterruptibly();
        loop.runAll();
        assertThat(second.parked).hasSize(1);
        assertThat(second.reads()).isTrue();
    }

    private List<ConnectionRig> receivers(int count, long receiveBytes, InFlightBudget budget, TrafficClass kind) {
        ManualLoop loop = new ManualLoop();
        ReceiveBudget receiveBudget = new ReceiveBudget(receiveBytes);
        List<ConnectionRig> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ConnectionRig rig = rigs.keep(new ConnectionRig(limits(64, 1 << 24), receiveBudget, budget, loop));
            rig.connection.trafficClass(kind);
            made.add(rig);
        }
        return made;
    }

    @ParameterizedTest
    @EnumSource(TrafficClass.class)
    void aRequestLargerThanEveryBoundComesInAlone(TrafficClass kind) {
        InFlightBudget budget = new InFlightBudget(700_000);
        ConnectionRig rig = receivers(1, 700_000, budget, kind).getFirst();
        ByteBuf frame = Frames.request(1, "rig", 2_000_000);
        receiveInPieces(rig, frame, 100_000);
        frame.release();
        assertThat(rig.parkedIds()).containsExactly(1);
        rig.parked(1).answer(1);
        rig.loop.runAll();
        assertThat(budget.usedBytes()).isZero();
        assertThat(rig.reads()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(TrafficClass.class)
    void aLargeRequestArrivesWhileOthersRequestsFillTheBudget(TrafficClass kind) {
        InFlightBudget budget = new InFlightBudget(1_000_000);
        List<ConnectionRig> both = receivers(2, 1_000_000, budget, kind);
        ConnectionRig large = both.get(0);
        ConnectionRig other = both.get(1);
        ByteBuf frame = Frames.request(1, "rig", 850_000);
        large.receive(large.allocator.directBuffer().writeBytes(frame, 0, 800_000));
        other.receive(joined(other, 4, 300_000));
        large.loop.runAll();
        other.parked(1).answer(1);
        large.loop.runAll();
        receiveRest(large, frame, 800_000);
        large.loop.runAll();
        frame.release();
        assertThat(large.parkedIds()).containsExactly(1);
        assertThat(other.parkedIds()).containsExactly(1, 2, 3, 4);
    }

    @ParameterizedTest
    @EnumSource(TrafficClass.class)
    void oneLargeHalfReceivedRequestGoesOnWhenAllMemoryIsGivenAway(TrafficClass kind) {
        List<ConnectionRig> both = receivers(2, 700_000, new InFlightBudget(1L << 40), kind);
        ConnectionRig first = both.get(0);
        ConnectionRig second = both.get(1);
        ByteBuf frame = Frames.request(1, "rig", 2_000_000);
        int[] sent = new int[2];
        for (int piece = 0; piece < 10; piece++) {
            for (int i = 0; i < 2; i++) {
                if (both.get(i).reads()) {
                    both.get(i).receive(both.get(i).allocator.directBuffer().writeBytes(frame, sent[i], 100_000));
                    sent[i] += 100_000;
                }
                first.loop.runAll();
            }
        }
        assertThat(first.reads()).isNotEqualTo(second.reads());
        int favoured = first.reads() ? 0 : 1;
        receiveRest(both.get(favoured), frame, sent[favoured]);
        first.loop.runAll();
        assertThat(both.get(favoured).parkedIds()).containsExactly(1);
        assertThat(both.get(1 - favoured).reads()).isTrue(); // the exception is its now
        receiveRest(both.get(1 - favoured), frame, sent[1 - favoured]);
        first.loop.runAll();
        assertThat(both.get(1 - favoured).parkedIds()).containsExactly(1);
        frame.release();
    }

    @Test
    void whoDiedWhileItWaitedCostsNobodyTheirTurn() {
        ManualLoop loop = new ManualLoop();
        InFlightBudget budget = new InFlightBudget(10_000);
        List<ConnectionRig> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(rigs.keep(new ConnectionRig(limits(64, 1 << 20), false, budget, loop)));
            all.get(i).request(1, i == 0 ? 11_000 : 100);
            loop.runAll();
        }
        all.get(1).channel.close().syncUninterruptibly();
        all.get(3).channel.close().syncUninterruptibly();
        all.get(0).parked(1).answer(1);
        loop.runAll();
        assertThat(all.get(2).parked).hasSize(1);
        assertThat(all.get(4).parked).hasSize(1);
        assertThat(all.get(4).reads()).isTrue();
    }

    @Test
    void requestsThatStayLongDoNotKeepOthersFromTheRoomThatIsLeft() {
        ManualLoop loop = new ManualLoop();
        InFlightBudget budget = new InFlightBudget(10_000);
        ConnectionRig consumer = rigs.keep(new ConnectionRig(limits(64, 1 << 20), false, budget, loop));
        consumer.connection.trafficClass(TrafficClass.CONSUMER);
        consumer.request(1, 9_000); // a long poll
        ConnectionRig producer = rigs.keep(new ConnectionRig(limits(64, 1 << 20), false, budget, loop));
        producer.receive(joined(producer, 3, 2_000));
        loop.runAll();
        assertThat(producer.parkedIds()).containsExactly(1);
        producer.parked(1).answer(1);
        loop.runAll();
        assertThat(producer.parkedIds()).containsExactly(1, 2);
    }

    private static void receiveInPieces(ConnectionRig rig, ByteBuf frame, int pieceBytes) {
        for (int sent = 0; sent < frame.readableBytes() && rig.reads(); sent += pieceBytes) {
            int count = Math.min(pieceBytes, frame.readableBytes() - sent);
            rig.receive(rig.allocator.directBuffer().writeBytes(frame, sent, count));
            rig.loop.runAll();
        }
    }

    @Test
    void aThrottledConnectionIsNotReadButAnswers() {
        ConnectionRig rig = rigs.rig(64, 1 << 20);
        rig.request(1, 10);
        rig.connection.pauseReading(500);
        rig.connection.pauseReading(300);
        rig.parked(1).answer(1);
        rig.loop.runAll();
        assertThat(rig.answered()).containsExactly(1);
        rig.loop.advanceMs(499);
        assertThat(rig.reads()).isFalse();
        rig.loop.advanceMs(1);
        assertThat(rig.reads()).isTrue();
    }

    @Test
    void aClientThatDoesNotReadItsAnswersIsNotRead() {
        ConnectionRig rig = rigs.rig(64, 1 << 20);
        rig.request(1, 10);
        rig.writable(false);
        rig.parked(1).answer(10);
        rig.loop.runAll();
        assertThat(rig.reads()).isFalse();
        assertThat(rig.answered()).isEmpty();
        rig.writable(true);
        rig.loop.runAll();
        assertThat(rig.answered()).containsExactly(1);
        assertThat(rig.reads()).isTrue();
    }
}
