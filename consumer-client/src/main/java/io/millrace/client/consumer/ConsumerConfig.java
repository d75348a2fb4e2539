package io.millrace.client.consumer;

import io.millrace.client.connection.ClientConfig;
import io.millrace.client.consumer.group.GroupConfig;
import org.jspecify.annotations.Nullable;

/**
 * How a consumer fetches. Immutable.
 *
 * @param client servers, timeouts, backoff
 * @param reset where to go without a valid position ({@code auto.offset.reset})
 * @param fetchMaxWaitMs how long a broker may hold a fetch that finds nothing ({@code fetch.max.wait.ms})
 * @param fetchMaxBytes of one answer ({@code fetch.max.bytes}); its first batch comes whole even when it is larger
 * @param partitionMaxBytes of one partition in an answer ({@code max.partition.fetch.bytes}); likewise
 * @param prefetchBytes bound of what is fetched and not yet polled, compressed as it came; passed by at most one batch per broker
 * @param maxPollRecords most records that one poll returns ({@code max.poll.records})
 * @param group which group it takes part in, or keeps its offsets in; null: none
 */
public record ConsumerConfig(
        ClientConfig client,
        OffsetReset reset,
        int fetchMaxWaitMs,
        int fetchMaxBytes,
        int partitionMaxBytes,
        long prefetchBytes,
        int maxPollRecords,
        @Nullable GroupConfig group) {

    public ConsumerConfig {
        if (fetchMaxWaitMs < 0 || fetchMaxWaitMs >= client.requestTimeoutMs()) {
            throw new IllegalArgumentException("fetchMaxWaitMs=" + fetchMaxWaitMs
                    + " must not be negative and must be below requestTimeoutMs=" + client.requestTimeoutMs());
        }
        if (fetchMaxBytes < 1 || partitionMaxBytes < 1 || maxPollRecords < 1) {
            throw new IllegalArgumentException("fetchMaxBytes=" + fetchMaxBytes + ", partitionMaxBytes="
                    + partitionMaxBytes + " and maxPollRecords=" + maxPollRecords + " must be at least 1");
        }
        if (prefetchBytes < partitionMaxBytes) {
            throw new IllegalArgumentException(
                    "prefetchBytes=" + prefetchBytes + " must be at least partitionMaxBytes=" + partitionMaxBytes);
        }
    }

    /** Fails without a position, waits 500 ms, 8 MiB per answer, 1 MiB per partition, 32 MiB ahead, 2,000 records per poll. */
    public static ConsumerConfig of(ClientConfig client) {
        return new ConsumerConfig(
                client, OffsetReset.ERROR, 500, 8 * 1024 * 1024, 1024 * 1024, 32L * 1024 * 1024, 2_000, null);
    }

    public ConsumerConfig withReset(OffsetReset newReset) {
        return new ConsumerConfig(
                client,
                newReset,
                fetchMaxWaitMs,
                fetchMaxBytes,
                partitionMaxBytes,
                prefetchBytes,
                maxPollRecords,
                group);
    }

    public ConsumerConfig withFetch(int maxWaitMs, int maxBytes, int newPartitionMaxBytes) {
        return new ConsumerConfig(
                client, reset, maxWaitMs, maxBytes, newPartitionMaxBytes, prefetchBytes, maxPollRecords, group);
    }

    public ConsumerConfig withPrefetchBytes(long bytes) {
        return new ConsumerConfig(
                client, reset, fetchMaxWaitMs, fetchMaxBytes, partitionMaxBytes, bytes, maxPollRecords, group);
    }

    public ConsumerConfig withMaxPollRecords(int count) {
        return new ConsumerConfig(
                client, reset, fetchMaxWaitMs, fetchMaxBytes, partitionMaxBytes, prefetchBytes, count, group);
    }

    /** In this group, with {@link GroupConfig#of its defaults}. */
    public ConsumerConfig withGroup(String groupId) {
        return withGroup(GroupConfig.of(groupId));
    }

    public ConsumerConfig withGroup(GroupConfig newGroup) {
        return new ConsumerConfig(
                client,
                reset,
                fetchMaxWaitMs,
                fetchMaxBytes,
                partitionMaxBytes,
                prefetchBytes,
                maxPollRecords,
                newGroup);
    }
}
