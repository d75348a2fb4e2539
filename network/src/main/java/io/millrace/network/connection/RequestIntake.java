package io.millrace.network.connection;

import io.millrace.network.frame.FrameFault;
import io.millrace.network.frame.FrameReader;
import io.millrace.network.frame.ReadTurns;
import io.millrace.network.frame.ReceiveBudget;
import io.millrace.runtime.EventLoop;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
    /** Slower than this on the whole, a request is given up: it would hold its memory from others for too long. */
    static final int MIN_BYTES_PER_S = 1024 * 1024;

    private final ServerConnection connection;
    private final EventLoop loop;
    private final ConnectionScope scope;
    private final ResponseOrder order;
    private final FrameReader reader;
    private final ReadGate gate;

    private TrafficClass trafficClass = TrafficClass.UNCLASSIFIED;
    private long inFlightBytes;
    private long heldBytes;
    private long receivedBytes;
    private long throttleEndNs;
    private int turnFrames;
    private int bufferedBytes;
    private boolean half;
    private long halfSinceNs;
    private @Nullable Runnable awaitedRoom;

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
        this.reader = new FrameReader(
                RequestPrefix.MIN_BYTES, maxFrameBytes, scope.receiveBudget().of(connection));
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
        reader.releaseIdle();
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
                awaitRoom();
            } else {
                ByteBuf frame = reader.next();
                if (frame == null) {
                    noFrame();
                    break;
                }
                turnFrames++;
                half = false;
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
        return order.size() >= limits.maxInFlightRequests() || inFlightBytes + heldBytes >= limits.maxInFlightBytes();
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
        } else if (reader.bufferedBytes() > 0) {
            if (!half) {
                half = true;
                halfSinceNs = loop.clock().monotonicNs();
            }
            if (reader.starvedBytes() > 0) {
                awaitMemory(reader.starvedBytes());
            } else {
                connection.requestArrives();
            }
        }
    }

    /** Reads on when requests of others are completed. */
    private void awaitRoom() {
        gate.pause(Pause.BROKER);
        InFlightBudget budget = scope.budget();
        Runnable wake = () -> postWoken(budget::passOn);
        awaitedRoom = wake;
        budget.awaitRoom(wake);
    }

    /** Reads on when half-received requests of others are whole, or were given up. */
    private void awaitMemory(int bytes) {
        gate.pause(Pause.BROKER);
        ReceiveBudget budget = scope.receiveBudget();
        Runnable wake = () -> postWoken(budget::passOn);
        awaitedRoom = wake;
        budget.awaitRoom(bytes, wake);
    }

    /** There may be room: takes some, then lets the next one look. On any thread. */
    private void postWoken(Runnable passOn) {
        try {
            loop.post(() -> {
                awaitedRoom = null;
                resume(Pause.BROKER);
                passOn.run();
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
            if (half && cause != Pause.TURN && cause != Pause.ANSWERS_UNREAD) {
                halfSinceNs = loop.clock().monotonicNs(); // we did not read: not the client's fault
            }
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

    void holds(int bytes) {
        heldBytes += bytes;
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

    /** Whether a request is half received and we wait for its rest. */
    boolean requestPending() {
        return half && gate.isOpen();
    }

    /** Whether a request arrives so slowly that its sender is given up. */
    boolean requestOverdue() {
        if (!half || !gate.isOpenBut(Pause.ANSWERS_UNREAD)) {
            return false;
        }
        long allowedNs = TimeUnit.MILLISECONDS.toNanos(scope.limits().stallTimeoutMs())
                + TimeUnit.SECONDS.toNanos(1) * reader.declaredBytes() / MIN_BYTES_PER_S;
        return loop.clock().monotonicNs() - halfSinceNs > allowedNs;
    }

    /** Grows with every byte that arrived. */
    long receivedBytes() {
        return receivedBytes;
    }

    /** Gives everything back; the connection is not live any more. */
    void close() {
        reader.close();
        Runnable awaited = awaitedRoom;
        if (awaited != null) {
            scope.budget().forget(awaited);
            scope.receiveBudget().forget(awaited);
        }
        scope.metrics().requestCompleted(inFlightBytes);
        scope.budget().remove(inFlightBytes);
        inFlightBytes = 0;
    }
}
