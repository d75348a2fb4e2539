package io.millrace.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.TestBroker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.apache.kafka.common.requests.ListOffsetsResponse;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Produce and ListOffsets where clients seldom go. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PartitionRequestsIT {

    private static final short PRODUCE_VERSION = 9;

    private final TestBroker broker = TestBroker.start();
    private final JavaClients clients = new JavaClients(broker);
    private final RawRequests raw = new RawRequests(broker);

    @BeforeAll
    void create() throws Exception {
        try (Admin admin = clients.admin()) {
            admin.createTopics(List.of(new NewTopic("t", 1, (short) 1), new NewTopic("several", 1, (short) 1)))
                    .all()
                    .get();
        }
    }

    @AfterAll
    void stop() throws IOException {
        raw.close();
        broker.close();
        assertThat(broker.fatal()).isEmpty();
    }

    private short listed(int version, long timestamp) {
        ListOffsetsRequestData data = new ListOffsetsRequestData().setReplicaId(-1);
        data.topics()
                .add(new ListOffsetsRequestData.ListOffsetsTopic()
                        .setName("t")
                        .setPartitions(List.of(new ListOffsetsRequestData.ListOffsetsPartition()
                                .setPartitionIndex(0)
                                .setTimestamp(timestamp))));
        ListOffsetsResponse answer = raw.send(
                ListOffsetsRequest.parse(
                        org.apache.kafka.common.protocol.MessageUtil.toByteBufferAccessor(data, (short) version),
                        (short) version),
                ListOffsetsResponse.class);
        return answer.topics().getFirst().partitions().getFirst().errorCode();
    }

    @Test
    void everyWordForAnOffsetIsAnsweredFromItsVersionOn() {
        Map<Long, Integer> firstVersions = Map.of(-1L, 1, -2L, 1, -3L, 7, -4L, 8, -5L, 9, -6L, 11, 5L, 1);
        for (int version = 1; version <= 11; version++) {
            for (Map.Entry<Long, Integer> word : firstVersions.entrySet()) {
                Errors expected = version < word.getValue() ? Errors.UNSUPPORTED_VERSION : Errors.NONE;
                assertThat(Errors.forCode(listed(version, word.getKey())))
                        .as("timestamp " + word.getKey() + " in version " + version)
                        .isEqualTo(expected);
            }
            assertThat(Errors.forCode(listed(version, -7))).isEqualTo(Errors.UNSUPPORTED_VERSION);
            assertThat(Errors.forCode(listed(version, Long.MIN_VALUE + 3))).isEqualTo(Errors.UNSUPPORTED_VERSION);
        }
    }

    private Errors produced(ByteBuffer records) {
        ProduceRequestData data = new ProduceRequestData().setAcks((short) -1).setTimeoutMs(10_000);
        data.topicData()
                .add(new ProduceRequestData.TopicProduceData()
                        .setName("several")
                        .setPartitionData(List.of(new ProduceRequestData.PartitionProduceData()
                                .setIndex(0)
                                .setRecords(MemoryRecords.readableRecords(records)))));
        ProduceResponse answer = raw.send(new ProduceRequest(data, PRODUCE_VERSION), ProduceResponse.class);
        return Errors.forCode(answer.data()
                .responses()
                .iterator()
                .next()
                .partitionResponses()
                .getFirst()
                .errorCode());
    }

    @Test
    void severalBatchesForOnePartitionAreRefusedAsByKafka() {
        ByteBuffer one = MemoryRecords.withRecords(
                        Compression.NONE,
                        new SimpleRecord(System.currentTimeMillis(), "value".getBytes(StandardCharsets.UTF_8)))
                .buffer();
        ByteBuffer two = ByteBuffer.allocate(one.remaining() * 2)
                .put(one.duplicate())
                .put(one.duplicate())
                .flip();
        assertThat(produced(two)).isEqualTo(Errors.INVALID_RECORD);
        assertThat(produced(one)).isEqualTo(Errors.NONE);
        assertThat(clients.readAll("several", 1, Map.of())).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "snappy", "lz4", "zstd"})
    @SuppressWarnings("FutureReturnValueIgnored") // read back below
    void largeBatchesThatWorkersLookIntoStayInOrderWithSmallOnes(String codec) throws Exception {
        String topic = "packed-" + codec;
        try (Admin admin = clients.admin()) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
        }
        int rounds = 60;
        Random random = new Random(1);
        try (KafkaProducer<String, String> producer = clients.producer(
                Map.of("compression.type", codec, "batch.size", 900_000, "linger.ms", 0, "enable.idempotence", true))) {
            for (int round = 0; round < rounds; round++) {
                // Large ones and small ones in turn, all of them on their way at once.
                int chars = round % 3 == 0 ? 400_000 : 10;
                char[] text = new char[chars];
                for (int i = 0; i < chars; i++) {
                    text[i] = (char) ('a' + random.nextInt(20));
                }
                producer.send(new ProducerRecord<>(topic, "" + round, new String(text)));
            }
        }
        List<String> keys = new ArrayList<>();
        for (ConsumerRecord<String, String> record : clients.readAll(topic, 1, Map.of())) {
            keys.add(record.key());
        }
        assertThat(keys).hasSize(rounds);
        for (int round = 0; round < rounds; round++) {
            assertThat(keys.get(round)).isEqualTo("" + round);
        }
    }
}
