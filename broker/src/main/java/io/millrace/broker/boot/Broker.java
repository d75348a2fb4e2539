package io.millrace.broker.boot;

import io.millrace.broker.admin.AdminPort;
import io.millrace.broker.admin.BrokerHealth;
import io.millrace.broker.config.BrokerConfig;
import io.millrace.broker.config.ListenerConfig;
import io.millrace.broker.producerid.ProducerIds;
import io.millrace.broker.request.StartGate;
import io.millrace.broker.shard.Shard;
import io.millrace.broker.shard.Shards;
import io.millrace.network.connection.ConnectionLimits;
import io.millrace.network.loop.NettyEventLoop;
import io.millrace.network.loop.ShardLoops;
import io.millrace.network.server.BoundListener;
import io.millrace.network.server.KafkaServer;
import io.millrace.network.server.ListenerBindException;
import io.millrace.network.server.ListenerSettings;
import io.millrace.network.server.ServerSettings;
import io.millrace.protocol.Uuid;
import io.millrace.replication.metadata.Endpoint;
import io.millrace.runtime.Randomness;
import io.millrace.runtime.SystemRandomness;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running broker: every part wired, started in order (loops, admin port, data, controller, network, replicas), stopped
 * in reverse. Owned by the
 * thread that starts and stops it.
 */
public final class Broker implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Broker.class);
    private static final short PLAINTEXT = 0;

    private final BrokerConfig config;
    private final ShardLoops loops;
    private final Persistence persistence;
    private final ControlPlane control;
    private final KafkaServer server;
    private final List<BoundListener> listeners;
    private final Shards shards;
    private final BatchChecks checks;
    private final Groups groups;
    private final Admin admin;
    private boolean closed;

    private Broker(
            BrokerConfig config,
            ShardLoops loops,
            Persistence persistence,
            ControlPlane control,
            KafkaServer server,
            List<BoundListener> listeners,
            Shards shards,
            BatchChecks checks,
            Groups groups,
            Admin admin) {
        this.config = config;
        this.loops = loops;
        this.persistence = persistence;
        this.control = control;
        this.server = server;
        this.listeners = listeners;
        this.shards = shards;
        this.checks = checks;
        this.groups = groups;
        this.admin = admin;
    }

    /** @param port null when none is wanted */
    private record Admin(BrokerHealth health, @Nullable AdminPort port) implements AutoCloseable {

        static Admin open(BrokerConfig config, ShardLoops loops, Measures measures) throws ListenerBindException {
            BrokerHealth health = new BrokerHealth();
            BrokerConfig.AdminListener listener = config.admin();
            if (listener.port() == BrokerConfig.AdminListener.NO_PORT) {
                return new Admin(health, null);
            }
            String version = Broker.class.getPackage().getImplementationVersion();
            AdminPort port = AdminPort.open(
                    listener, version == null ? "unpackaged" : version, loops, health, measures.gathering());
            return new Admin(health, port);
        }

        @Override
        public void close() {
            if (port != null) {
                port.close();
            }
        }
    }

    /**
     * Starts a broker and returns once it serves.
     *
     * @param overrides what the configuration was parsed from, for DescribeConfigs
     * @param fatal told, from any thread, when the broker cannot go on: the process must end
     * @throws BrokerStartException saying what is wrong with folder, port or data; nothing is left running
     */
    public static Broker start(BrokerConfig config, Map<String, String> overrides, Consumer<String> fatal)
            throws BrokerStartException {
        Randomness randomness = new SystemRandomness();
        Cleanup cleanup = new Cleanup();
        try {
            ShardLoops loops = cleanup.add(new ShardLoops(config.shards()));
            Measures measures = Measures.of(config, loops);
            Admin admin = cleanup.add(Admin.open(config, loops, measures));
            admin.health().starting("recovering the log");
            Persistence persistence = cleanup.add(Persistence.open(config, randomness, fatal));
            persistence.startStores(loops, admin.health());
            measures.gathering().here(persistence::readMemory);
            measures.gathering().here(persistence::readCompaction);
            measures.gathering().here(persistence::readScrub);
            measures.start().done("recovery");
            admin.health().starting("replaying the metadata");
            ControlPlane control =
                    cleanup.add(ControlPlane.start(config, overrides, persistence, loops.control(), randomness, fatal));
            StartGate gate = new StartGate(loops.shards());
            KafkaServer server = new KafkaServer(loops, settings(config), measures.network(), gate);
            measures.add(server);
            List<BoundListener> listeners = server.start(bindings(config));
            cleanup.add(server);
            long brokerEpoch =
                    control.register(endpoints(listeners), new Uuid(randomness.nextLong(), randomness.nextLong()));
            persistence.storeBrokerEpoch(brokerEpoch);
            measures.start().done("metadata");
            admin.health().starting("opening the partitions");
            Shards shards = startReplicas(loops, persistence, control, config, measures);
            Groups groups = Groups.start(
                    config.groups(),
                    shards,
                    loops.control(),
                    control.metadata(),
                    randomness,
                    measures,
                    config.metrics().maxLags());
            BatchChecks checks = cleanup.add(BatchChecks.start(control.metadata(), shards));
            ProducerIds producerIds =
                    new ProducerIds(loops.control(), control.controller(), config.nodeId(), brokerEpoch);
            gate.open(Apis.router(
                    config,
                    control.topicConfigs(),
                    control.metadata(),
                    control.controller(),
                    shards,
                    checks.produce(),
                    persistence.logFolder(),
                    producerIds,
                    groups.coordinator(),
                    randomness,
                    measures.gathering()));
            measures.start().done("partitions");
            measures.start().allDone();
            admin.health().serving();
            cleanup.disarm();
            return new Broker(config, loops, persistence, control, server, listeners, shards, checks, groups, admin);
        } catch (ListenerBindException e) {
            throw new BrokerStartException(e.getMessage(), e);
        } finally {
            cleanup.run();
        }
    }

    private static Shards startReplicas(
            ShardLoops loops, Persistence persistence, ControlPlane control, BrokerConfig config, Measures measures) {
        List<Shard> all = new ArrayList<>();
        for (NettyEventLoop loop : loops.shards()) {
            all.add(persistence.shard(all.size(), loop, control, config, measures));
        }
        Shards shards = new Shards(all);
        for (Shard shard : all) {
            control.metadata().subscribe(shard.loop(), shard.replicas());
        }
        CompletableFuture<Void> settled = new CompletableFuture<>();
        // Behind the subscriptions, which go through the control loop.
        loops.control().post(() -> shards.whenSettled(loops.control(), () -> settled.complete(null)));
        settled.join();
        return shards;
    }

    private static ServerSettings settings(BrokerConfig config) {
        BrokerConfig.ConnectionLimits limits = config.connections();
        ConnectionLimits defaults = ConnectionLimits.defaults();
        ConnectionLimits perConnection = new ConnectionLimits(
                limits.requestMaxBytes(),
                defaults.maxUnauthenticatedRequestBytes(),
                defaults.maxInFlightRequests(),
                defaults.maxInFlightBytes(),
                limits.maxIdleMs(),
                defaults.handshakeTimeoutMs(),
                defaults.stallTimeoutMs());
        return ServerSettings.defaults()
                .withLimits(perConnection)
                .withMaxConnections(limits.maxConnections())
                .withMaxConnectionsPerIp(limits.maxPerIp());
    }

    private static List<ListenerSettings> bindings(BrokerConfig config) {
        List<ListenerSettings> bindings = new ArrayList<>();
        for (ListenerConfig listener : config.listeners()) {
            bindings.add(new ListenerSettings(
                    listener.name(),
                    listener.host(),
                    listener.port(),
                    listener.advertisedHost(),
                    listener.advertisedPort(),
                    false));
        }
        return bindings;
    }

    private static List<Endpoint> endpoints(List<BoundListener> listeners) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (BoundListener listener : listeners) {
            endpoints.add(
                    new Endpoint(listener.name(), listener.advertisedHost(), listener.advertisedPort(), PLAINTEXT));
        }
        return endpoints;
    }

    /** What was bound, with the ports that were free when 0 was asked. */
    public List<BoundListener> listeners() {
        return listeners;
    }

    /** Where health and metrics are, e.g. {@code http://localhost:9644}; null when no admin port was wanted. */
    public @Nullable String adminUrl() {
        AdminPort port = admin.port();
        return port == null ? null : port.url();
    }

    public String clusterId() {
        return persistence.clusterId();
    }

    public Path dataFolder() {
        return config.dataFolder();
    }

    /**
     * Stops: no new connections, answers in flight leave (at most {@code millrace.shutdown.deadline.ms}), everything goes to
     * segments, the folder is marked clean and unlocked. Idempotent.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        admin.health().stopping();
        LOG.info("event=stopping deadlineMs={}", config.shutdownDeadlineMs());
        // Members that wait for a rebalance would hold the drain up to its deadline.
        groups.close();
        server.drain(config.shutdownDeadlineMs()).join();
        checks.close();
        for (Shard shard : shards.all()) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            shard.loop().post(() -> {
                shard.replicas().close();
                done.complete(null);
            });
            done.join();
        }
        persistence.closeStores();
        control.close();
        admin.close();
        loops.close();
        persistence.close();
        LOG.info("event=stopped");
    }
}
