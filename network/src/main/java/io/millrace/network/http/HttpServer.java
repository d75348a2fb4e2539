package io.millrace.network.http;

import io.millrace.network.loop.NettyEventLoop;
import io.millrace.network.server.BoundListener;
import io.millrace.network.server.ListenerBindException;
import io.millrace.network.server.ListenerSettings;
import io.millrace.network.server.ListeningSockets;
import io.millrace.runtime.LogRateLimit;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP/1.1 server with fixed routes on one loop; meant for a few operators' tools, not for load. {@link #start} and
 * {@link #close} belong to a thread that is no loop; connections to the loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // outcomes of channel operations arrive as channel events
public final class HttpServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
    private static final int READ_BYTES = 4 * 1024;
    private static final long LOG_INTERVAL_NS = 10_000_000_000L;
    private static final long CLOSE_TIMEOUT_MS = 5_000;

    private final NettyEventLoop loop;
    private final HttpSettings settings;
    private final HttpMetrics metrics;
    private final Dispatcher dispatcher;
    private final LogRateLimit logLimit;
    private final HttpConnection.Server forConnections = new ForConnections();
    /** Oldest first; touched on the loop only. */
    private final Set<HttpConnection> connections = new LinkedHashSet<>();

    private boolean stopped;
    private @Nullable ListeningSockets sockets;

    /** @param routes not changed any more */
    public HttpServer(NettyEventLoop loop, HttpSettings settings, HttpMetrics metrics, HttpRoutes routes) {
        this.loop = loop;
        this.settings = settings;
        this.metrics = metrics;
        this.dispatcher = new Dispatcher(settings.name().toLowerCase(Locale.ROOT), routes);
        this.logLimit = new LogRateLimit(loop.clock(), LOG_INTERVAL_NS);
    }

    /**
     * Listens, once.
     *
     * @return with the real port
     * @throws ListenerBindException naming the listener, the port, the cause and the way out
     */
    public BoundListener start() throws ListenerBindException {
        if (sockets != null) {
            throw new IllegalStateException("the server was started before");
        }
        ListeningSockets opened = ListeningSockets.open(
                ListenerSettings.plaintext(settings.name(), settings.bindHost(), settings.port()),
                loop,
                () -> new HttpAcceptor(settings.name(), loop.clock(), this::accepted));
        sockets = opened;
        opened.startAccepting();
        String host = settings.bindHost().equals("*") ? "localhost" : settings.bindHost();
        return new BoundListener(settings.name(), settings.bindHost(), opened.port(), host, opened.port());
    }

    private void accepted(SocketChannel channel) {
        if (stopped || !makeRoom()) {
            channel.unsafe().closeForcibly();
            return;
        }
        channel.config().setAutoRead(false);
        channel.config().setTcpNoDelay(true);
        channel.config()
                .setOption(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new FixedRecvByteBufAllocator(READ_BYTES).maxMessagesPerRead(1));
        HttpConnection connection = new HttpConnection(forConnections, channel);
        connections.add(connection);
        metrics.opened();
        channel.pipeline()
                .addLast(connection.new Intake())
                .addLast(new HttpServerCodec(new HttpDecoderConfig()
                        .setMaxInitialLineLength(settings.maxUriBytes())
                        .setMaxHeaderSize(settings.maxHeaderBytes())
                        .setMaxChunkSize(READ_BYTES)))
                .addLast(connection);
        loop.register(channel).addListener(registered -> {
            if (!registered.isSuccess()) {
                LOG.error("listener={} cannot register a connection", settings.name(), registered.cause());
                connection.close();
            }
        });
    }

    /** Whether there is a place for one more connection, after closing an idle one if need be. */
    private boolean makeRoom() {
        if (connections.size() < settings.maxConnections()) {
            return true;
        }
        HttpConnection longest = null;
        for (HttpConnection candidate : connections) {
            if (candidate.idles() && (longest == null || candidate.phaseSinceNs() - longest.phaseSinceNs() < 0)) {
                longest = candidate;
            }
        }
        if (longest != null) {
            longest.close();
            return true;
        }
        metrics.refused();
        long heldBack = logLimit.permit();
        if (heldBack != LogRateLimit.HELD_BACK) {
            LOG.warn(
                    "listener={} refused a connection: {} are busy heldBack={}",
                    settings.name(),
                    settings.maxConnections(),
                    heldBack);
        }
        return false;
    }

    /** Closes every connection and gives the port back, waiting for both. Idempotent. */
    @Override
    public void close() {
        if (sockets != null) {
            sockets.close();
        }
        dispatcher.close();
        CompletableFuture<Void> closed = new CompletableFuture<>();
        loop.post(() -> {
            stopped = true;
            List.copyOf(connections).forEach(HttpConnection::close);
            closed.complete(null);
        });
        try {
            closed.get(CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException late) {
            LOG.warn("listener={} connections did not close within {} ms", settings.name(), CLOSE_TIMEOUT_MS);
        }
    }

    private final class ForConnections implements HttpConnection.Server {

        @Override
        public NettyEventLoop loop() {
            return loop;
        }

        @Override
        public HttpSettings settings() {
            return settings;
        }

        @Override
        public HttpMetrics metrics() {
            return metrics;
        }

        @Override
        public void dispatch(HttpCall call) {
            dispatcher.dispatch(call);
        }

        @Override
        public void closed(HttpConnection connection) {
            if (connections.remove(connection)) {
                metrics.closed();
            }
        }
    }
}
