package io.millrace.clients.groups;

import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.consumer.assignment.Assignor;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Kafka's consumer on its own thread, in the same group. Owned by the test that closes it. */
final class KafkaMember implements AutoCloseable {

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Sightings sightings;
    private final Thread thread;
    private volatile Set<TopicPartition> assigned = Set.of();
    private volatile boolean stopped;

    KafkaMember(String bootstrap, String groupId, Assignor assignor, String topic, Sightings sightings) {
        this.sightings = sightings;
        Map<String, Object> config = new HashMap<>();
        config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, groupId);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.AUTO_COMMIT_INTERVAL_MS_CONFIG, 100);
        config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 100);
        config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 3_000);
        config.put(
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                "org.apache.kafka.clients.consumer."
                        + (assignor == Assignor.RANGE ? "RangeAssignor" : "CooperativeStickyAssignor"));
        this.consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        this.thread = new Thread(() -> run(topic), "kafka");
        thread.start();
    }

    private void run(String topic) {
        try (consumer) {
            consumer.subscribe(List.of(topic));
            while (!stopped) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    sightings.saw(record.partition(), record.offset());
                }
                Set<TopicPartition> now = new TreeSet<>();
                consumer.assignment().forEach(at -> now.add(new TopicPartition(at.topic(), at.partition())));
                assigned = now;
            }
        } catch (WakeupException e) {
            // close woke it up
        } catch (RuntimeException e) {
            sightings.fault("kafka: " + e);
        }
    }

    Set<TopicPartition> assigned() {
        return assigned;
    }

    @Override
    public void close() {
        stopped = true;
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
