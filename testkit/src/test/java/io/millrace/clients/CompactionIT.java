package io.millrace.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.TestBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Compacted topics as Kafka's clients see them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CompactionIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    // Four entries of 4 KiB each end a segment: segment.bytes has a bound of 1 MiB.
    private static final Map<String, String> COMPACTED =
            Map.of("cleanup.policy", "compact", "segment.index.bytes", "128", "min.cleanable.dirty.ratio", "0.1");

    private final TestBroker broker =
            TestBroker.start("offsets.topic.num.partitions", "1", "log.cleaner.min.cleanable.ratio", "0.1");
    private final JavaClients clients = new JavaClients(broker);
    private Admin admin;

    @BeforeAll
    void connect() {
        admin = clients.admin();
    }

    @AfterAll
    void stop() {
        admin.close();
        broker.close();
        assertThat(broker.fatal()).isEmpty();
    }

    private void restart() {
        admin.close();
        broker.restart();
        admin = clients.admin();
    }

    private void create(String topic, Map<String, String> configs) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1).configs(configs)))
                .all()
                .get();
    }

    /**
     * Writes; the last value of each key goes to {@code last}. Values do not compress, so that a segment holds a few hundred
     * records with any codec and however the client batches.
     */
    private void produce(String topic, int records, int keys, String codec, Map<String, @Nullable String> last)
            throws Exception {
        Random random = new Random(records);
        try (KafkaProducer<String, String> producer =
                clients.producer(Map.of("compression.type", codec, "batch.size", 2048))) {
            List<Future<RecordMetadata>> acks = new ArrayList<>();
            for (int i = 0; i < records; i++) {
                String key = "key-" + i % keys;
                String value = i % 97 == 0 ? null : "value-" + last.size() + "-" + i + "-" + noise(random);
                acks.add(producer.send(new ProducerRecord<>(topic, 0, key, value)));
                last.put(key, value);
            }
            for (Future<RecordMetadata> ack : acks) {
                ack.get();
            }
        }
    }

    private static String noise(Random random) {
        byte[] bytes = new byte[40];
        random.nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static Map<String, @Nullable String> lastValues(List<ConsumerRecord<String, String>> records) {
        Map<String, @Nullable String> last = new HashMap<>();
        long offset = -1;
        for (ConsumerRecord<String, String> record : records) {
            assertThat(record.offset()).isGreaterThan(offset);
            offset = record.offset();
            last.put(record.key(), record.value());
        }
        return last;
    }

    private void compacts(String topic, String codec) throws Exception {
        create(topic, COMPACTED);
        Map<String, @Nullable String> last = new HashMap<>();
        produce(topic, 5_000, 50, codec, last);
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(clients.readAll(topic, 1, Map.of("group.id", "none")))
                        .hasSizeLessThan(1_500));
        produce(topic, 3_000, 60, codec, last);
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
            List<ConsumerRecord<String, String>> left = clients.readAll(topic, 1, Map.of("group.id", "none"));
            assertThat(left).hasSizeLessThan(1_500);
            assertThat(lastValues(left)).isEqualTo(last);
            assertThat(left.getLast().offset()).isEqualTo(7_999);
        });
    }

    @Test
    void aConsumerFromTheBeginningSeesTheLastValueOfEveryKey() throws Exception {
        compacts("plain", "none");
        compacts("packed", "lz4");
        restart();
        assertThat(lastValues(clients.readAll("packed", 1, Map.of("group.id", "none"))))
                .hasSize(60);
    }

    @Test
    void recordsWithoutKeyAreRefused() throws Exception {
        create("keyed", COMPACTED);
        try (KafkaProducer<String, String> producer = clients.producer(Map.of())) {
            assertThatThrownBy(() -> producer.send(new ProducerRecord<>("keyed", "without a key"))
                            .get())
                    .hasCauseInstanceOf(InvalidRecordException.class);
        }
    }

    @Test
    void committedOffsetsOutliveCompactionOfTheirTopic() throws Exception {
        create("committed", Map.of());
        TopicPartition partition = new TopicPartition("committed", 0);
        for (int i = 1; i <= 400; i++) {
            admin.alterConsumerGroupOffsets("group-" + i % 3, Map.of(partition, new OffsetAndMetadata(i)))
                    .all()
                    .get();
            if (i == 1) {
                sealEarly("__consumer_offsets");
            }
        }
        Path folder = broker.dataFolder().resolve("__consumer_offsets-0");
        Awaitility.await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(bytesIn(folder)).isLessThan(30_000));
        restart();
        for (int group = 0; group < 3; group++) {
            long committed = Objects.requireNonNull(admin.listConsumerGroupOffsets("group-" + group)
                            .partitionsToOffsetAndMetadata()
                            .get()
                            .get(partition))
                    .offset();
            assertThat(committed).isEqualTo(group == 0 ? 399 : group == 1 ? 400 : 398);
        }
    }

    private void sealEarly(String topic) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        AlterConfigOp small = new AlterConfigOp(new ConfigEntry("segment.index.bytes", "64"), AlterConfigOp.OpType.SET);
        admin.incrementalAlterConfigs(Map.of(resource, List.of(small))).all().get();
    }

    private static long bytesIn(Path folder) throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            long bytes = 0;
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".log")).toList()) {
                bytes += Files.size(file);
            }
            return bytes;
        }
    }
}
