package io.millrace.network.server;

import io.millrace.network.loop.NettyEventLoop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sockets of one listener: one per address of its host, all on one port and one loop, accepting nothing before
 * {@link #startAccepting}. Owned by the thread that opens and closes it, which is no loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // outcomes of channel operations arrive as channel events
public final class ListeningSockets implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ListeningSockets.class);
    private static final int BACKLOG = 1024;
    private static final int FREE_PORT_ATTEMPTS = 16;

    /** Leaves the kernel's default. */
    private static final int DEFAULT_BUFFER = 0;

    private final ListenerSettings listener;
    private final NettyEventLoop loop;
    private final int receiveBufferBytes;
    private final Supplier<? extends ChannelHandler> acceptors;
    private final List<Channel> sockets = new ArrayList<>();

    private ListeningSockets(
            ListenerSettings listener,
            NettyEventLoop loop,
            int receiveBufferBytes,
            Supplier<? extends ChannelHandler> acceptors) {
        this.listener = listener;
        this.loop = loop;
        this.receiveBufferBytes = receiveBufferBytes;
        this.acceptors = acceptors;
    }

    /**
     * Binds every address of the listener's host, or none.
     *
     * @param acceptors makes the handler of one socket, whose {@code channelRead} gets the accepted, unregistered channels
     * @throws ListenerBindException naming the listener, the port, the cause and the way out
     */
    public static ListeningSockets open(
            ListenerSettings listener, NettyEventLoop loop, Supplier<? extends ChannelHandler> acceptors)
            throws ListenerBindException {
        return open(listener, loop, DEFAULT_BUFFER, acceptors);
    }

    /** @param receiveBufferBytes SO_RCVBUF of what is accepted; 0 for the kernel's default */
    static ListeningSockets open(
            ListenerSettings listener,
            NettyEventLoop loop,
            int receiveBufferBytes,
            Supplier<? extends ChannelHandler> acceptors)
            throws ListenerBindException {
        BindAddresses.Candidates addresses = BindAddresses.of(listener);
        for (int attempt = 1; ; attempt++) {
            ListeningSockets opened = new ListeningSockets(listener, loop, receiveBufferBytes, acceptors);
            try {
                int port = opened.bind(addresses.required(), listener.port());
                for (InetAddress address : addresses.optional()) {
                    opened.bindIfPresent(address, port);
                }
                return opened;
            } catch (ListenerBindException refused) {
                opened.close();
                // A port that is free for one family may be taken for the other: another free one will do.
                if (listener.port() != 0 || !refused.portInUse() || attempt == FREE_PORT_ATTEMPTS) {
                    throw refused;
                }
            }
        }
    }

    private void bindIfPresent(InetAddress address, int port) throws ListenerBindException {
        try {
            bind(address, port);
        } catch (ListenerBindException refused) {
            Throwable cause = refused.getCause();
            if (refused.portInUse() || cause == null || !BindAddresses.isAddressMissing(cause)) {
                throw refused;
            }
            LOG.info("listener={} host={} is not on this machine, going on without it", listener.name(), address);
        }
    }

    private int bind(InetAddress address, int port) throws ListenerBindException {
        ServerChannel socket = loop.transport().newServerChannel();
        ChannelConfig config = socket.config();
        config.setAutoRead(false);
        config.setOption(ChannelOption.SO_REUSEADDR, true);
        config.setOption(ChannelOption.SO_BACKLOG, BACKLOG);
        if (receiveBufferBytes > 0) {
            config.setOption(ChannelOption.SO_RCVBUF, receiveBufferBytes); // inherited by what it accepts
        }
        socket.pipeline().addLast(acceptors.get());
        Throwable failure = loop.register(socket).awaitUninterruptibly().cause();
        if (failure == null) {
            failure = socket.bind(new InetSocketAddress(address, port))
                    .awaitUninterruptibly()
                    .cause();
        }
        if (failure != null) {
            socket.close().awaitUninterruptibly();
            throw BindAddresses.failure(listener, port, failure);
        }
        sockets.add(socket);
        return ((InetSocketAddress) socket.localAddress()).getPort();
    }

    /** The one port of all sockets. */
    public int port() {
        return ((InetSocketAddress) sockets.getFirst().localAddress()).getPort();
    }

    /** Connections that waited in the backlog come now. */
    public void startAccepting() {
        for (Channel socket : sockets) {
            socket.config().setAutoRead(true);
        }
    }

    /** Returns when the port is free again. Idempotent. */
    @Override
    public void close() {
        for (Channel socket : sockets) {
            socket.close().syncUninterruptibly();
        }
    }
}
