package io.millrace.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.TestBroker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DeletedRecords;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What goes from a topic, and what the folder then holds. Three shards. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RetentionIT {

    private static final int MIB = 1024 * 1024;

    private final TestBroker broker = TestBroker.start();
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

    private void produce(String topic, int partition, int count, int valueBytes) throws Exception {
        try (KafkaProducer<String, String> producer = clients.producer(Map.of())) {
            List<Future<RecordMetadata>> acks = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                acks.add(producer.send(new ProducerRecord<>(topic, partition, "k", "v".repeat(valueBytes))));
            }
            acks.add(producer.send(new ProducerRecord<>(topic, partition, "k", "last")));
            for (Future<RecordMetadata> ack : acks) {
                ack.get();
            }
        }
    }

    private long start(TopicPartition partition) throws Exception {
        return admin.listOffsets(Map.of(partition, OffsetSpec.earliest()))
                .partitionResult(partition)
                .get()
                .offset();
    }

    private long sizeOf(TopicPartition partition) throws ExecutionException, InterruptedException {
        Map<String, LogDirDescription> folders = Objects.requireNonNull(
                admin.describeLogDirs(Set.of(1)).allDescriptions().get().get(1));
        LogDirDescription folder =
                Objects.requireNonNull(folders.get(broker.dataFolder().toString()));
        assertThat(folder.totalBytes().orElse(0))
                .isGreaterThanOrEqualTo(folder.usableBytes().orElse(1));
        return Objects.requireNonNull(folder.replicaInfos().get(partition)).size();
    }

    @Test
    void recordsThatAreTooOldGoThoughNothingHappens() throws Exception {
        create("aged", 1, Map.of("retention.ms", "1500"));
        TopicPartition partition = new TopicPartition("aged", 0);
        produce("aged", 0, 9, 100);
        long sizeBytes = sizeOf(partition);
        if (start(partition) == 0) { // else this took longer than they are kept
            assertThat(sizeBytes).isGreaterThan(900);
        }
        Awaitility.await().until(() -> start(partition) == 10);
        Awaitility.await().until(() -> sizeOf(partition) == 0);
        set("aged", "retention.ms", "-1"); // the next one stays for as long as it takes to read it
        produce("aged", 0, 0, 0);
        assertThat(clients.readAll("aged", 1, Map.of())).hasSize(1).allMatch(record -> record.offset() == 10);
    }

    @Test
    void theOldestSegmentsGoWhenThePartitionIsTooLarge() throws Exception {
        create(
                "sized",
                1,
                Map.of("retention.bytes", Integer.toString(2 * MIB), "segment.bytes", Integer.toString(MIB)));
        TopicPartition partition = new TopicPartition("sized", 0);
        produce("sized", 0, 8_000, 1_000);
        Awaitility.await().until(() -> sizeOf(partition) < 4L * MIB);
        assertThat(start(partition)).isPositive();
        assertThat(sizeOf(partition)).isGreaterThan(MIB);
    }

    @Test
    void aShorterRetentionIsObeyedAtOnce() throws Exception {
        create("shortened", 3, Map.of());
        for (int partition = 0; partition < 3; partition++) {
            produce("shortened", partition, 4, 10);
        }
        set("shortened", "retention.ms", "100");
        for (int partition = 0; partition < 3; partition++) {
            TopicPartition each = new TopicPartition("shortened", partition);
            Awaitility.await().until(() -> start(each) == 5);
        }
    }

    @Test
    void deletedRecordsAreGoneAlsoAfterARestart() throws Exception {
        create("trimmed", 3, Map.of());
        TopicPartition first = new TopicPartition("trimmed", 0);
        TopicPartition second = new TopicPartition("trimmed", 1);
        TopicPartition empty = new TopicPartition("trimmed", 2);
        produce("trimmed", 0, 9, 10);
        produce("trimmed", 1, 9, 10);
        Map<TopicPartition, DeletedRecords> deleted = deleted(Map.of(first, 4L, second, -1L, empty, 0L));
        assertThat(Objects.requireNonNull(deleted.get(first)).lowWatermark()).isEqualTo(4);
        assertThat(Objects.requireNonNull(deleted.get(second)).lowWatermark()).isEqualTo(10);
        assertThat(Objects.requireNonNull(deleted.get(empty)).lowWatermark()).isZero();
        assertThat(Objects.requireNonNull(deleted(Map.of(first, 2L)).get(first)).lowWatermark())
                .isEqualTo(4);
        assertThatThrownBy(() -> deleted(Map.of(first, 11L))).hasCauseInstanceOf(OffsetOutOfRangeException.class);
        assertThat(clients.readAll("trimmed", 3, Map.of())).hasSize(6);
        admin.close();
        broker.restart("millrace.shards", "2");
        admin = clients.admin();
        assertThat(start(first)).isEqualTo(4);
        assertThat(start(second)).isEqualTo(10);
        assertThat(clients.readAll("trimmed", 3, Map.of())).hasSize(6);
    }

    private void set(String topic, String key, String value) throws Exception {
        AlterConfigOp change = new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET);
        admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), List.of(change)))
                .all()
                .get();
    }

    private Map<TopicPartition, DeletedRecords> deleted(Map<TopicPartition, Long> offsets) throws Exception {
        Map<TopicPartition, RecordsToDelete> asked = new HashMap<>();
        offsets.forEach((partition, offset) -> asked.put(partition, RecordsToDelete.beforeOffset(offset)));
        Map<TopicPartition, DeletedRecords> deleted = new HashMap<>();
        for (var entry : admin.deleteRecords(asked).lowWatermarks().entrySet()) {
            deleted.put(entry.getKey(), entry.getValue().get());
        }
        return deleted;
    }

    @Test
    void aCompactedTopicKeepsItsRecords() throws Exception {
        create("compacted", 1, Map.of("cleanup.policy", "compact", "retention.ms", "1"));
        produce("compacted", 0, 3, 10);
        TopicPartition partition = new TopicPartition("compacted", 0);
        assertThatThrownBy(() -> deleted(Map.of(partition, 1L))).hasCauseInstanceOf(PolicyViolationException.class);
        try (KafkaProducer<String, String> producer = clients.producer(Map.of())) {
            assertThatThrownBy(() -> producer.send(new ProducerRecord<>("compacted", "without a key"))
                            .get())
                    .hasMessageContaining("key");
        }
        assertThat(start(partition)).isZero();
        assertThat(clients.readAll("compacted", 1, Map.of())).hasSize(4);
    }
}
