package io.millrace.broker.config;

import java.util.List;

/** Every key that a topic accepts, in the order of the reference page. */
public final class TopicKeys {

    public static final ConfigKey<String> DURABILITY = ConfigKey.ofWord(
            "millrace.durability",
            "synced",
            List.of("synced", "written"),
            "What an ack of acks=all means: synced = on the disk of every in-sync replica, written = in its page cache.");

    public static final ConfigKey<String> VALIDATE = ConfigKey.ofWord(
            "millrace.validate",
            "records",
            List.of("records", "header"),
            "records: every record of a batch is checked, compressed ones too. header: of compressed batches only header and CRC.");

    public static final ConfigKey<Integer> MIN_INSYNC_REPLICAS = ConfigKey.ofInt(
            "min.insync.replicas",
            1,
            1,
            32_767,
            "",
            "In-sync replicas that an acks=all produce needs; counted up to the replication factor.");

    public static final ConfigKey<Integer> MAX_MESSAGE_BYTES = ConfigKey.ofInt(
            "max.message.bytes", 1_048_588, 0, 100 * 1024 * 1024, "bytes", "Largest record batch, as sent.");

    public static final ConfigKey<Integer> SEGMENT_BYTES = ConfigKey.ofInt(
            "segment.bytes",
            1024 * 1024 * 1024,
            1024 * 1024,
            Integer.MAX_VALUE,
            "bytes",
            "A segment rolls at this size.");

    public static final ConfigKey<String> TIMESTAMP_TYPE = ConfigKey.ofWord(
            "message.timestamp.type",
            "CreateTime",
            List.of("CreateTime", "LogAppendTime"),
            "Whether a record keeps its producer's timestamp or gets the broker's.");

    public static final ConfigKey<Long> TIMESTAMP_BEFORE_MAX_MS = ConfigKey.ofLong(
            "message.timestamp.before.max.ms",
            Long.MAX_VALUE,
            0,
            Long.MAX_VALUE,
            "ms",
            "How far a producer's timestamp may lie behind the broker's clock.");

    public static final ConfigKey<Long> TIMESTAMP_AFTER_MAX_MS = ConfigKey.ofLong(
            "message.timestamp.after.max.ms",
            3_600_000,
            0,
            Long.MAX_VALUE,
            "ms",
            "How far a producer's timestamp may lie ahead of the broker's clock.");

    public static final ConfigKey<String> COMPRESSION_TYPE = ConfigKey.ofWord(
            "compression.type",
            "producer",
            List.of("producer"),
            "Batches are kept as the producer compressed them; the broker does not recompress.");

    public static final ConfigKey<String> CLEANUP_POLICY = ConfigKey.ofWord(
            "cleanup.policy",
            "delete",
            List.of("delete"),
            "What happens to old segments; compaction is not built yet.");

    public static final ConfigKey<Long> RETENTION_MS = ConfigKey.ofLong(
            "retention.ms",
            -1,
            -1,
            -1,
            "ms",
            "How long records are kept; -1: for ever, the only value until retention is built.");

    public static final ConfigKey<Long> RETENTION_BYTES = ConfigKey.ofLong(
            "retention.bytes",
            -1,
            -1,
            -1,
            "bytes",
            "Bytes kept per partition; -1: all, the only value until retention is built.");

    public static final ConfigTable TABLE = new ConfigTable(
            "topic",
            DURABILITY,
            VALIDATE,
            MIN_INSYNC_REPLICAS,
            MAX_MESSAGE_BYTES,
            SEGMENT_BYTES,
            TIMESTAMP_TYPE,
            TIMESTAMP_BEFORE_MAX_MS,
            TIMESTAMP_AFTER_MAX_MS,
            COMPRESSION_TYPE,
            CLEANUP_POLICY,
            RETENTION_MS,
            RETENTION_BYTES);

    private TopicKeys() {}
}
