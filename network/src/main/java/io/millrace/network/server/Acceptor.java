package io.millrace.network.server;

import io.millrace.runtime.Clock;
import io.millrace.runtime.LogRateLimit;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes connections off one listening socket and hands them on. Owned by the control loop.
 *
 * <p>When the system has no more to give (file descriptors, memory), accepting rests for a second instead of spinning; the
 * clients wait in the socket's backlog.
 */
@SuppressWarnings("FutureReturnValueIgnored") // outcomes of channel operations arrive as channel events
final class Acceptor extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(Acceptor.class);
    private static final long REST_MS = 1_000;
    private static final long LOG_INTERVAL_NS = 10_000_000_000L;

    private final KafkaServer server;
    private final ListenerSettings listener;
    private final LogRateLimit logLimit;

    Acceptor(KafkaServer server, ListenerSettings listener, Clock clock) {
        this.server = server;
        this.listener = listener;
        this.logLimit = new LogRateLimit(clock, LOG_INTERVAL_NS);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        server.accepted(listener, (Channel) message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        server.metrics().acceptFailed();
        long heldBack = logLimit.permit();
        if (heldBack != LogRateLimit.HELD_BACK) {
            LOG.error(
                    "listener={} cannot accept a connection cause=\"{}\" (too many open files: raise the limit with ulimit -n, or"
                            + " lower max.connections) heldBack={}",
                    listener.name(),
                    cause.getMessage(),
                    heldBack);
        }
        Channel socket = ctx.channel();
        if (socket.config().isAutoRead()) {
            socket.config().setAutoRead(false);
            ctx.executor().schedule(() -> socket.config().setAutoRead(true), REST_MS, TimeUnit.MILLISECONDS);
        }
    }
}
