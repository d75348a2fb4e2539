package io.millrace.network.client;

import io.millrace.network.loop.NettyEventLoop;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens {@link RequestChannel}s on one loop. Immutable and thread-safe. Names are resolved on a virtual thread, because the
 * system's resolver blocks, anew for each attempt; every address is tried, in the resolver's order.
 */
@SuppressWarnings("FutureReturnValueIgnored") // outcomes of channel operations arrive as channel events
public final class Connector {

    private static final Logger LOG = LoggerFactory.getLogger(Connector.class);

    private final NettyEventLoop loop;
    private final ClientSettings settings;

    public Connector(NettyEventLoop loop, ClientSettings settings) {
        this.loop = loop;
        this.settings = settings;
    }

    /** Connects and tells {@code listener} on the loop. From any thread. */
    public void connect(String host, int port, ConnectListener listener) {
        Thread.ofVirtual().name("resolve-" + host).start(() -> {
            InetAddress[] addresses = null;
            UnknownHostException unknown = null;
            try {
                addresses = addressesOf(host);
            } catch (UnknownHostException failure) {
                unknown = failure;
            }
            Attempt attempt = new Attempt(host, port, addresses == null ? new InetAddress[0] : addresses, listener);
            if (unknown != null) {
                attempt.note("host is unknown", unknown);
            }
            try {
                loop.post(attempt::next);
            } catch (RejectedExecutionException stopped) {
                LOG.debug("host={} port={} resolved after the loop stopped", host, port);
            }
        });
    }

    // A hosts file often names one loopback address only; a broker may listen on the other one.
    private static InetAddress[] addressesOf(String host) throws UnknownHostException {
        InetAddress[] resolved = InetAddress.getAllByName(host);
        if (!host.equalsIgnoreCase("localhost") || resolved.length > 1) {
            return resolved;
        }
        InetAddress other = InetAddress.getByName(resolved[0].getAddress().length == 4 ? "::1" : "127.0.0.1");
        return new InetAddress[] {resolved[0], other};
    }

    /** One attempt, address by address. Owned by the loop. */
    private final class Attempt {

        private final String host;
        private final int port;
        private final InetAddress[] addresses;
        private final ConnectListener listener;
        private final StringBuilder causes = new StringBuilder();
        private @Nullable Throwable lastCause;
        private int next;

        Attempt(String host, int port, InetAddress[] addresses, ConnectListener listener) {
            this.host = host;
            this.port = port;
            this.addresses = addresses;
            this.listener = listener;
        }

        void note(String what, Throwable cause) {
            causes.append(causes.isEmpty() ? "" : "; ").append(what);
            lastCause = cause;
        }

        void next() {
            if (next == addresses.length) {
                IOException failure = new ConnectException("cannot connect to " + host + ":" + port + ": " + causes);
                failure.initCause(lastCause);
                listener.failed(failure);
                return;
            }
            InetAddress address = addresses[next++];
            SocketChannel channel = loop.transport().newSocketChannel();
            channel.config().setTcpNoDelay(true).setKeepAlive(true);
            channel.config().setConnectTimeoutMillis((int) Math.min(Integer.MAX_VALUE, settings.connectTimeoutMs()));
            if (settings.sendBufferBytes() > 0) {
                channel.config().setOption(ChannelOption.SO_SNDBUF, settings.sendBufferBytes());
            }
            if (settings.receiveBufferBytes() > 0) {
                channel.config().setOption(ChannelOption.SO_RCVBUF, settings.receiveBufferBytes());
            }
            RequestChannel requests = new RequestChannel(loop, channel, settings);
            loop.register(channel).addListener(registered -> {
                if (!registered.isSuccess()) {
                    failed(address, registered.cause());
                    return;
                }
                channel.connect(new InetSocketAddress(address, port)).addListener(connected -> {
                    if (connected.isSuccess()) {
                        listener.connected(requests);
                    } else {
                        channel.close();
                        failed(address, connected.cause());
                    }
                });
            });
        }

        private void failed(InetAddress address, Throwable cause) {
            note(address.getHostAddress() + ": " + cause.getMessage(), cause);
            next();
        }
    }
}
