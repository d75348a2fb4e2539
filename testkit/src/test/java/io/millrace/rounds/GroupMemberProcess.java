package io.millrace.rounds;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * A member that lives until it is killed: {@code GroupMemberProcess BOOTSTRAP TOPIC GROUP ASSIGNOR FILE}. Writes to the file, a line
 * each and flushed before it goes on: {@code P millis partition offset} where it begins to read a partition, {@code R partition
 * offset value} for every record, before it commits, and {@code C millis partition offset} for what the broker has acknowledged as
 * committed.
 */
final class GroupMemberProcess implements ConsumerRebalanceListener {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration COMMIT = Duration.ofSeconds(10);
    /** Rare enough that a kill finds records that were read and not committed. */
    private static final long COMMIT_EVERY_MS = 500;

    private final BufferedWriter out;
    private final KafkaConsumer<String, String> consumer;
    private final Map<TopicPartition, OffsetAndMetadata> uncommitted = new HashMap<>();

    private long committedAtMs;

    private GroupMemberProcess(BufferedWriter out, KafkaConsumer<String, String> consumer) {
        this.out = out;
        this.consumer = consumer;
    }

    public static void main(String[] arguments) throws IOException {
        Map<String, Object> config = Map.of(
                "bootstrap.servers",
                arguments[0],
                "group.id",
                arguments[2],
                "partition.assignment.strategy",
                arguments[3],
                "auto.offset.reset",
                "earliest",
                "enable.auto.commit",
                false,
                "session.timeout.ms",
                6_000,
                "heartbeat.interval.ms",
                500,
                "max.poll.records",
                200);
        try (BufferedWriter out = Files.newBufferedWriter(Path.of(arguments[4]));
                KafkaConsumer<String, String> consumer =
                        new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            new GroupMemberProcess(out, consumer).run(arguments[1]);
        }
    }

    private void run(String topic) throws IOException {
        consumer.subscribe(Set.of(topic), this);
        while (true) {
            ConsumerRecords<String, String> records = consumer.poll(POLL);
            for (ConsumerRecord<String, String> record : records) {
                out.write("R " + record.partition() + " " + record.offset() + " " + record.value() + "\n");
                uncommitted.put(
                        new TopicPartition(topic, record.partition()), new OffsetAndMetadata(record.offset() + 1));
            }
            out.flush();
            if (System.currentTimeMillis() >= committedAtMs + COMMIT_EVERY_MS) {
                commit();
            }
        }
    }

    /** One that fails is repeated after the next poll: a cooperative member reads on in a rebalance but may not commit. */
    private void commit() throws IOException {
        if (uncommitted.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(Map.copyOf(uncommitted), COMMIT);
        } catch (KafkaException e) {
            System.err.println("commit failed: " + e);
            return;
        }
        committedAtMs = System.currentTimeMillis();
        for (Map.Entry<TopicPartition, OffsetAndMetadata> done : uncommitted.entrySet()) {
            out.write("C " + committedAtMs + " " + done.getKey().partition() + " "
                    + done.getValue().offset() + "\n");
        }
        out.flush();
        uncommitted.clear();
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        try {
            commit();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        uncommitted.keySet().removeAll(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        uncommitted.keySet().removeAll(partitions);
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        try {
            for (TopicPartition partition : partitions) {
                long offset = consumer.position(partition);
                out.write("P " + System.currentTimeMillis() + " " + partition.partition() + " " + offset + "\n");
            }
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
