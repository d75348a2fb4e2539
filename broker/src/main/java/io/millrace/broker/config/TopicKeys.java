package io.millrace.broker.config;

import io.millrace.storage.journal.JournalSettings;
import java.util.List;

/** Every key that a topic accepts, in the order of the reference page. All of them can be changed at any time. */
public final class TopicKeys {

    private static final String NOT_TIERED = "This broker keeps all segments on its own disk.";
    private static final String NOT_RECOMPRESSED = "The broker never recompresses: producers choose codec and level.";
    private static final String NOT_THROTTLED = "Replication has no throttle here.";

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
            "max.message.bytes",
            1_048_588,
            0,
            JournalSettings.MAX_RECORD_BYTES,
            "bytes",
            "Largest record batch, as sent. The bound is half of the memory for what is not yet in segments.");

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

    public static final ConfigKey<List<String>> CLEANUP_POLICY = ConfigKey.ofWords(
            "cleanup.policy",
            "delete",
            List.of("delete", "compact"),
            "delete: old segments go by time and size. compact: of the records of one key the newest is"
                    + " kept, and records need a key. Both: compacted, and old segments go.");

    public static final ConfigKey<Long> RETENTION_MS = ConfigKey.ofLong(
            "retention.ms",
            604_800_000,
            -1,
            Long.MAX_VALUE,
            "ms",
            "A sealed segment goes when its newest record is older than this; -1: never.");

    public static final ConfigKey<Long> RETENTION_BYTES = ConfigKey.ofLong(
            "retention.bytes",
            -1,
            -1,
            Long.MAX_VALUE,
            "bytes",
            "The oldest sealed segments go while the rest of the partition is at least this large; -1: never.");

    public static final ConfigKey<Integer> SEGMENT_BYTES = ConfigKey.ofInt(
            "segment.bytes",
            1024 * 1024 * 1024,
            1024 * 1024,
            Integer.MAX_VALUE,
            "bytes",
            "A segment is sealed before it would grow beyond this.");

    public static final ConfigKey<Long> SEGMENT_MS = ConfigKey.ofLong(
            "segment.ms",
            604_800_000,
            1,
            Long.MAX_VALUE,
            "ms",
            "A segment is sealed this long after its first record came, at the next append or when retention is due.");

    public static final ConfigKey<Integer> SEGMENT_INDEX_BYTES = ConfigKey.ofInt(
            "segment.index.bytes",
            10 * 1024 * 1024,
            64,
            Integer.MAX_VALUE,
            "bytes",
            "A segment is sealed before its index would grow beyond this; an entry takes 32 bytes.");

    public static final ConfigKey<Integer> INDEX_INTERVAL_BYTES = ConfigKey.ofInt(
            "index.interval.bytes",
            4096,
            0,
            Integer.MAX_VALUE,
            "bytes",
            "Bytes of record batches between two entries of a segment's index; for segments that begin after the change.");

    public static final ConfigKey<Long> DELETE_RETENTION_MS = ConfigKey.ofLong(
            "delete.retention.ms",
            86_400_000,
            0,
            Long.MAX_VALUE,
            "ms",
            "How long compaction keeps a deletion marker (a record without value) after it first met it.");

    public static final ConfigKey<Long> MIN_COMPACTION_LAG_MS = ConfigKey.ofLong(
            "min.compaction.lag.ms",
            0,
            0,
            Long.MAX_VALUE,
            "ms",
            "How long a record is left alone by compaction, at least.");

    public static final ConfigKey<Long> MAX_COMPACTION_LAG_MS = ConfigKey.ofLong(
            "max.compaction.lag.ms",
            Long.MAX_VALUE,
            1,
            Long.MAX_VALUE,
            "ms",
            "A record as old as this makes its log due for compaction, whatever its dirty ratio; segments are sealed as early.");

    public static final ConfigKey<Double> MIN_CLEANABLE_DIRTY_RATIO = ConfigKey.ofDouble(
            "min.cleanable.dirty.ratio",
            0.5,
            0,
            1,
            "",
            "A log is due for compaction when more than this share of its sealed bytes has come since the last time.");

    public static final ConfigTable TABLE = new ConfigTable(
            "topic",
            new Refusals(),
            List.of(
                    DURABILITY,
                    VALIDATE,
                    MIN_INSYNC_REPLICAS,
                    MAX_MESSAGE_BYTES,
                    TIMESTAMP_TYPE,
                    TIMESTAMP_BEFORE_MAX_MS,
                    TIMESTAMP_AFTER_MAX_MS,
                    CLEANUP_POLICY,
                    RETENTION_MS,
                    RETENTION_BYTES,
                    SEGMENT_BYTES,
                    SEGMENT_MS,
                    ConfigKey.only(
                            "segment.jitter.ms", ConfigKey.Type.LONG, "0", "Segments are sealed when they are due."),
                    SEGMENT_INDEX_BYTES,
                    INDEX_INTERVAL_BYTES,
                    DELETE_RETENTION_MS,
                    MIN_COMPACTION_LAG_MS,
                    MAX_COMPACTION_LAG_MS,
                    MIN_CLEANABLE_DIRTY_RATIO,
                    ConfigKey.only("compression.type", ConfigKey.Type.STRING, "producer", NOT_RECOMPRESSED),
                    ConfigKey.only("compression.gzip.level", ConfigKey.Type.INT, "-1", NOT_RECOMPRESSED),
                    ConfigKey.only("compression.lz4.level", ConfigKey.Type.INT, "9", NOT_RECOMPRESSED),
                    ConfigKey.only("compression.zstd.level", ConfigKey.Type.INT, "3", NOT_RECOMPRESSED),
                    ConfigKey.only(
                            "file.delete.delay.ms",
                            ConfigKey.Type.LONG,
                            "0",
                            "Files go as soon as the record of it is on disk; readers keep what they have open."),
                    ConfigKey.only(
                            "flush.messages",
                            ConfigKey.Type.LONG,
                            Long.toString(Long.MAX_VALUE),
                            "Every append is synced by the journal: see millrace.durability."),
                    ConfigKey.only(
                            "flush.ms",
                            ConfigKey.Type.LONG,
                            Long.toString(Long.MAX_VALUE),
                            "Every append is synced by the journal: see millrace.durability."),
                    ConfigKey.only(
                            "preallocate", ConfigKey.Type.BOOLEAN, "false", "The journal is preallocated instead."),
                    ConfigKey.only(
                            "unclean.leader.election.enable",
                            ConfigKey.Type.BOOLEAN,
                            "false",
                            "A replica that may lack acknowledged records leads only when an operator says so."),
                    ConfigKey.only("leader.replication.throttled.replicas", ConfigKey.Type.LIST, "", NOT_THROTTLED),
                    ConfigKey.only("follower.replication.throttled.replicas", ConfigKey.Type.LIST, "", NOT_THROTTLED),
                    ConfigKey.only("remote.storage.enable", ConfigKey.Type.BOOLEAN, "false", NOT_TIERED),
                    ConfigKey.only("remote.log.copy.disable", ConfigKey.Type.BOOLEAN, "false", NOT_TIERED),
                    ConfigKey.only("remote.log.delete.on.disable", ConfigKey.Type.BOOLEAN, "false", NOT_TIERED),
                    ConfigKey.only("local.retention.ms", ConfigKey.Type.LONG, "-2", NOT_TIERED),
                    ConfigKey.only("local.retention.bytes", ConfigKey.Type.LONG, "-2", NOT_TIERED)));

    private TopicKeys() {}
}
