package io.millrace.network.connection;

import io.millrace.network.frame.FrameFault;
import io.millrace.network.frame.FrameReader;
import io.millrace.network.frame.ReadTurns;
import io.millrace.network.frame.ReceiveMemory;
import io.millrace.runtime.EventLoop;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reading half of a connection: cuts requests out of what arrives and hands them over while no bound is met. Owned by the
 * connection's loop.
 *
 * <p>Whole frames that are buffered when reading pauses stay here: at most what one turn received.
 */
final class RequestIntake {

    private static final Logger LOG = LoggerFactory.getLogger(RequestIntake.class);

    static final int MAX_TURN_FRAMES = 16;

    private final ServerConnection connection;
    private final EventLoop loop;
    private final ConnectionScope scope;
    private final ResponseOrder order;
    private final FrameReader reader;
    private final ReadGate gate;

    private TrafficClass trafficClass = TrafficClass.UNCLASSIFIED;
    private long inFlightBytes;
    private long receivedBytes;
    private long throttleEndNs;
    private int turnFrames;
    private int bufferedBytes;
    private boolean awaitsRoom;

    RequestIntake(
            ServerConnection connection,
            Channel channel,
            EventLoop loop,
            ConnectionScope scope,
            ResponseOrder order,
            int maxFrameBytes) {
        this.connection = connection;
        this.loop = loop;
        this.scope = scope;
        this.order = order;
        this.reader = new FrameReader(RequestPrefix.MIN_BYTES, maxFrameBytes, new Reservations());
        this.gate = new ReadGate(channel, scope.metrics());
        channel.config().setRecvByteBufAllocator(new ReadTurns(reader));
    }

    /** Bytes arrived; takes over the reference. */
    void received(ByteBuf bytes) {
        reader.received(bytes);
        int arrivedBytes = reader.bufferedBytes() - bufferedBytes;
        receivedBytes += arrivedBytes;
        scope.metrics().received(arrivedBytes);
        deliver();
    }

    /** What arrived in this turn was all handed to {@link #received}. */
    void turnEnded() {
        turnFrames = 0;
    }

    /** Hands over whole frames until none is left or a bound is met. */
    private void deliver() {
        while (connection.isLive() && gate.isOpen()) {
            if (turnFrames == MAX_TURN_FRAMES && reader.bufferedBytes() > 0) {
                gate.pause(Pause.TURN);
                loop.post(this::nextTurn);
            } else if (atOwnBound()) {
                gate.pause(Pause.IN_FLIGHT);
            } else if (trafficClass.waitsAtBound() && scope.budget().full()) {
                awaitRoom(1);
            } else {
                ByteBuf frame = reader.next();
                if (frame == null) {
                    noFrame();
                    break;
                }
                turnFrames++;
                connection.dispatch(frame);
            }
        }
        bufferedBytes = reader.bufferedBytes();
    }

    private void nextTurn() {
        turnFrames = 0;
        resume(Pause.TURN);
    }

    private boolean atOwnBound() {
        ConnectionLimits limits = scope.limits();
        return order.size() >= limits.maxInFlightRequests() || inFlightBytes >= limits.maxInFlightBytes();
    }

    private void noFrame() {
        FrameFault fault = reader.fault();
        if (fault != null) {
            switch (fault) {
                case LENGTH_INVALID ->
                    connection.shut(
                            CloseReason.FRAME_LENGTH_INVALID,
                            "frame length " + reader.declaredBytes() + " is no request's");
                case TOO_LARGE ->
                    connection.shut(
                            CloseReason.FRAME_TOO_LARGE,
                            "frame of " + reader.declaredBytes() + " bytes is above the limit");
            }
        } else if (reader.starvedBytes() > 0) {
            awaitRoom(reader.starvedBytes());
        } else if (reader.holdsReservation()) {
            connection.largeRequestArrives();
        }
    }

    private void awaitRoom(int bytes) {
        gate.pause(Pause.BROKER);
        if (!awaitsRoom) {
            awaitsRoom = true;
            scope.budget().awaitRoom(bytes, this::roomMayBeThere);
        }
    }

    private void roomMayBeThere() {
        try {
            loop.post(() -> {
                awaitsRoom = false;
                resume(Pause.BROKER);
            });
        } catch (RejectedExecutionException stopped) {
            LOG.debug("{} had waited for room when its loop stopped", connection);
        }
    }

    void pause(Pause cause) {
        gate.pause(cause);
    }

    boolean isPaused(Pause cause) {
        return gate.isPaused(cause);
    }

    /** Ends one cause to pause; the last one starts delivery and reading again. */
    void resume(Pause cause) {
        if (connection.isLive() && gate.end(cause)) {
            deliver();
            if (connection.isLive()) {
                gate.readAgain();
            }
        }
    }

    /** Requests left the queue, or their bytes were given back: maybe more may come in. */
    void lookAtOwnBound() {
        if (gate.isPaused(Pause.IN_FLIGHT) && !atOwnBound()) {
            resume(Pause.IN_FLIGHT);
        }
    }

    void requestStarted(int bytes) {
        inFlightBytes += bytes;
        scope.budget().add(bytes);
        scope.metrics().requestStarted(bytes);
    }

    void requestCompleted(int bytes) {
        inFlightBytes -= bytes;
        scope.budget().remove(bytes);
        scope.metrics().requestCompleted(bytes);
    }

    /** Reads nothing for {@code durationMs}; a longer pause that was asked for before stays. */
    void throttle(long durationMs) {
        long durationNs = TimeUnit.MILLISECONDS.toNanos(durationMs);
        long endNs = loop.clock().monotonicNs() + durationNs;
        if (!gate.isPaused(Pause.THROTTLED)) {
            gate.pause(Pause.THROTTLED);
            throttleEndNs = endNs;
            loop.schedule(durationNs, this::lookAtThrottle);
        } else if (endNs - throttleEndNs > 0) {
            throttleEndNs = endNs;
        }
    }

    private void lookAtThrottle() {
        long leftNs = throttleEndNs - loop.clock().monotonicNs();
        if (leftNs > 0 && connection.isLive()) {
            loop.schedule(leftNs, this::lookAtThrottle);
        } else {
            resume(Pause.THROTTLED);
        }
    }

    void trafficClass(TrafficClass newClass) {
        trafficClass = newClass;
    }

    void maxFrameBytes(int bytes) {
        reader.maxFrameBytes(bytes);
    }

    /** Whether a large request is half received and we read on. */
    boolean largeRequestPending() {
        return gate.isOpen() && reader.holdsReservation();
    }

    /** Grows with every byte that arrived. */
    long receivedBytes() {
        return receivedBytes;
    }

    /** Gives everything back; the connection is not live any more. */
    void close() {
        reader.close();
        scope.metrics().requestCompleted(inFlightBytes);
        scope.budget().remove(inFlightBytes);
        inFlightBytes = 0;
    }

    /** Memory for this connection's large requests, out of the broker's budget. */
    private final class Reservations implements ReceiveMemory {

        @Override
        public boolean reserve(int bytes) {
            return scope.budget().reserve(connection, bytes);
        }

        @Override
        public void release(int bytes) {
            scope.budget().release(connection, bytes);
        }
    }
}
