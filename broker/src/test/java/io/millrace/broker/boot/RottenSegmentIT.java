package io.millrace.broker.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.config.BrokerConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What Kafka's own clients are told of a segment that has rotted. */
@Timeout(300)
class RottenSegmentIT {

    private static final int RECORDS = 20;
    private static final int VALUE_BYTES = 1_000;
    private static final TopicPartition PARTITION = new TopicPartition("rotten", 0);

    private final List<String> fatal = new CopyOnWriteArrayList<>();

    @TempDir
    private Path folder;

    private Broker start() throws BrokerStartException {
        Map<String, String> overrides = new LinkedHashMap<>();
        overrides.put("log.dirs", folder.toString());
        overrides.put("listeners", "PLAINTEXT://localhost:0");
        overrides.put("millrace.admin.port", "-1");
        return Broker.start(BrokerConfig.parse(overrides, true, 1), overrides, fatal::add);
    }

    private static Map<String, Object> clients(Broker broker, Map<String, Object> more) {
        Map<String, Object> config = new LinkedHashMap<>(more);
        config.put(
                "bootstrap.servers",
                "localhost:" + broker.listeners().getFirst().port());
        return config;
    }

    private static KafkaProducer<byte[], byte[]> producer(Broker broker) {
        return new KafkaProducer<>(
                clients(broker, Map.of("linger.ms", 0, "delivery.timeout.ms", 10_000, "request.timeout.ms", 5_000)),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private static byte[] value(int number) {
        byte[] value = new byte[VALUE_BYTES];
        value[0] = (byte) number;
        return value;
    }

    private static void read(KafkaConsumer<byte[], byte[]> consumer, List<Integer> found, int until) {
        while (found.size() < until) {
            consumer.poll(Duration.ofSeconds(1)).forEach(record -> {
                assertThat(record.value()).isEqualTo(value((int) record.offset()));
                found.add((int) record.offset());
            });
        }
    }

    @Test
    void aConsumerIsToldOfTheOffsetReadsAllOthersAndProducersAreRefused() throws Exception {
        try (Broker broker = start();
                KafkaProducer<byte[], byte[]> producer = producer(broker)) {
            for (int i = 0; i < RECORDS; i++) {
                producer.send(new ProducerRecord<>("rotten", 0, null, value(i))).get();
            }
        }
        Path segment = folder.resolve("rotten-0").resolve("0".repeat(20) + ".log");
        byte[] bytes = Files.readAllBytes(segment);
        bytes[bytes.length / 2 + VALUE_BYTES / 2] ^= 1;
        Files.write(segment, bytes);

        try (Broker broker = start();
                KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                        clients(broker, Map.of("auto.offset.reset", "earliest")),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
                KafkaProducer<byte[], byte[]> producer = producer(broker)) {
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            List<Integer> found = new ArrayList<>();
            assertThatThrownBy(() -> read(consumer, found, RECORDS))
                    .isInstanceOf(KafkaException.class)
                    .hasMessageContaining("rotten-0")
                    .hasMessageContaining(Integer.toString(RECORDS / 2));
            assertThat(found).hasSize(RECORDS / 2);
            consumer.seek(PARTITION, RECORDS / 2 + 1);
            read(consumer, found, RECORDS - 1);
            assertThat(found).doesNotContain(RECORDS / 2).doesNotHaveDuplicates();
            assertThatThrownBy(() -> producer.send(new ProducerRecord<>("rotten", 0, null, value(0)))
                            .get())
                    .isInstanceOf(ExecutionException.class);
            producer.send(new ProducerRecord<>("sound", 0, null, value(0))).get();
        }
        assertThat(fatal).isEmpty();
    }
}
