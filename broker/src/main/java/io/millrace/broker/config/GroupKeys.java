package io.millrace.broker.config;

import java.util.List;

/** The keys of the group coordinator, in the order of the reference page. */
public final class GroupKeys {

    /** A hundred years, in minutes: further deadlines would not fit into nanoseconds. */
    private static final int MAX_MINUTES = 100 * 366 * 24 * 60;

    private static final int DAY_MS = 24 * 3600 * 1000;

    public static final ConfigKey<Integer> OFFSETS_PARTITIONS = ConfigKey.ofInt(
            "offsets.topic.num.partitions",
            50,
            1,
            1_000,
            "",
            "Partitions of __consumer_offsets when it is created; a group belongs to one of them by its name's hash.");

    public static final ConfigKey<Integer> OFFSETS_REPLICATION_FACTOR = ConfigKey.ofInt(
            "offsets.topic.replication.factor",
            1,
            1,
            1,
            "",
            "Replicas of __consumer_offsets when it is created; more than one comes with replication.");

    public static final ConfigKey<Integer> OFFSETS_SEGMENT_BYTES = ConfigKey.ofInt(
            "offsets.topic.segment.bytes",
            100 * 1024 * 1024,
            1024 * 1024,
            Integer.MAX_VALUE,
            "bytes",
            "segment.bytes of __consumer_offsets when it is created.");

    public static final ConfigKey<Integer> OFFSETS_RETENTION_MINUTES = ConfigKey.ofInt(
            "offsets.retention.minutes",
            7 * 24 * 60,
            1,
            MAX_MINUTES,
            "min",
            "How long the offsets of a group are kept after its last member left; without members at any time, after the commit.");

    public static final ConfigKey<Integer> OFFSETS_RETENTION_CHECK_MS = ConfigKey.ofInt(
            "offsets.retention.check.interval.ms",
            600_000,
            1,
            DAY_MS,
            "ms",
            "Least time between two looks at the same group's offsets for expired ones.");

    public static final ConfigKey<Integer> OFFSETS_COMMIT_TIMEOUT_MS = ConfigKey.ofInt(
            "offsets.commit.timeout.ms",
            5_000,
            1,
            600_000,
            "ms",
            "How long the coordinator waits until what it wrote is committed.");

    public static final ConfigKey<Integer> OFFSET_METADATA_MAX_BYTES = ConfigKey.ofInt(
            "offset.metadata.max.bytes",
            4_096,
            0,
            32_767,
            "bytes",
            "Longest text that a client may keep with a committed offset.");

    public static final ConfigKey<Integer> INITIAL_REBALANCE_DELAY_MS = ConfigKey.ofInt(
            "group.initial.rebalance.delay.ms",
            3_000,
            0,
            600_000,
            "ms",
            "How long the first rebalance of an empty group waits for further members.");

    public static final ConfigKey<Integer> MIN_SESSION_TIMEOUT_MS = ConfigKey.ofInt(
            "group.min.session.timeout.ms",
            6_000,
            1,
            DAY_MS,
            "ms",
            "Shortest session timeout that a member may ask for.");

    public static final ConfigKey<Integer> MAX_SESSION_TIMEOUT_MS = ConfigKey.ofInt(
            "group.max.session.timeout.ms",
            1_800_000,
            1,
            DAY_MS,
            "ms",
            "Longest session timeout that a member may ask for.");

    public static final ConfigKey<Integer> MAX_SIZE = ConfigKey.ofInt(
            "group.max.size",
            10_000,
            1,
            100_000,
            "",
            "Members that one group may have. Kafka's default is without bound; here every table has one.");

    public static final ConfigKey<Integer> MAX_COUNT = ConfigKey.ofInt(
            "millrace.group.max.count",
            100_000,
            1,
            10_000_000,
            "",
            "Groups that one partition of __consumer_offsets may hold; a further one is refused with POLICY_VIOLATION.");

    private GroupKeys() {}

    static List<ConfigKey<?>> keys() {
        return List.of(
                OFFSETS_PARTITIONS,
                OFFSETS_REPLICATION_FACTOR,
                OFFSETS_SEGMENT_BYTES,
                OFFSETS_RETENTION_MINUTES,
                OFFSETS_RETENTION_CHECK_MS,
                OFFSETS_COMMIT_TIMEOUT_MS,
                OFFSET_METADATA_MAX_BYTES,
                INITIAL_REBALANCE_DELAY_MS,
                MIN_SESSION_TIMEOUT_MS,
                MAX_SESSION_TIMEOUT_MS,
                MAX_SIZE,
                MAX_COUNT);
    }
}
