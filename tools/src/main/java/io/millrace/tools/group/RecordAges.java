package io.millrace.tools.group;

import io.millrace.client.admin.group.CommittedOffset;
import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.connection.ClientConfig;
import io.millrace.client.consumer.Consumer;
import io.millrace.client.consumer.ConsumerConfig;
import io.millrace.client.consumer.ConsumerRecord;
import io.millrace.client.consumer.OffsetReset;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** How old the first record is that a group has not read yet: one batch is read of each partition that it is behind in. */
final class RecordAges {

    private static final int PARTITIONS_AT_A_TIME = 200;
    private static final int ANSWER_BYTES = 1024 * 1024;
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(10);

    private RecordAges() {}

    /** Seconds since each record was made, by its timestamp; a partition that does not answer for ten seconds is left out. */
    static Map<TopicPartition, Long> secondsBehind(ClientConfig client, Collection<PartitionLag> lags, long nowMs) {
        Map<TopicPartition, Long> open = new TreeMap<>();
        for (PartitionLag each : lags) {
            Long lag = each.lag();
            CommittedOffset committed = each.committed();
            if (lag != null && committed != null && lag > 0) {
                open.merge(each.partition(), committed.offset(), Math::min);
            }
        }
        Map<TopicPartition, Long> ages = new HashMap<>();
        if (open.isEmpty()) {
            return ages;
        }
        // One byte of each partition is one batch of each: the first comes whole whatever the bound.
        ConsumerConfig config = ConsumerConfig.of(client)
                .withReset(OffsetReset.EARLIEST)
                .withFetch((int) POLL.toMillis(), ANSWER_BYTES, 1);
        try (Consumer consumer = Consumer.open(config)) {
            List<TopicPartition> partitions = List.copyOf(open.keySet());
            for (int from = 0; from < partitions.size(); from += PARTITIONS_AT_A_TIME) {
                Map<TopicPartition, Long> some = new TreeMap<>();
                partitions
                        .subList(from, Math.min(from + PARTITIONS_AT_A_TIME, partitions.size()))
                        .forEach(each -> some.put(each, open.getOrDefault(each, 0L)));
                read(consumer, some, nowMs, ages);
            }
        }
        return ages;
    }

    private static void read(
            Consumer consumer, Map<TopicPartition, Long> open, long nowMs, Map<TopicPartition, Long> ages) {
        long progressNs = System.nanoTime();
        consumer.assign(open.keySet());
        open.forEach(consumer::seek);
        while (!open.isEmpty() && System.nanoTime() - progressNs < PATIENCE_NS) {
            boolean any = false;
            for (ConsumerRecord record : consumer.poll(POLL)) {
                if (open.remove(record.partition()) != null) {
                    any = true;
                    ages.put(
                            record.partition(),
                            TimeUnit.MILLISECONDS.toSeconds(Math.max(0, nowMs - record.timestampMs())));
                }
            }
            if (any) {
                progressNs = System.nanoTime();
                consumer.assign(open.keySet());
            }
        }
    }
}
