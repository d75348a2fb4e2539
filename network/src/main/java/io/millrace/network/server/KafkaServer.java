package io.millrace.network.server;

import io.millrace.network.connection.CloseLog;
import io.millrace.network.connection.CloseReason;
import io.millrace.network.connection.ConnectionScope;
import io.millrace.network.connection.InFlightBudget;
import io.millrace.network.connection.NetworkMetrics;
import io.millrace.network.connection.RequestHandler;
import io.millrace.network.connection.ServerConnection;
import io.millrace.network.frame.ReceiveBudget;
import io.millrace.network.loop.NettyEventLoop;
import io.millrace.network.loop.ShardLoops;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All listeners of one broker. Thread-safe; {@link #start} once, then {@link #drain} or {@link #close}, from threads that are no
 * loops.
 *
 * <p>One socket per address accepts on the control loop and deals connections out to the shards in turn: with few connections,
 * which is common, that spreads better than letting the kernel hash them over sockets (SO_REUSEPORT).
 */
@SuppressWarnings("FutureReturnValueIgnored") // outcomes of channel operations arrive as channel events
public final class KafkaServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaServer.class);
    private static final long CLOSE_TIMEOUT_MS = 5_000;

    private final ShardLoops loops;
    private final ServerSettings settings;
    private final ConnectionScope scope;
    private final ConnectionQuota quota;
    private final AtomicLong nextId = new AtomicLong(1);
    private final Map<Long, ServerConnection> connections = new ConcurrentHashMap<>();
    private final List<ListeningSockets> sockets = new ArrayList<>();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();
    private volatile List<BoundListener> listeners = List.of();
    private int nextShard;

    public KafkaServer(ShardLoops loops, ServerSettings settings, NetworkMetrics metrics, RequestHandler handler) {
        this.loops = loops;
        this.settings = settings;
        this.scope = new ConnectionScope(
                handler,
                settings.limits(),
                new InFlightBudget(settings.maxInFlightBytes()),
                new ReceiveBudget(settings.maxInFlightBytes()),
                metrics,
                new CloseLog(loops.control().clock()));
        this.quota = new ConnectionQuota(settings.maxConnections(), settings.maxConnectionsPerIp());
    }

    /** Bytes of whole requests that are held until they are completed. */
    public long inFlightBudgetUsedBytes() {
        return scope.budget().usedBytes();
    }

    /** Bytes that half-received requests hold, or may come to hold. */
    public long receiveBudgetUsedBytes() {
        return scope.receiveBudget().usedBytes();
    }

    /** The bound of each of the two. */
    public long budgetBytes() {
        return settings.maxInFlightBytes();
    }

    /**
     * Opens every listener, or none.
     *
     * @return in the order given, with the real ports
     * @throws ListenerBindException naming the listener, the port, the cause and the way out
     */
    public synchronized List<BoundListener> start(List<ListenerSettings> wanted) throws ListenerBindException {
        if (!listeners.isEmpty() || stopping.get()) {
            throw new IllegalStateException("the server was started before");
        }
        List<BoundListener> bound = new ArrayList<>();
        try {
            for (ListenerSettings listener : wanted) {
                ListeningSockets opened = ListeningSockets.open(
                        listener,
                        loops.control(),
                        settings.receiveBufferBytes(),
                        () -> new Acceptor(this, listener, loops.control().clock()));
                sockets.add(opened);
                int port = opened.port();
                int advertisedPort = listener.advertisedPort() == 0 ? port : listener.advertisedPort();
                bound.add(new BoundListener(
                        listener.name(), listener.bindHost(), port, listener.hostForClients(), advertisedPort));
            }
        } catch (ListenerBindException refused) {
            closeSockets();
            throw refused;
        }
        listeners = List.copyOf(bound);
        sockets.forEach(ListeningSockets::startAccepting); // not before all are bound: nobody is served by half a start
        return listeners;
    }

    /** A connection came in; on the control loop. */
    void accepted(ListenerSettings listener, Channel channel) {
        InetSocketAddress peer = channel.remoteAddress() instanceof InetSocketAddress address ? address : null;
        if (peer == null || stopping.get()) {
            channel.unsafe().closeForcibly();
            return;
        }
        InetAddress host = peer.getAddress();
        CloseReason refusal = quota.take(host);
        if (refusal != null) {
            scope.metrics().refused(refusal);
            scope.closeLog().closed(refusal, listener.name(), peer, null, "limit reached");
            channel.unsafe().closeForcibly();
            return;
        }
        ChannelConfig config = channel.config();
        config.setOption(ChannelOption.TCP_NODELAY, true);
        config.setOption(ChannelOption.SO_KEEPALIVE, true);
        if (settings.sendBufferBytes() > 0) {
            config.setOption(ChannelOption.SO_SNDBUF, settings.sendBufferBytes());
        }
        NettyEventLoop shard = loops.shard(nextShard);
        nextShard = (nextShard + 1) % loops.shards().size();
        ServerConnection connection = new ServerConnection(
                nextId.getAndIncrement(),
                new ServerConnection.ListenerOf(listener.name(), listener.authenticates()),
                shard,
                channel,
                scope,
                closed -> forget(closed, host));
        connections.put(connection.id(), connection);
        channel.pipeline().addLast(connection);
        shard.register(channel).addListener(registered -> {
            if (!registered.isSuccess()) {
                LOG.error("listener={} cannot register a connection", listener.name(), registered.cause());
                channel.unsafe().closeForcibly();
                forget(connection, host);
            }
        });
    }

    private void forget(ServerConnection connection, InetAddress host) {
        if (connections.remove(connection.id()) != null) {
            quota.give(host);
            completeWhenEmpty();
        }
    }

    private void completeWhenEmpty() {
        if (stopping.get() && connections.isEmpty()) {
            stopped.complete(null);
        }
    }

    /** What listens, in the order of {@link #start}; empty before. */
    public List<BoundListener> listeners() {
        return listeners;
    }

    public int openConnections() {
        return quota.open();
    }

    /** Bytes of requests that all connections hold now. */
    public long inFlightBytes() {
        return scope.budget().usedBytes();
    }

    NetworkMetrics metrics() {
        return scope.metrics();
    }

    /**
     * Stops accepting and reading, lets answers in flight leave, closes each connection when it has none; after
     * {@code deadlineMs}, or when called a second time, closes what is left at once.
     *
     * @return completed when no connection is left
     */
    public CompletableFuture<Void> drain(long deadlineMs) {
        if (!stopping.compareAndSet(false, true)) {
            closeConnections();
            return stopped;
        }
        closeSockets();
        for (ServerConnection connection : connections.values()) {
            connection.drain();
        }
        completeWhenEmpty();
        if (!stopped.isDone()) {
            loops.control().schedule(TimeUnit.MILLISECONDS.toNanos(deadlineMs), this::closeConnections);
        }
        return stopped;
    }

    /** Closes everything at once and waits until it is. */
    @Override
    public void close() {
        stopping.set(true);
        closeSockets();
        closeConnections();
        completeWhenEmpty();
        try {
            stopped.get(CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException late) {
            LOG.warn("connections={} did not close within {} ms", connections.size(), CLOSE_TIMEOUT_MS);
        }
    }

    private void closeConnections() {
        for (ServerConnection connection : connections.values()) {
            connection.close(CloseReason.SHUTDOWN, "the server stops");
        }
    }

    private synchronized void closeSockets() {
        sockets.forEach(ListeningSockets::close);
        sockets.clear();
    }
}
