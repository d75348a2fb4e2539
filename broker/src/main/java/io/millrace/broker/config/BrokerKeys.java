package io.millrace.broker.config;

import io.millrace.storage.scrub.ScrubSlot;
import io.millrace.storage.tail.TailMemory;
import java.util.ArrayList;
import java.util.List;

/** Every key that a broker accepts, in the order of the reference page. */
public final class BrokerKeys {

    private static final int MIB = 1024 * 1024;

    public static final ConfigKey<Integer> NODE_ID = ConfigKey.ofInt(
            "node.id",
            1,
            0,
            Integer.MAX_VALUE,
            "",
            "Identity of this broker in its cluster; stored in the data folder.");

    public static final ConfigKey<List<String>> LISTENERS = ConfigKey.ofList(
            "listeners",
            "PLAINTEXT://localhost:9092",
            "Where to listen: NAME://host:port, comma-separated. Port 0 takes a free one. localhost listens on IPv4 and IPv6.");

    public static final ConfigKey<List<String>> ADVERTISED_LISTENERS = ConfigKey.ofList(
            "advertised.listeners",
            "",
            "What clients are told to connect to, per listener: NAME://host:port. Empty: as in listeners.");

    public static final ConfigKey<Boolean> ALLOW_PLAINTEXT = ConfigKey.ofBoolean(
            "millrace.allow.plaintext",
            false,
            "Whether listeners beyond loopback may serve unencrypted, unauthenticated clients. Without it such a listener is"
                    + " refused at start.");

    public static final ConfigKey<String> ADMIN_HOST = ConfigKey.ofString(
            "millrace.admin.host",
            "localhost",
            "Where the admin port listens: localhost, an address of this machine, or * for all, which needs"
                    + " millrace.allow.plaintext.");

    public static final ConfigKey<Integer> ADMIN_PORT = ConfigKey.ofInt(
            "millrace.admin.port",
            9644,
            -1,
            65_535,
            "",
            "Port of health and metrics, over HTTP. 0: a free one. -1: none. Where this is not set and another"
                    + " process has the default, a free one.");

    public static final ConfigKey<Integer> METRICS_MAX_TOPICS = ConfigKey.ofInt(
            "millrace.metrics.max.topics",
            200,
            0,
            100_000,
            "",
            "Topics with metrics of their own: the first ones, each until it is deleted. All others share the label"
                    + " `(other)`.");

    public static final ConfigKey<Integer> METRICS_MAX_PARTITIONS = ConfigKey.ofInt(
            "millrace.metrics.max.partitions",
            1_000,
            0,
            1_000_000,
            "",
            "Partitions whose log offsets are metrics, shared out over the shards. 0: none.");

    public static final ConfigKey<Integer> METRICS_MAX_LAGS = ConfigKey.ofInt(
            "millrace.metrics.max.lags",
            1_000,
            0,
            1_000_000,
            "",
            "Committed offsets, one per group and partition, whose lag is a metric, shared out over the shards. 0: none.");

    public static final ConfigKey<String> LOG_DIRS =
            ConfigKey.ofString("log.dirs", "data", "The data folder. One folder; more come with replication.");

    public static final ConfigKey<Integer> SHARDS = ConfigKey.ofInt(
            "millrace.shards",
            0,
            0,
            1024,
            "",
            "Event loops that own connections and partitions. 0: one on up to two cores, else one less than the cores.");

    public static final ConfigKey<Integer> NUM_PARTITIONS = ConfigKey.ofInt(
            "num.partitions", 1, 1, 100_000, "", "Partitions of a topic that is created without saying how many.");

    public static final ConfigKey<Integer> DEFAULT_REPLICATION_FACTOR = ConfigKey.ofInt(
            "default.replication.factor", 1, 1, 1, "", "Replicas of a topic that is created without saying how many.");

    public static final ConfigKey<Boolean> AUTO_CREATE_TOPICS = ConfigKey.ofBoolean(
            "auto.create.topics.enable", true, "Whether a client that asks for a missing topic gets it created.");

    public static final ConfigKey<Boolean> DELETE_TOPIC_ENABLE =
            ConfigKey.ofBoolean("delete.topic.enable", true, "Whether topics can be deleted.");

    public static final ConfigKey<Integer> SOCKET_REQUEST_MAX_BYTES = ConfigKey.ofInt(
            "socket.request.max.bytes",
            100 * MIB,
            1024,
            Integer.MAX_VALUE,
            "bytes",
            "Largest request; a longer one closes the connection.");

    public static final ConfigKey<Integer> FETCH_MAX_BYTES = ConfigKey.ofInt(
            "fetch.max.bytes",
            16 * MIB,
            1024,
            64 * MIB,
            "bytes",
            "Largest fetch answer whatever the client asks; the first batch is always whole.");

    public static final ConfigKey<Integer> MAX_CONNECTIONS = ConfigKey.ofInt(
            "max.connections", 10_000, 1, 1_000_000, "", "Connections of the whole broker; further ones are closed.");

    public static final ConfigKey<Integer> MAX_CONNECTIONS_PER_IP = ConfigKey.ofInt(
            "max.connections.per.ip",
            10_000,
            1,
            1_000_000,
            "",
            "Connections from one address; further ones are closed.");

    public static final ConfigKey<Long> CONNECTIONS_MAX_IDLE_MS = ConfigKey.ofLong(
            "connections.max.idle.ms",
            600_000,
            1_000,
            Long.MAX_VALUE / 1_000_000,
            "ms",
            "A connection without a request for this long is closed.");

    public static final ConfigKey<Long> PRODUCER_ID_EXPIRATION_MS = ConfigKey.ofLong(
            "producer.id.expiration.ms",
            86_400_000,
            1,
            Long.MAX_VALUE / 1_000_000,
            "ms",
            "An idempotent producer that sent a partition nothing for this long is forgotten there.");

    public static final ConfigKey<Long> CLEANER_DEDUPE_BUFFER_SIZE = ConfigKey.ofLong(
            "log.cleaner.dedupe.buffer.size",
            128L * MIB,
            MIB,
            Integer.MAX_VALUE,
            "bytes",
            "Memory that compaction may take to note the last offset of each key: some 50 bytes for one, so 2.6 million keys at"
                    + " the default, for the table is never quite full and its old half counts while it grows. Taken as keys"
                    + " come, outside the heap and beside -XX:MaxDirectMemorySize, and given back after each pass. More than the"
                    + " default is lowered at the start, with a warning, to half of what the machine or container has beside"
                    + " the heap. When it is full the rest of the log waits for the next pass.");

    public static final ConfigKey<Double> CLEANER_IO_MAX_BYTES_PER_SECOND = ConfigKey.ofDouble(
            "log.cleaner.io.max.bytes.per.second",
            Double.MAX_VALUE,
            1,
            Double.MAX_VALUE,
            "bytes",
            "What compaction reads and writes in a second, at most.");

    public static final ConfigKey<Long> SCRUB_INTERVAL_MS = ConfigKey.ofLong(
            "millrace.scrub.interval.ms",
            ScrubSlot.DEFAULT_INTERVAL_MS,
            0,
            Long.MAX_VALUE / 1_000_000,
            "ms",
            "How often every sealed segment and what is derived from it is read and checked in the background; 0 never.");

    public static final ConfigKey<Long> SCRUB_BYTES_PER_SECOND = ConfigKey.ofLong(
            "millrace.scrub.bytes.per.second",
            ScrubSlot.DEFAULT_BYTES_PER_SECOND,
            1024,
            Long.MAX_VALUE,
            "bytes",
            "What that check reads in a second, at most.");

    public static final ConfigKey<Long> TAIL_MEMORY_BYTES = ConfigKey.ofLong(
            "millrace.tail.memory.bytes",
            TailMemory.DEFAULT_BUDGET_BYTES,
            8 << 20,
            16L << 30,
            "bytes",
            "Memory, outside the heap, for the newest records of all logs until they are in segments; producers wait when it is used"
                    + " up. The JVM's -XX:MaxDirectMemorySize has to leave room for it.");

    public static final ConfigKey<Long> SHUTDOWN_DEADLINE_MS = ConfigKey.ofLong(
            "millrace.shutdown.deadline.ms",
            10_000,
            0,
            600_000,
            "ms",
            "How long a stop waits for requests in flight before it closes their connections.");

    public static final ConfigTable TABLE = new ConfigTable("broker", BrokerRefusals.ALL, all());

    private BrokerKeys() {}

    private static List<ConfigKey<?>> all() {
        List<ConfigKey<?>> keys = new ArrayList<>(List.of(
                NODE_ID,
                LISTENERS,
                ADVERTISED_LISTENERS,
                ALLOW_PLAINTEXT,
                ADMIN_HOST,
                ADMIN_PORT,
                METRICS_MAX_TOPICS,
                METRICS_MAX_PARTITIONS,
                METRICS_MAX_LAGS,
                LOG_DIRS,
                SHARDS,
                NUM_PARTITIONS,
                DEFAULT_REPLICATION_FACTOR,
                AUTO_CREATE_TOPICS,
                DELETE_TOPIC_ENABLE,
                SOCKET_REQUEST_MAX_BYTES,
                FETCH_MAX_BYTES,
                MAX_CONNECTIONS,
                MAX_CONNECTIONS_PER_IP,
                CONNECTIONS_MAX_IDLE_MS,
                PRODUCER_ID_EXPIRATION_MS,
                CLEANER_DEDUPE_BUFFER_SIZE,
                CLEANER_IO_MAX_BYTES_PER_SECOND,
                SCRUB_INTERVAL_MS,
                SCRUB_BYTES_PER_SECOND,
                TAIL_MEMORY_BYTES,
                SHUTDOWN_DEADLINE_MS));
        keys.addAll(LogKeys.keys());
        keys.addAll(GroupKeys.keys());
        return keys;
    }
}
