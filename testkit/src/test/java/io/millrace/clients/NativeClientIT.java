package io.millrace.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.client.admin.Admin;
import io.millrace.client.admin.ConfigEntry;
import io.millrace.client.admin.CreatedTopic;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.admin.TopicDescription;
import io.millrace.client.cluster.OffsetQuery;
import io.millrace.client.cluster.TopicImage;
import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.connection.ClientConfig;
import io.millrace.client.consumer.Consumer;
import io.millrace.client.consumer.ConsumerConfig;
import io.millrace.client.consumer.ConsumerRecord;
import io.millrace.client.consumer.OffsetReset;
import io.millrace.client.error.RefusedException;
import io.millrace.client.error.UnknownTopicException;
import io.millrace.client.producer.Producer;
import io.millrace.client.producer.ProducerConfig;
import io.millrace.client.producer.ProducerRecord;
import io.millrace.client.producer.RecordMetadata;
import io.millrace.protocol.compress.Codec;
import io.millrace.protocol.record.RecordHeader;
import io.millrace.testkit.TestBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The native clients against a real broker, and against Kafka's clients through it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NativeClientIT {

    // Some records are of 1970: retention would delete them under the test.
    private final TestBroker broker = TestBroker.start("num.partitions", "3", "log.retention.ms", "-1");
    private final JavaClients kafka = new JavaClients(broker);

    private ClientConfig config() {
        return ClientConfig.of(broker.bootstrap());
    }

    @AfterAll
    void stop() {
        broker.close();
        assertThat(broker.fatal()).isEmpty();
    }

    private void create(String topic, int partitions) {
        try (Admin admin = Admin.open(config())) {
            admin.createTopic(NewTopic.of(topic).withPartitions(partitions)).join();
        }
    }

    private static List<TopicPartition> partitions(String topic, int count) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            partitions.add(new TopicPartition(topic, i));
        }
        return partitions;
    }

    private List<ConsumerRecord> readAll(String topic, int partitions, int count) {
        List<ConsumerRecord> records = new ArrayList<>();
        try (Consumer consumer = Consumer.open(ConsumerConfig.of(config()).withReset(OffsetReset.EARLIEST))) {
            consumer.assign(partitions(topic, partitions));
            long deadlineNs = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (records.size() < count && System.nanoTime() < deadlineNs) {
                records.addAll(consumer.poll(Duration.ofMillis(500)));
            }
        }
        return records;
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void recordsComeBackInOrderAndAreWhereKafkaWouldPutThem(Codec codec) throws Exception {
        String topic = "native-" + codec.name().toLowerCase(java.util.Locale.ROOT);
        create(topic, 4);
        int count = 20_000;
        List<CompletableFuture<RecordMetadata>> sent = new ArrayList<>();
        try (Producer producer = Producer.open(ProducerConfig.of(config()).withCodec(codec))) {
            for (int i = 0; i < count; i++) {
                sent.add(producer.send(
                        ProducerRecord.of(topic, ("key" + i % 97).getBytes(UTF_8), ("value" + i).getBytes(UTF_8))));
            }
        }
        List<ConsumerRecord> read = readAll(topic, 4, count);
        assertThat(read).hasSize(count);
        int[] last = new int[97];
        java.util.Arrays.fill(last, -1);
        for (ConsumerRecord record : read) {
            int number = Integer.parseInt(new String(record.value(), UTF_8).substring(5));
            assertThat(new String(record.key(), UTF_8)).isEqualTo("key" + number % 97);
            assertThat(number).isGreaterThan(last[number % 97]);
            last[number % 97] = number;
            RecordMetadata metadata = sent.get(number).join();
            assertThat(metadata.partition()).isEqualTo(record.partition());
            assertThat(metadata.offset()).isEqualTo(record.offset());
        }
        try (KafkaProducer<String, String> reference = kafka.producer(Map.of())) {
            for (int key = 0; key < 97; key++) {
                int partition = reference
                        .send(new org.apache.kafka.clients.producer.ProducerRecord<>(topic, "key" + key, "again"))
                        .get()
                        .partition();
                assertThat(sent.get(key).join().partition().partition()).isEqualTo(partition);
            }
        }
    }

    @Test
    void headersTombstonesAndTimestampsSurviveBothWays() throws Exception {
        create("details", 1);
        TopicPartition partition = new TopicPartition("details", 0);
        try (Producer producer = Producer.open(ProducerConfig.of(config()))) {
            producer.send(ProducerRecord.of("details", "k".getBytes(UTF_8), null)
                            .toPartition(0)
                            .at(1_000)
                            .withHeaders(
                                    List.of(new RecordHeader("h", new byte[] {1, 2}), new RecordHeader("none", null))))
                    .join();
        }
        try (KafkaProducer<String, String> reference = kafka.producer(Map.of())) {
            reference
                    .send(new org.apache.kafka.clients.producer.ProducerRecord<>("details", 0, 2_000L, null, ""))
                    .get();
        }
        List<ConsumerRecord> read = readAll("details", 1, 2);
        assertThat(read.get(0).value()).isNull();
        assertThat(read.get(0).timestampMs()).isEqualTo(1_000);
        assertThat(read.get(0).headers()).extracting(RecordHeader::name).containsExactly("h", "none");
        assertThat(read.get(1).key()).isNull();
        assertThat(read.get(1).value()).isEmpty();
        try (KafkaConsumer<String, String> reference = kafka.consumer(Map.of())) {
            var at = new org.apache.kafka.common.TopicPartition("details", 0);
            reference.assign(List.of(at));
            reference.seekToBeginning(List.of(at));
            var first = reference.poll(Duration.ofSeconds(10)).iterator().next();
            assertThat(first.value()).isNull();
            assertThat(first.headers().lastHeader("h").value()).containsExactly(1, 2);
        }
        try (Consumer consumer = Consumer.open(ConsumerConfig.of(config()))) {
            assertThat(consumer.offsets(List.of(partition), new OffsetQuery.AtTime(1_500)))
                    .hasEntrySatisfying(
                            partition, found -> assertThat(found.offset()).isEqualTo(1));
            assertThat(consumer.offsets(List.of(partition), new OffsetQuery.AtTime(3_000)))
                    .hasEntrySatisfying(
                            partition, found -> assertThat(found.exists()).isFalse());
            assertThat(consumer.endOffsets(List.of(partition))).containsEntry(partition, 2L);
        }
    }

    @Test
    void topicsAreCreatedListedDescribedAndDeleted() {
        try (Admin admin = Admin.open(config())) {
            CreatedTopic created = admin.createTopic(NewTopic.of("looked-after")
                            .withPartitions(2)
                            .withConfigs(Map.of("max.message.bytes", "4096")))
                    .join();
            assertThat(created.partitions()).isEqualTo(2);
            assertThat(admin.listTopics().join()).extracting(TopicImage::name).contains("looked-after");
            TopicDescription described =
                    admin.describeTopics(List.of("looked-after")).join().getFirst();
            assertThat(described.topic().id()).isEqualTo(created.id());
            assertThat(described.configs()).contains(new ConfigEntry("max.message.bytes", "4096", true, false));
            assertThatThrownBy(
                            () -> admin.createTopic(NewTopic.of("looked-after")).join())
                    .hasCauseInstanceOf(RefusedException.class)
                    .hasMessageContaining("TOPIC_ALREADY_EXISTS");
            admin.deleteTopic("looked-after").join();
            assertThat(admin.listTopics().join()).extracting(TopicImage::name).doesNotContain("looked-after");
            assertThatThrownBy(() -> admin.deleteTopic("looked-after").join())
                    .hasCauseInstanceOf(UnknownTopicException.class);
        }
    }

    @Test
    void batchesThatTheTopicFindsTooLargeAreSplit() {
        try (Admin admin = Admin.open(config())) {
            admin.createTopic(NewTopic.of("small-batches")
                            .withPartitions(1)
                            .withConfigs(Map.of("max.message.bytes", "2000")))
                    .join();
        }
        int count = 2_000;
        try (Producer producer = Producer.open(ProducerConfig.of(config()).withBatching(20, 32 * 1024, 64 * 1024))) {
            List<CompletableFuture<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                sent.add(producer.send(ProducerRecord.of("small-batches", null, ("value" + i).getBytes(UTF_8))));
            }
            for (int i = 0; i < count; i++) {
                assertThat(sent.get(i).join().offset()).isEqualTo(i);
            }
        }
    }

    @Test
    void recordsSentBeforeAndAfterARestartAreThereOnce() {
        try (TestBroker own = TestBroker.start("num.partitions", "1")) {
            String port = own.bootstrap().substring(own.bootstrap().lastIndexOf(':') + 1);
            ClientConfig config = ClientConfig.of(own.bootstrap());
            int count = 3_000;
            try (Producer producer = Producer.open(ProducerConfig.of(config).withBatching(1, 1024, 1024 * 1024));
                    Consumer consumer = Consumer.open(ConsumerConfig.of(config).withReset(OffsetReset.EARLIEST))) {
                List<CompletableFuture<RecordMetadata>> sent = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    sent.add(producer.send(ProducerRecord.of(
                            "restarted", null, String.valueOf(i).getBytes(UTF_8))));
                    if (i == count / 3 || i == 2 * count / 3) {
                        own.restart("listeners", "PLAINTEXT://localhost:" + port);
                    }
                }
                consumer.assign(List.of(new TopicPartition("restarted", 0)));
                List<ConsumerRecord> read = new ArrayList<>();
                long deadlineNs = System.nanoTime() + Duration.ofSeconds(30).toNanos();
                while (read.size() < count && System.nanoTime() < deadlineNs) {
                    read.addAll(consumer.poll(Duration.ofMillis(200)));
                }
                for (int i = 0; i < count; i++) {
                    assertThat(sent.get(i).join().offset()).isEqualTo(i);
                    assertThat(new String(read.get(i).value(), UTF_8)).isEqualTo(String.valueOf(i));
                }
                assertThat(consumer.endOffsets(List.of(new TopicPartition("restarted", 0)))
                                .values())
                        .containsExactly((long) count);
            }
            assertThat(own.fatal()).isEmpty();
        }
    }
}
