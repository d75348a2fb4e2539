package io.millrace.changes;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.client.connection.ClientConfig;
import io.millrace.client.consumer.Consumer;
import io.millrace.client.consumer.ConsumerConfig;
import io.millrace.client.consumer.OffsetReset;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** A consumer of one topic from its beginning, whichever client it is. Owned by the test's thread. */
interface Reading extends AutoCloseable {

    /** How to read. */
    enum Kind {
        KAFKA_ASSIGNED,
        KAFKA_GROUP,
        NATIVE
    }

    record Seen(int partition, long offset, String value) {}

    List<Seen> poll();

    @Override
    void close();

    static Reading open(Kind kind, String bootstrap, String topic, int partitions) {
        return switch (kind) {
            case KAFKA_ASSIGNED -> {
                KafkaConsumer<String, String> consumer = kafka(bootstrap, Map.of());
                List<TopicPartition> all = new ArrayList<>();
                for (int partition = 0; partition < partitions; partition++) {
                    all.add(new TopicPartition(topic, partition));
                }
                consumer.assign(all);
                yield new OfKafka(consumer);
            }
            case KAFKA_GROUP -> {
                KafkaConsumer<String, String> consumer =
                        kafka(bootstrap, Map.of("group.id", topic, "auto.commit.interval.ms", 200));
                consumer.subscribe(Set.of(topic));
                yield new OfKafka(consumer);
            }
            case NATIVE -> {
                Consumer consumer = Consumer.open(
                        ConsumerConfig.of(ClientConfig.of(bootstrap)).withReset(OffsetReset.EARLIEST));
                List<io.millrace.client.cluster.TopicPartition> all = new ArrayList<>();
                for (int partition = 0; partition < partitions; partition++) {
                    all.add(new io.millrace.client.cluster.TopicPartition(topic, partition));
                }
                consumer.assign(all);
                yield new OfMillrace(consumer);
            }
        };
    }

    private static KafkaConsumer<String, String> kafka(String bootstrap, Map<String, Object> more) {
        Map<String, Object> config = new HashMap<>(more);
        config.put("bootstrap.servers", bootstrap);
        config.put("auto.offset.reset", "earliest");
        config.put("metadata.max.age.ms", 500);
        return new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
    }

    /** Kafka's consumer. */
    record OfKafka(KafkaConsumer<String, String> consumer) implements Reading {
        @Override
        public List<Seen> poll() {
            List<Seen> seen = new ArrayList<>();
            consumer.poll(Duration.ofMillis(100))
                    .forEach(each -> seen.add(new Seen(each.partition(), each.offset(), each.value())));
            return seen;
        }

        @Override
        public void close() {
            consumer.close();
        }
    }

    /** Our own. */
    record OfMillrace(Consumer consumer) implements Reading {
        @Override
        public List<Seen> poll() {
            return consumer.poll(Duration.ofMillis(100)).stream()
                    .map(each -> new Seen(each.partition().partition(), each.offset(), new String(each.value(), UTF_8)))
                    .toList();
        }

        @Override
        public void close() {
            consumer.close();
        }
    }
}
