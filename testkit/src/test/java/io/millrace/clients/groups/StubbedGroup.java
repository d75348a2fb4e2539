package io.millrace.clients.groups;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.connection.ClientConfig;
import io.millrace.client.consumer.Consumer;
import io.millrace.client.consumer.ConsumerConfig;
import io.millrace.client.consumer.ConsumerRecord;
import io.millrace.client.consumer.OffsetReset;
import io.millrace.client.consumer.group.GroupConfig;
import io.millrace.client.consumer.group.RebalanceListener;
import io.millrace.clients.stub.Fault;
import io.millrace.clients.stub.StubCluster;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.ApiKey;
import io.millrace.protocol.record.RecordBatchBuilder;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A filled topic of two partitions on brokers that are stubs, and consumers of one group. Owned by its test. */
final class StubbedGroup implements AutoCloseable {

    static final TopicPartition T0 = new TopicPartition("t", 0);
    static final TopicPartition T1 = new TopicPartition("t", 1);
    static final Duration POLL = Duration.ofMillis(50);
    static final int RECORDS = 200;

    final StubCluster cluster = StubCluster.start(2);
    final Told told = new Told();

    /** What the listener heard, in words. */
    static final class Told implements RebalanceListener {
        final List<String> words = new ArrayList<>();

        @Override
        public void onAssigned(Collection<TopicPartition> added) {
            words.add("assigned " + List.copyOf(added).stream().sorted().toList());
        }

        @Override
        public void onRevoked(Collection<TopicPartition> revoked) {
            words.add("revoked " + List.copyOf(revoked).stream().sorted().toList());
        }

        @Override
        public void onLost(Collection<TopicPartition> lost) {
            words.add("lost " + List.copyOf(lost).stream().sorted().toList());
        }
    }

    StubbedGroup() {
        cluster.topic("t", 2);
        for (int partition = 0; partition < 2; partition++) {
            for (int offset = 0; offset < RECORDS; offset += 10) {
                try (RecordBatchBuilder builder = new RecordBatchBuilder(1024, 1024 * 1024)) {
                    builder.baseOffset(offset);
                    for (int i = 0; i < 10; i++) {
                        builder.append(1_000, null, new byte[] {(byte) i});
                    }
                    ByteBuffer built = builder.build();
                    byte[] bytes = new byte[built.remaining()];
                    built.get(bytes);
                    cluster.appendRaw("t", partition, bytes, 10);
                }
            }
        }
    }

    @Override
    public void close() {
        cluster.close();
    }

    static GroupConfig group() {
        return GroupConfig.of("g").withTimeouts(10_000, 20, 30_000).withoutAutoCommit();
    }

    ConsumerConfig config(GroupConfig group) {
        return ConsumerConfig.of(ClientConfig.of(cluster.bootstrap())
                        .withTimeouts(1_000, 10_000, 1_000)
                        .withRetryBackoffMs(1, 5))
                .withFetch(20, 64 * 1024, 4 * 1024)
                .withPrefetchBytes(16 * 1024)
                .withReset(OffsetReset.EARLIEST)
                .withMaxPollRecords(10)
                .withGroup(group);
    }

    Consumer open(GroupConfig group) {
        Consumer consumer = Consumer.open(config(group));
        consumer.subscribe(List.of("t"), told);
        return consumer;
    }

    static List<ConsumerRecord> some(Consumer consumer) {
        for (int i = 0; i < 200; i++) {
            List<ConsumerRecord> records = consumer.poll(POLL);
            if (!records.isEmpty()) {
                return records;
            }
        }
        throw new AssertionError("no records");
    }

    /** Returns the records of the last poll: they came after the last of the words. */
    List<ConsumerRecord> pollUntilTold(Consumer consumer, int count) {
        List<ConsumerRecord> last = List.of();
        for (int i = 0; i < 200 && told.words.size() < count; i++) {
            last = consumer.poll(POLL);
        }
        assertThat(told.words).hasSizeGreaterThanOrEqualTo(count);
        return last;
    }

    /** Refuses the next so many requests of an API. */
    void refuse(ApiKey refused, ErrorCode error, int times) {
        AtomicInteger left = new AtomicInteger(times);
        cluster.faults((api, broker) ->
                api == refused && left.getAndDecrement() > 0 ? new Fault.Refuse(error) : new Fault.None());
    }

    /** The group's offsets of both partitions, added. */
    long committed() {
        return Math.max(0, cluster.committed("t", 0)) + Math.max(0, cluster.committed("t", 1));
    }
}
