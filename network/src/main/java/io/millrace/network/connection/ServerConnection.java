package io.millrace.network.connection;

import io.millrace.network.frame.OutboundSizes;
import io.millrace.runtime.EventLoop;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The machine behind one accepted connection. Owned by its shard loop, which is also its channel's loop.
 *
 * <pre>
 *   socket --> RequestIntake --> request --> handler ...... responder --> ResponseOrder --> AnswerPump --> socket
 *                  ^                                                         |
 *                  +---- reading pauses while any {@link Pause} holds -------+
 * </pre>
 *
 * Reading stops (the kernel's window then fills and the client waits) while the connection used up its turn, has too many
 * requests in flight, waits for the broker's budget, does not read its answers, is throttled, or drains. Completions are never
 * refused.
 */
@SuppressWarnings("FutureReturnValueIgnored") // outcomes of channel operations arrive as channel events
public final class ServerConnection extends ChannelInboundHandlerAdapter implements Connection {

    private static final Logger LOG = LoggerFactory.getLogger(ServerConnection.class);

    private static final int LOW_WATER_BYTES = AnswerPump.MAX_WAITING_BYTES / 4;
    private static final InetSocketAddress NO_ADDRESS = InetSocketAddress.createUnresolved("unknown", 0);

    private final long id;
    private final String listenerName;
    private final boolean authenticates;
    private final EventLoop loop;
    private final ConnectionScope scope;
    private final Channel channel;
    private final ResponseOrder order = new ResponseOrder();
    private final AnswerPump pump;
    private final RequestIntake intake;
    private final ConnectionTimers timers;
    private final ConnectionLife life;
    private final Consumer<ServerConnection> onClosed;

    private InetSocketAddress peerAddress = NO_ADDRESS;
    private InetSocketAddress localAddress = NO_ADDRESS;
    private @Nullable String clientId;
    private @Nullable Object attachment;
    private long lastActivityNs;
    private boolean live = true;
    private volatile boolean open = true;

    /**
     * Sets the channel up; the caller then adds this handler to its pipeline and registers it with {@code loop}.
     *
     * @param onClosed told once, on the loop
     */
    @SuppressWarnings("this-escape") // the parts call back only from the loop, after registration
    public ServerConnection(
            long id,
            ListenerOf listener,
            EventLoop loop,
            Channel channel,
            ConnectionScope scope,
            Consumer<ServerConnection> onClosed) {
        this.id = id;
        this.listenerName = listener.name();
        this.authenticates = listener.authenticates();
        this.loop = loop;
        this.scope = scope;
        this.channel = channel;
        this.onClosed = onClosed;
        ConnectionLimits limits = scope.limits();
        this.intake = new RequestIntake(
                this,
                channel,
                loop,
                scope,
                order,
                authenticates
                        ? Math.min(limits.maxUnauthenticatedRequestBytes(), limits.maxRequestBytes())
                        : limits.maxRequestBytes());
        this.pump = new AnswerPump(this, order, channel, loop, scope.metrics());
        this.timers = new ConnectionTimers(loop, limits, new ConnectionProgress(this, order, intake, pump));
        this.life = new ConnectionLife(this, scope);
        channel.config()
                .setMessageSizeEstimator(new OutboundSizes())
                .setWriteBufferWaterMark(new WriteBufferWaterMark(LOW_WATER_BYTES, AnswerPump.MAX_WAITING_BYTES));
    }

    /** The listener a connection came through, as far as the connection cares. */
    public record ListenerOf(String name, boolean authenticates) {}

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (channel.remoteAddress() instanceof InetSocketAddress peer) {
            peerAddress = peer;
        }
        if (channel.localAddress() instanceof InetSocketAddress local) {
            localAddress = local;
        }
        lastActivityNs = loop.clock().monotonicNs();
        timers.start(authenticates);
        life.begin();
    }

    // ---- reading

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (!live) {
            bytes.release();
            return;
        }
        lastActivityNs = loop.clock().monotonicNs();
        pump.holdBack();
        intake.received(bytes);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        intake.turnEnded();
        pump.letGo();
    }

    /** A whole frame arrived; takes over the reference. */
    void dispatch(ByteBuf frame) {
        RequestPrefix prefix = RequestPrefix.read(frame, clientId);
        if (prefix == null) {
            frame.release();
            shut(CloseReason.REQUEST_HEADER_MALFORMED, "the first bytes of a frame are no request header");
            return;
        }
        clientId = prefix.clientId();
        int frameBytes = frame.readableBytes();
        ResponseSlot slot = new ResponseSlot(this, frameBytes);
        order.add(slot);
        intake.requestStarted(frameBytes);
        try {
            scope.handler().handle(new Request(this, frame, prefix, lastActivityNs), slot);
        } catch (RuntimeException failure) {
            handlerFailed(failure);
        }
    }

    void handlerFailed(RuntimeException failure) {
        LOG.error("connection={} listener={} peer={} request handler failed", id, listenerName, peerAddress, failure);
        shut(CloseReason.HANDLER_FAILED, failure.toString());
    }

    // ---- answering

    /** A slot got its outcome; on the loop, while live. */
    void completed(ResponseSlot slot) {
        intake.requestCompleted(slot.requestBytes());
        intake.holds(-slot.heldBytes());
        if (order.isHead(slot) || intake.isPaused(Pause.IN_FLIGHT)) {
            pump.request();
        }
    }

    /** A request is half received and we read on. */
    void requestArrives() {
        timers.watchStall();
    }

    /** Requests in flight hold so many bytes more than their frames. */
    void holds(int bytes) {
        intake.holds(bytes);
    }

    void headTaskAdded(ResponseSlot slot) {
        if (order.isHead(slot)) {
            pump.request();
        }
    }

    /** After each pumping: what it changed for reading and for the deadlines. */
    void pumped(boolean clientLags) {
        if (!live) {
            return;
        }
        if (pump.progressed()) {
            lastActivityNs = loop.clock().monotonicNs();
        }
        timers.watchStall();
        if (clientLags) {
            intake.pause(Pause.ANSWERS_UNREAD);
        } else {
            intake.resume(Pause.ANSWERS_UNREAD);
        }
        intake.lookAtOwnBound();
        if (live && intake.isPaused(Pause.DRAIN) && order.isEmpty() && !pump.busy()) {
            pump.closeOnceSent(CloseReason.SHUTDOWN, "drained");
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (live && channel.isWritable()) {
            pump.request();
        }
    }

    /** Finishes what is in flight, reads nothing more, then closes. From any thread. */
    public void drain() {
        runOwned(() -> {
            if (live) {
                intake.pause(Pause.DRAIN);
                pump.request();
            }
        });
    }

    // ---- closing

    @Override
    public void close(CloseReason reason, String why) {
        runOwned(() -> shut(reason, why));
    }

    private void runOwned(Runnable task) {
        if (loop.isOwner()) {
            task.run();
            return;
        }
        try {
            loop.post(task);
        } catch (RejectedExecutionException stopped) {
            LOG.debug("connection={} outlived its loop", id);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        shut(CloseReason.CLOSED_BY_PEER, "");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof IOException) {
            shut(CloseReason.RESET_BY_PEER, String.valueOf(cause.getMessage()));
        } else {
            LOG.error("connection={} listener={} peer={} failed", id, listenerName, peerAddress, cause);
            shut(CloseReason.HANDLER_FAILED, cause.toString());
        }
    }

    void shut(CloseReason reason, String why) {
        if (!live) {
            return;
        }
        live = false;
        open = false;
        timers.cancel();
        channel.close(); // fails what waits in the channel, before the parts behind it are released below
        intake.close();
        pump.discard();
        life.drop(order);
        life.end(reason, why);
        onClosed.accept(this);
    }

    boolean isLive() {
        return live;
    }

    /** When bytes last moved, by the loop's monotonic clock. */
    long lastActivityNs() {
        return lastActivityNs;
    }

    // ---- what the handler sees

    @Override
    public long id() {
        return id;
    }

    @Override
    public String listenerName() {
        return listenerName;
    }

    @Override
    public InetSocketAddress peerAddress() {
        return peerAddress;
    }

    @Override
    public InetSocketAddress localAddress() {
        return localAddress;
    }

    @Override
    public EventLoop loop() {
        return loop;
    }

    @Override
    public @Nullable String clientId() {
        return clientId;
    }

    @Override
    public @Nullable Object attachment() {
        return attachment;
    }

    @Override
    public void attach(@Nullable Object session) {
        loop.checkOwned();
        attachment = session;
    }

    @Override
    public void trafficClass(TrafficClass newClass) {
        loop.checkOwned();
        intake.trafficClass(newClass);
    }

    @Override
    public void authenticated() {
        loop.checkOwned();
        intake.maxFrameBytes(scope.limits().maxRequestBytes());
        timers.authenticated();
    }

    @Override
    public void pauseReading(long durationMs) {
        loop.checkOwned();
        if (live && durationMs > 0) {
            intake.throttle(durationMs);
        }
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public String toString() {
        return "connection " + id + " of " + listenerName;
    }
}
