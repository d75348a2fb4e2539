package io.millrace.broker.config;

import java.util.Map;

/**
 * What the group coordinator obeys. Immutable.
 *
 * @param offsetsTopic how {@code __consumer_offsets} is created
 */
public record GroupConfig(OffsetsTopic offsetsTopic, Offsets offsets, Members members, int maxGroupsPerPartition) {

    /**
     * How the topic of the groups' log is created.
     *
     * @param segmentBytes of its logs
     */
    public record OffsetsTopic(int partitions, int replicationFactor, int segmentBytes) {}

    /**
     * Committed offsets.
     *
     * @param retentionMs after the group became empty, or after the commit
     * @param checkIntervalMs least time between two looks at one group
     * @param commitTimeoutMs how long an answer waits for the commit of what it rests on
     */
    public record Offsets(long retentionMs, int checkIntervalMs, int commitTimeoutMs, int metadataMaxBytes) {}

    /**
     * Members of a group.
     *
     * @param initialRebalanceDelayMs how long an empty group's first rebalance waits for more members
     */
    public record Members(
            int initialRebalanceDelayMs, int minSessionTimeoutMs, int maxSessionTimeoutMs, int maxPerGroup) {}

    /** With every default. */
    public static GroupConfig defaults() {
        return of(BrokerKeys.TABLE.parse(Map.of()));
    }

    static GroupConfig of(ConfigValues values) {
        int minSessionMs = values.get(GroupKeys.MIN_SESSION_TIMEOUT_MS);
        int maxSessionMs = values.get(GroupKeys.MAX_SESSION_TIMEOUT_MS);
        if (minSessionMs > maxSessionMs) {
            throw new ConfigException(GroupKeys.MIN_SESSION_TIMEOUT_MS + "=" + minSessionMs + " is more than "
                    + GroupKeys.MAX_SESSION_TIMEOUT_MS + "=" + maxSessionMs);
        }
        return new GroupConfig(
                new OffsetsTopic(
                        values.get(GroupKeys.OFFSETS_PARTITIONS),
                        values.get(GroupKeys.OFFSETS_REPLICATION_FACTOR),
                        values.get(GroupKeys.OFFSETS_SEGMENT_BYTES)),
                new Offsets(
                        values.get(GroupKeys.OFFSETS_RETENTION_MINUTES) * 60_000L,
                        values.get(GroupKeys.OFFSETS_RETENTION_CHECK_MS),
                        values.get(GroupKeys.OFFSETS_COMMIT_TIMEOUT_MS),
                        values.get(GroupKeys.OFFSET_METADATA_MAX_BYTES)),
                new Members(
                        values.get(GroupKeys.INITIAL_REBALANCE_DELAY_MS),
                        minSessionMs,
                        maxSessionMs,
                        values.get(GroupKeys.MAX_SIZE)),
                values.get(GroupKeys.MAX_COUNT));
    }
}
