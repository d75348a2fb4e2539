package io.millrace.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.testkit.TestBroker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kafka's Java clients, with their default settings unless a test says otherwise. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JavaClientIT {

    private final TestBroker broker = TestBroker.start("num.partitions", "3");
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

    private void create(String topic, int partitions, Map<String, String> configs) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(configs)))
                .all()
                .get();
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void recordsComeBackInOrderWithKeysWhateverTheCodec(String codec) throws Exception {
        String topic = "codec-" + codec;
        create(topic, 4, Map.of());
        Map<Integer, List<String>> sent = new HashMap<>();
        try (KafkaProducer<String, String> producer = clients.producer(Map.of("compression.type", codec))) {
            List<Future<RecordMetadata>> acks = new ArrayList<>();
            for (int i = 0; i < 5_000; i++) {
                String value = i % 17 == 0 ? null : "value-" + i;
                acks.add(producer.send(new ProducerRecord<>(topic, i % 4, "key-" + i, value)));
                sent.computeIfAbsent(i % 4, partition -> new ArrayList<>()).add("key-" + i + "=" + value);
            }
            for (Future<RecordMetadata> ack : acks) {
                ack.get();
            }
        }
        Map<Integer, List<String>> read = new HashMap<>();
        Map<Integer, Long> nextOffset = new HashMap<>();
        for (ConsumerRecord<String, String> record : clients.readAll(topic, 4, Map.of())) {
            assertThat(record.offset()).isEqualTo(nextOffset.getOrDefault(record.partition(), 0L));
            nextOffset.put(record.partition(), record.offset() + 1);
            read.computeIfAbsent(record.partition(), partition -> new ArrayList<>())
                    .add(record.key() + "=" + record.value());
        }
        assertThat(read).isEqualTo(sent);
    }

    @Test
    void aMissingTopicIsCreatedWithTheBrokersPartitionCount() throws Exception {
        try (KafkaProducer<String, String> producer = clients.producer(Map.of())) {
            producer.send(new ProducerRecord<>("auto-created", "k", "v")).get();
            assertThat(producer.partitionsFor("auto-created")).hasSize(3);
        }
    }

    @Test
    void topicsAreCreatedListedDescribedAndDeleted() throws Exception {
        create("life", 5, Map.of("segment.bytes", "2097152"));
        assertThat(admin.listTopics().names().get()).contains("life");
        TopicDescription described = Objects.requireNonNull(
                admin.describeTopics(Set.of("life")).allTopicNames().get().get("life"));
        assertThat(described.partitions()).hasSize(5).allSatisfy(partition -> {
            assertThat(partition.leader().id()).isEqualTo(1);
            assertThat(partition.isr()).hasSize(1);
        });
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, "life");
        Config config = Objects.requireNonNull(
                admin.describeConfigs(Set.of(resource)).all().get().get(resource));
        assertThat(config.get("segment.bytes").value()).isEqualTo("2097152");
        assertThat(config.get("segment.bytes").source()).isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
        assertThat(config.get("millrace.durability").value()).isEqualTo("synced");
        assertThatThrownBy(() -> create("life", 1, Map.of())).hasCauseInstanceOf(TopicExistsException.class);
        admin.deleteTopics(Set.of("life")).all().get();
        assertThatThrownBy(() ->
                        admin.describeTopics(Set.of("life")).allTopicNames().get())
                .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
    }

    @Test
    void anUnknownTopicConfigNamesTheNearest() {
        assertThatThrownBy(() -> create("misconfigured", 1, Map.of("segment.byte", "1")))
                .cause()
                .hasMessageContaining("segment.bytes");
    }

    @Test
    void offsetsAreFoundByTimeAndByTheirEnds() throws Exception {
        create("times", 1, Map.of("retention.ms", "-1"));
        TopicPartition partition = new TopicPartition("times", 0);
        try (KafkaProducer<String, String> producer = clients.producer(Map.of())) {
            for (long i = 0; i < 100; i++) {
                producer.send(new ProducerRecord<>("times", 0, 1_000 * (i + 1), "k", "v" + i))
                        .get();
            }
        }
        try (KafkaConsumer<String, String> consumer = clients.consumer(Map.of())) {
            assertThat(consumer.beginningOffsets(Set.of(partition))).containsEntry(partition, 0L);
            assertThat(consumer.endOffsets(Set.of(partition))).containsEntry(partition, 100L);
            OffsetAndTimestamp found = Objects.requireNonNull(
                    consumer.offsetsForTimes(Map.of(partition, 50_500L)).get(partition));
            assertThat(found.offset()).isEqualTo(50);
            assertThat(found.timestamp()).isEqualTo(51_000);
            assertThat(consumer.offsetsForTimes(Map.of(partition, 1_000_000L)).get(partition))
                    .isNull();
        }
    }

    @Test
    void logAppendTimeIsStampedByTheBroker() throws Exception {
        create("stamped", 1, Map.of("message.timestamp.type", "LogAppendTime"));
        try (KafkaProducer<String, String> producer = clients.producer(Map.of())) {
            RecordMetadata ack = producer.send(new ProducerRecord<>("stamped", 0, 1L, "k", "v"))
                    .get();
            assertThat(ack.timestamp()).isGreaterThan(1_000_000_000_000L);
            assertThat(clients.readAll("stamped", 1, Map.of()).getFirst().timestamp())
                    .isEqualTo(ack.timestamp());
        }
    }

    @Test
    void aBatchOverTheTopicsLimitIsRefusedByName() throws Exception {
        create("small", 1, Map.of("max.message.bytes", "1000"));
        try (KafkaProducer<String, String> producer = clients.producer(Map.of())) {
            assertThatThrownBy(() -> producer.send(new ProducerRecord<>("small", "x".repeat(5_000)))
                            .get())
                    .hasCauseInstanceOf(RecordTooLargeException.class);
        }
    }

    @Test
    void aTransactionalProducerIsToldAtOnce() {
        try (KafkaProducer<String, String> producer = clients.producer(Map.of("transactional.id", "t"))) {
            assertThatThrownBy(producer::initTransactions).isInstanceOf(TransactionalIdAuthorizationException.class);
        }
    }

    @Test
    void everythingIsThereAfterARestartWithAnotherShardCount() throws Exception {
        create("kept", 7, Map.of());
        try (KafkaProducer<String, String> producer = clients.producer(Map.of("acks", "1"))) {
            List<Future<RecordMetadata>> acks = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                acks.add(producer.send(new ProducerRecord<>("kept", "key-" + i, "value-" + i)));
            }
            for (Future<RecordMetadata> ack : acks) {
                ack.get();
            }
        }
        // acks=1 is answered when written; consumers see records once they are synced, a moment later.
        List<String> before = await().until(() -> values("kept", 7), values -> values.size() == 2_000);
        admin.close();
        broker.restart("millrace.shards", "2");
        admin = clients.admin();
        assertThat(values("kept", 7)).containsExactlyInAnyOrderElementsOf(before);
        try (KafkaProducer<String, String> producer = clients.producer(Map.of())) {
            producer.send(new ProducerRecord<>("kept", "after", "after")).get();
        }
        assertThat(values("kept", 7)).hasSize(2_001);
    }

    private List<String> values(String topic, int partitions) {
        return clients.readAll(topic, partitions, Map.of()).stream()
                .map(ConsumerRecord::value)
                .toList();
    }
}
