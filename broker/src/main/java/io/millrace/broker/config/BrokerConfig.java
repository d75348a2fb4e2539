package io.millrace.broker.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A broker's whole configuration, parsed and checked. Immutable. */
public record BrokerConfig(
        int nodeId,
        Path dataFolder,
        boolean ephemeral,
        int shards,
        List<ListenerConfig> listeners,
        AdminListener admin,
        ConnectionLimits connections,
        TopicDefaults topics,
        GroupConfig groups,
        MetricsConfig metrics,
        int fetchMaxBytes,
        long producerIdExpirationMs,
        CleanerLimits cleaner,
        ScrubLimits scrub,
        long tailMemoryBytes,
        long shutdownDeadlineMs) {

    /**
     * Where health and metrics are.
     *
     * @param host {@code localhost}, an address of this machine, or {@code *} for all
     * @param port 0 for any free one, {@link #NO_PORT} for none
     * @param exact whether another port will not do: it was asked for
     */
    public record AdminListener(String host, int port, boolean exact) {

        public static final int NO_PORT = -1;
    }

    /** Bounds on what clients may hold. */
    public record ConnectionLimits(int maxConnections, int maxPerIp, long maxIdleMs, int requestMaxBytes) {}

    /** Bounds on compaction. */
    public record CleanerLimits(long dedupeBytes, double maxBytesPerSecond) {}

    /** Bounds on the background check of segments. */
    public record ScrubLimits(long intervalMs, long bytesPerSecond) {}

    /** What a topic gets where its creator says nothing. */
    public record TopicDefaults(
            int partitions, int replicationFactor, boolean autoCreate, boolean deletable, String durability) {}

    /**
     * Parses {@code key=value} pairs over the defaults.
     *
     * @param ephemeral whether the data folder is thrown away at the end: small files, nothing kept
     * @throws ConfigException naming what is wrong
     */
    public static BrokerConfig parse(Map<String, String> overrides, boolean ephemeral, int cores) {
        ConfigValues values = BrokerKeys.TABLE.parse(overrides);
        int shards = values.get(BrokerKeys.SHARDS);
        List<ListenerConfig> listeners =
                ListenerConfig.parse(values.get(BrokerKeys.LISTENERS), values.get(BrokerKeys.ADVERTISED_LISTENERS));
        String adminHost = values.get(BrokerKeys.ADMIN_HOST);
        if (!values.get(BrokerKeys.ALLOW_PLAINTEXT)) {
            requireLoopback(listeners, adminHost);
        }
        return new BrokerConfig(
                values.get(BrokerKeys.NODE_ID),
                dataFolder(values.get(BrokerKeys.LOG_DIRS)),
                ephemeral,
                shards > 0 ? shards : defaultShards(cores),
                listeners,
                new AdminListener(adminHost, values.get(BrokerKeys.ADMIN_PORT), values.isSet(BrokerKeys.ADMIN_PORT)),
                new ConnectionLimits(
                        values.get(BrokerKeys.MAX_CONNECTIONS),
                        values.get(BrokerKeys.MAX_CONNECTIONS_PER_IP),
                        values.get(BrokerKeys.CONNECTIONS_MAX_IDLE_MS),
                        values.get(BrokerKeys.SOCKET_REQUEST_MAX_BYTES)),
                new TopicDefaults(
                        values.get(BrokerKeys.NUM_PARTITIONS),
                        values.get(BrokerKeys.DEFAULT_REPLICATION_FACTOR),
                        values.get(BrokerKeys.AUTO_CREATE_TOPICS),
                        values.get(BrokerKeys.DELETE_TOPIC_ENABLE),
                        values.get(LogKeys.DURABILITY)),
                GroupConfig.of(values),
                MetricsConfig.of(values),
                values.get(BrokerKeys.FETCH_MAX_BYTES),
                values.get(BrokerKeys.PRODUCER_ID_EXPIRATION_MS),
                new CleanerLimits(
                        values.get(BrokerKeys.CLEANER_DEDUPE_BUFFER_SIZE),
                        values.get(BrokerKeys.CLEANER_IO_MAX_BYTES_PER_SECOND)),
                new ScrubLimits(
                        values.get(BrokerKeys.SCRUB_INTERVAL_MS), values.get(BrokerKeys.SCRUB_BYTES_PER_SECOND)),
                values.get(BrokerKeys.TAIL_MEMORY_BYTES),
                values.get(BrokerKeys.SHUTDOWN_DEADLINE_MS));
    }

    private static Path dataFolder(String logDirs) {
        if (logDirs.indexOf(',') >= 0) {
            throw new ConfigException("log.dirs names several folders, '" + logDirs
                    + "', and this build uses one: name one, and join disks below it (LVM, mdraid, ZFS)");
        }
        return Path.of(logDirs).toAbsolutePath().normalize();
    }

    private static void requireLoopback(List<ListenerConfig> listeners, String adminHost) {
        for (ListenerConfig listener : listeners) {
            if (!ListenerConfig.isLoopback(listener.host())) {
                throw new ConfigException("Listener " + listener.name() + " on '" + listener.host()
                        + "' would serve unencrypted, unauthenticated clients from the network: bind localhost, or say"
                        + " --allow-plaintext (millrace.allow.plaintext=true) where the network is trusted");
            }
        }
        if (!ListenerConfig.isLoopback(adminHost)) {
            throw new ConfigException("The admin port on '" + adminHost + "' would answer anybody on the network: leave"
                    + " millrace.admin.host at localhost, or say --allow-plaintext (millrace.allow.plaintext=true)");
        }
    }

    private static int defaultShards(int cores) {
        return cores <= 2 ? 1 : cores - 1;
    }
}
