package io.millrace.network.http;

import io.millrace.runtime.Clock;
import io.millrace.runtime.LogRateLimit;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes connections off one listening socket and hands them on. Owned by the server's loop. When the system has no more to
 * give (file descriptors, memory), accepting rests for a second instead of spinning.
 */
@SuppressWarnings("FutureReturnValueIgnored") // outcomes of channel operations arrive as channel events
final class HttpAcceptor extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(HttpAcceptor.class);
    private static final long REST_MS = 1_000;
    private static final long LOG_INTERVAL_NS = 10_000_000_000L;

    private final String listenerName;
    private final Consumer<SocketChannel> accepted;
    private final LogRateLimit logLimit;

    HttpAcceptor(String listenerName, Clock clock, Consumer<SocketChannel> accepted) {
        this.listenerName = listenerName;
        this.accepted = accepted;
        this.logLimit = new LogRateLimit(clock, LOG_INTERVAL_NS);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        accepted.accept((SocketChannel) message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        long heldBack = logLimit.permit();
        if (heldBack != LogRateLimit.HELD_BACK) {
            LOG.error(
                    "listener={} cannot accept a connection cause=\"{}\" heldBack={}",
                    listenerName,
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
