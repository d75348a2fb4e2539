package io.millrace.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.TestBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A fetch over several shards waits for its minimum in all, not for that much in one of them. */
@Timeout(300)
class FetchMinBytesIT {

    private static final int SHARDS = Integer.parseInt(TestBroker.SHARDS);
    private static final String VALUE = "x".repeat(12_000);
    /** More than two partitions hold, less than three; the wait is longer than the test may take. */
    private static final Map<String, Object> CONSUMER =
            Map.of("fetch.min.bytes", 30_000, "fetch.max.wait.ms", 25_000, "request.timeout.ms", 28_000);

    private static final Duration LONG_BEFORE_THE_DEADLINE = Duration.ofSeconds(12);

    private static List<TopicPartition> created(JavaClients clients, String topic) throws Exception {
        List<TopicPartition> partitions = new ArrayList<>();
        try (Admin admin = clients.admin()) {
            admin.createTopics(List.of(new NewTopic(topic, SHARDS, (short) 1)))
                    .all()
                    .get();
        }
        for (int partition = 0; partition < SHARDS; partition++) {
            partitions.add(new TopicPartition(topic, partition)); // neighbours lie in different shards
        }
        return partitions;
    }

    private static int polled(KafkaConsumer<String, String> consumer, Duration patience) {
        int records = 0;
        for (ConsumerRecord<String, String> record : consumer.poll(patience)) {
            assertThat(record.value()).isEqualTo(VALUE);
            records++;
        }
        return records;
    }

    @Test
    void whatComesInOneAfterTheOtherIsAddedUp() throws Exception {
        try (TestBroker broker = TestBroker.start()) {
            JavaClients clients = new JavaClients(broker);
            List<TopicPartition> partitions = created(clients, "later");
            try (KafkaProducer<String, String> producer = clients.producer(Map.of());
                    KafkaConsumer<String, String> consumer = clients.consumer(CONSUMER)) {
                consumer.assign(partitions);
                consumer.seekToBeginning(partitions);
                assertThat(polled(consumer, Duration.ofMillis(500))).isZero();
                producer.send(new ProducerRecord<>("later", 0, "k", VALUE)).get();
                producer.send(new ProducerRecord<>("later", 1, "k", VALUE)).get();
                assertThat(polled(consumer, Duration.ofSeconds(1)))
                        .as("too few")
                        .isZero();
                producer.send(new ProducerRecord<>("later", 2, "k", VALUE)).get();
                assertThat(polled(consumer, LONG_BEFORE_THE_DEADLINE)).isEqualTo(SHARDS);
            }
        }
    }

    @Test
    void whatIsThereAlreadyIsAddedUp() throws Exception {
        try (TestBroker broker = TestBroker.start()) {
            JavaClients clients = new JavaClients(broker);
            List<TopicPartition> partitions = created(clients, "before");
            try (KafkaProducer<String, String> producer = clients.producer(Map.of());
                    KafkaConsumer<String, String> consumer = clients.consumer(CONSUMER)) {
                for (TopicPartition partition : partitions) {
                    producer.send(new ProducerRecord<>("before", partition.partition(), "k", VALUE))
                            .get();
                }
                consumer.assign(partitions);
                consumer.seekToBeginning(partitions);
                assertThat(polled(consumer, LONG_BEFORE_THE_DEADLINE)).isEqualTo(SHARDS);
            }
        }
    }
}
