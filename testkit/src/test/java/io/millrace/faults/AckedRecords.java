package io.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Records that a broker acknowledged (acks=all), and whether it still has every one, in order and once. One topic with one
 * partition; numbers as keys. Owned by the test's thread.
 */
final class AckedRecords {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String topic;
    private final String padding;
    private final List<Integer> acked = new ArrayList<>();
    private int next;

    AckedRecords(String topic, int valueBytes) {
        this.topic = topic;
        this.padding = "p".repeat(valueBytes);
    }

    /** A record on its way, with its number. */
    record Sent(int number, Future<RecordMetadata> answer) {}

    /** Kafka's producer with its defaults: idempotent, and repeating for two minutes. */
    static KafkaProducer<String, String> producer(String bootstrap, Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put("bootstrap.servers", bootstrap);
        return new KafkaProducer<>(all, new StringSerializer(), new StringSerializer());
    }

    /** One that tells the first refusal instead of repeating. */
    static KafkaProducer<String, String> impatientProducer(String bootstrap) {
        return producer(bootstrap, Map.of("retries", 0, "enable.idempotence", false, "acks", "all"));
    }

    Sent send(KafkaProducer<String, String> producer) {
        int number = next++;
        return new Sent(number, producer.send(new ProducerRecord<>(topic, 0, Integer.toString(number), padding)));
    }

    /** Waits for the answer, which must be an acknowledgement. */
    void awaitAck(Sent sent) throws ExecutionException, InterruptedException {
        sent.answer().get();
        acked.add(sent.number());
    }

    /** Sends {@code count} records, one after the other; all must be acknowledged. */
    void produce(String bootstrap, int count) throws ExecutionException, InterruptedException {
        try (KafkaProducer<String, String> producer = producer(bootstrap, Map.of())) {
            for (int i = 0; i < count; i++) {
                awaitAck(send(producer));
            }
        }
    }

    int count() {
        return acked.size();
    }

    /** Every acknowledged record is there once and in order; others, whose answer never came, may be. */
    void verify(String bootstrap) {
        List<Integer> read = new ArrayList<>(read(bootstrap));
        read.retainAll(new java.util.HashSet<>(acked));
        assertThat(read).isEqualTo(acked);
    }

    private List<Integer> read(String bootstrap) {
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap);
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            List<TopicPartition> assigned = List.of(partition);
            consumer.assign(assigned);
            consumer.seekToBeginning(assigned);
            long end = consumer.endOffsets(assigned).getOrDefault(partition, 0L);
            List<Integer> read = new ArrayList<>();
            long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
            while (consumer.position(partition) < end) {
                assertThat(System.nanoTime())
                        .as("read %d of %d", read.size(), end)
                        .isLessThan(deadlineNs);
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    read.add(Integer.valueOf(record.key()));
                }
            }
            return read;
        }
    }
}
