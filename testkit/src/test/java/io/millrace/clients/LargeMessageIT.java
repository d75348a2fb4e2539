package io.millrace.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.TestBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** Messages that are larger than a file of the journal, by Kafka's own clients. */
class LargeMessageIT {

    private static final int MIB = 1 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static byte[] value(int sizeBytes, int seed) {
        byte[] value = new byte[sizeBytes];
        new Random(seed).nextBytes(value);
        return value;
    }

    private static List<byte[]> read(TestBroker broker, int count) {
        List<byte[]> values = new ArrayList<>();
        TopicPartition partition = new TopicPartition("large", 0);
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrap()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
            while (values.size() < count && System.nanoTime() < deadlineNs) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    values.add(record.value());
                }
            }
        }
        return values;
    }

    @Test
    void messagesOfManyMegabytesAreTakenAndGivenBack() throws Exception {
        List<byte[]> sent = new ArrayList<>();
        try (TestBroker broker = TestBroker.start()) {
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
                admin.createTopics(List.of(new NewTopic("large", 1, (short) 1)
                                .configs(Map.of("max.message.bytes", String.valueOf(31 * MIB)))))
                        .all()
                        .get();
            }
            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                    Map.of(
                            "bootstrap.servers",
                            broker.bootstrap(),
                            "max.request.size",
                            64 * MIB,
                            "buffer.memory",
                            128L * MIB,
                            "delivery.timeout.ms",
                            180_000,
                            "request.timeout.ms",
                            60_000),
                    new ByteArraySerializer(),
                    new ByteArraySerializer())) {
                for (int mib : new int[] {1, 12, 30, 10, 10}) {
                    byte[] value = value(mib * MIB, sent.size());
                    sent.add(value);
                    producer.send(new ProducerRecord<>("large", value)).get();
                }
                assertThatThrownBy(() -> producer.send(new ProducerRecord<>("large", new byte[32 * MIB]))
                                .get())
                        .hasCauseInstanceOf(RecordTooLargeException.class);
            }
            assertThat(read(broker, sent.size())).containsExactlyElementsOf(sent);
            broker.restart();
            assertThat(read(broker, sent.size())).containsExactlyElementsOf(sent);
            assertThat(broker.fatal()).isEmpty();
        }
    }
}
