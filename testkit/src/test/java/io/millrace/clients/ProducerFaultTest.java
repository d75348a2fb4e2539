package io.millrace.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.connection.ClientConfig;
import io.millrace.client.error.BufferFullException;
import io.millrace.client.error.ClientException;
import io.millrace.client.error.ClientTimeoutException;
import io.millrace.client.error.OutcomeUnknownException;
import io.millrace.client.error.RefusedException;
import io.millrace.client.error.UnknownTopicException;
import io.millrace.client.producer.Acks;
import io.millrace.client.producer.Producer;
import io.millrace.client.producer.ProducerConfig;
import io.millrace.client.producer.ProducerRecord;
import io.millrace.client.producer.RecordMetadata;
import io.millrace.clients.stub.Fault;
import io.millrace.clients.stub.StubCluster;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.compress.Codec;
import io.millrace.protocol.message.ApiKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the native producer makes of lost answers, refusals and moving leaders, against a broker that does as it is told. */
@Timeout(300)
class ProducerFaultTest {

    private static final int FAULTY_RUNS = Boolean.getBoolean("millrace.quick") ? 5 : 30;

    private static ProducerConfig config(StubCluster cluster) {
        ClientConfig client = ClientConfig.of(cluster.bootstrap())
                .withTimeouts(60_000, 60_000, 60_000)
                .withRetryBackoffMs(1, 5);
        return ProducerConfig.of(client).withBatching(0, 512, 4096).withBuffer(1024 * 1024, 5_000);
    }

    private static ProducerRecord record(int partition, String value) {
        return ProducerRecord.of("t", null, value.getBytes(UTF_8)).toPartition(partition);
    }

    private static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(String::valueOf).toList();
    }

    private static List<CompletableFuture<RecordMetadata>> sendNumbers(Producer producer, int count) {
        List<CompletableFuture<RecordMetadata>> sent = new ArrayList<>();
        for (String value : numbers(count)) {
            sent.add(producer.send(record(0, value)));
        }
        return sent;
    }

    @Test
    void recordsArriveInOrderWithTheirOffsets() {
        try (StubCluster cluster = StubCluster.start(1)) {
            cluster.topic("t", 1);
            try (Producer producer = Producer.open(config(cluster))) {
                List<CompletableFuture<RecordMetadata>> sent = sendNumbers(producer, 1000);
                producer.flush().join();
                for (int i = 0; i < sent.size(); i++) {
                    assertThat(sent.get(i).join().offset()).isEqualTo(i);
                }
                await().until(() -> producer.bufferedBytes() == 0);
            }
            assertThat(cluster.values("t", 0)).isEqualTo(numbers(1000));
        }
    }

    @Test
    void aLostAnswerDoesNotWriteTwice() {
        try (StubCluster cluster = StubCluster.start(1)) {
            cluster.topic("t", 1);
            AtomicInteger produced = new AtomicInteger();
            cluster.faults((api, broker) ->
                    api == ApiKey.PRODUCE && List.of(1, 2, 6, 11, 19).contains(produced.incrementAndGet())
                            ? new Fault.CloseAfter()
                            : new Fault.None());
            try (Producer producer = Producer.open(config(cluster))) {
                sendNumbers(producer, 500).forEach(CompletableFuture::join);
            }
            assertThat(cluster.values("t", 0)).isEqualTo(numbers(500));
        }
    }

    @Test
    void withoutIdempotenceALostAnswerMayWriteTwice() {
        try (StubCluster cluster = StubCluster.start(1)) {
            cluster.topic("t", 1);
            AtomicInteger produced = new AtomicInteger();
            cluster.faults((api, broker) -> api == ApiKey.PRODUCE && produced.incrementAndGet() == 1
                    ? new Fault.CloseAfter()
                    : new Fault.None());
            try (Producer producer = Producer.open(config(cluster).withAcks(Acks.LEADER))) {
                producer.send(record(0, "once")).join();
            }
            assertThat(cluster.values("t", 0)).containsExactly("once", "once");
            assertThat(cluster.requests(ApiKey.INIT_PRODUCER_ID)).isZero();
        }
    }

    @Test
    void theNewLeaderIsFollowedInOrder() {
        try (StubCluster cluster = StubCluster.start(3)) {
            cluster.topic("t", 1);
            try (Producer producer = Producer.open(config(cluster))) {
                List<CompletableFuture<RecordMetadata>> sent = new ArrayList<>();
                for (int i = 0; i < 900; i++) {
                    sent.add(producer.send(record(0, String.valueOf(i))));
                    if (i % 100 == 99) {
                        cluster.lead("t", 0, i / 100 % 3);
                    }
                }
                sent.forEach(CompletableFuture::join);
            }
            assertThat(cluster.values("t", 0)).isEqualTo(numbers(900));
        }
    }

    @Test
    void aRefusedRecordFailsAloneAndTheOthersKeepTheirOrder() {
        try (StubCluster cluster = StubCluster.start(1)) {
            cluster.topic("t", 1);
            AtomicInteger produced = new AtomicInteger();
            cluster.faults((api, broker) -> api == ApiKey.PRODUCE && produced.incrementAndGet() == 2
                    ? new Fault.Refuse(ErrorCode.INVALID_RECORD)
                    : new Fault.None());
            int failed = 0;
            List<String> delivered = new ArrayList<>();
            try (Producer producer = Producer.open(config(cluster))) {
                List<CompletableFuture<RecordMetadata>> sent = sendNumbers(producer, 1000);
                for (int i = 0; i < sent.size(); i++) {
                    try {
                        sent.get(i).join();
                        delivered.add(String.valueOf(i));
                    } catch (CompletionException e) {
                        assertThat(e.getCause()).isInstanceOf(RefusedException.class);
                        failed++;
                    }
                }
            }
            assertThat(failed).isPositive().isLessThan(200);
            assertThat(cluster.values("t", 0)).isEqualTo(delivered);
        }
    }

    @Test
    void aBatchThatIsTooLargeIsSplit() {
        try (StubCluster cluster = StubCluster.start(1)) {
            cluster.topic("t", 1);
            cluster.maxBatchBytes("t", 0, 150);
            try (Producer producer = Producer.open(config(cluster).withBatching(5, 2048, 4096))) {
                sendNumbers(producer, 300).forEach(CompletableFuture::join);
                await().until(() -> producer.bufferedBytes() == 0);
            }
            assertThat(cluster.values("t", 0)).isEqualTo(numbers(300));
        }
    }

    @Test
    void aBrokerThatForgotTheProducerGetsANewEpoch() {
        try (StubCluster cluster = StubCluster.start(1)) {
            cluster.topic("t", 1);
            try (Producer producer = Producer.open(config(cluster))) {
                for (int i = 0; i < 50; i++) {
                    producer.send(record(0, String.valueOf(i))).join();
                    if (i % 10 == 9) {
                        cluster.forgetProducers("t", 0);
                    }
                }
            }
            assertThat(cluster.values("t", 0)).isEqualTo(numbers(50));
        }
    }

    @Test
    void everyRecordIsWrittenOnceAtMostWhateverGoesWrong() {
        for (int seed = 1; seed <= FAULTY_RUNS; seed++) {
            faultyRun(seed);
        }
    }

    private static void faultyRun(long seed) {
        Random random = new Random(seed);
        int partitions = 3;
        try (StubCluster cluster = StubCluster.start(2)) {
            cluster.topic("t", partitions);
            cluster.faults((api, broker) -> api == ApiKey.PRODUCE ? randomFault(random) : new Fault.None());
            List<List<String>> sent = new ArrayList<>();
            List<List<CompletableFuture<RecordMetadata>>> outcomes = new ArrayList<>();
            for (int i = 0; i < partitions; i++) {
                sent.add(new ArrayList<>());
                outcomes.add(new ArrayList<>());
            }
            try (Producer producer = Producer.open(config(cluster))) {
                for (int i = 0; i < 600; i++) {
                    int partition = random.nextInt(partitions);
                    String value = partition + "-" + i;
                    sent.get(partition).add(value);
                    outcomes.get(partition).add(producer.send(record(partition, value)));
                    if (random.nextInt(60) == 0) {
                        cluster.lead("t", partition, random.nextInt(2));
                    }
                    if (random.nextInt(150) == 0) {
                        cluster.forgetProducers("t", partition);
                    }
                }
            }
            for (int partition = 0; partition < partitions; partition++) {
                check("seed " + seed, cluster.values("t", partition), sent.get(partition), outcomes.get(partition));
            }
        }
    }

    private static Fault randomFault(Random random) {
        return switch (random.nextInt(24)) {
            case 0 -> new Fault.CloseBefore();
            case 1, 2 -> new Fault.CloseAfter();
            case 3 -> new Fault.Refuse(ErrorCode.NOT_LEADER_OR_FOLLOWER);
            case 4 -> new Fault.DoAndRefuse(ErrorCode.REQUEST_TIMED_OUT);
            case 5 -> new Fault.DoAndRefuse(ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND);
            case 6 -> new Fault.Refuse(ErrorCode.NOT_ENOUGH_REPLICAS);
            case 7 -> random.nextInt(3) == 0 ? new Fault.Refuse(ErrorCode.INVALID_RECORD) : new Fault.None();
            default -> new Fault.None();
        };
    }

    private static void check(
            String run, List<String> log, List<String> sent, List<CompletableFuture<RecordMetadata>> outcomes) {
        assertThat(log).as(run).doesNotHaveDuplicates();
        List<String> deliveredInOrder = new ArrayList<>();
        for (int i = 0; i < sent.size(); i++) {
            try {
                RecordMetadata metadata = outcomes.get(i).join();
                deliveredInOrder.add(sent.get(i));
                if (metadata.offset() >= 0) {
                    assertThat(log.get((int) metadata.offset())).as(run).isEqualTo(sent.get(i));
                }
            } catch (CompletionException e) {
                if (!(e.getCause() instanceof OutcomeUnknownException)) {
                    assertThat(log).as(run + " " + e.getCause()).doesNotContain(sent.get(i));
                }
            }
        }
        assertThat(log).as(run).containsAll(deliveredInOrder);
        List<String> logOfDelivered = new ArrayList<>(log);
        logOfDelivered.retainAll(new HashSet<>(deliveredInOrder));
        assertThat(logOfDelivered).as(run).isEqualTo(deliveredInOrder);
    }

    @Test
    void aFullBufferRefusesAfterTheTimeAllowed() {
        try (StubCluster cluster = StubCluster.start(1)) {
            cluster.topic("t", 1);
            cluster.faults((api, broker) -> api == ApiKey.PRODUCE ? new Fault.Ignore() : new Fault.None());
            Producer producer =
                    Producer.open(config(cluster).withBuffer(4096, 3_000).withDeliveryTimeoutMs(60_000));
            assertThatThrownBy(() -> sendNumbers(producer, 1000))
                    .isInstanceOf(BufferFullException.class)
                    .hasMessageContaining("4096 bytes is full")
                    .hasMessageContaining("bufferBytes");
            producer.close(0);
            assertThat(producer.bufferedBytes()).isPositive();
        }
    }

    @Test
    void whatIsNeverAnsweredEndsAtTheDeliveryTimeoutAsUnknown() {
        try (StubCluster cluster = StubCluster.start(1)) {
            cluster.topic("t", 1);
            cluster.faults((api, broker) -> api == ApiKey.PRODUCE ? new Fault.CloseAfter() : new Fault.None());
            try (Producer producer = Producer.open(config(cluster).withDeliveryTimeoutMs(2_000))) {
                assertThatThrownBy(() -> producer.send(record(0, "x")).get(60, TimeUnit.SECONDS))
                        .hasCauseInstanceOf(OutcomeUnknownException.class)
                        .hasMessageContaining("may or may not be in the log");
            }
            assertThat(cluster.values("t", 0)).containsExactly("x");
        }
    }

    @Test
    void whatCouldNeverBeSentEndsAtTheDeliveryTimeoutAsNotWritten() {
        try (StubCluster cluster = StubCluster.start(1)) {
            cluster.topic("t", 1);
            cluster.faults((api, broker) ->
                    api == ApiKey.PRODUCE ? new Fault.Refuse(ErrorCode.NOT_ENOUGH_REPLICAS) : new Fault.None());
            try (Producer producer = Producer.open(config(cluster).withDeliveryTimeoutMs(300))) {
                assertThatThrownBy(() -> producer.send(record(0, "x")).get(60, TimeUnit.SECONDS))
                        .hasCauseInstanceOf(ClientTimeoutException.class);
            }
            assertThat(cluster.values("t", 0)).isEmpty();
        }
    }

    @Test
    void anUnknownTopicAndAnUnknownPartitionAreNamed() {
        try (StubCluster cluster = StubCluster.start(1)) {
            cluster.topic("t", 2);
            try (Producer producer = Producer.open(config(cluster).withBuffer(1024 * 1024, 2_000))) {
                assertThatThrownBy(() -> producer.send(ProducerRecord.of("nowhere", null, new byte[1])))
                        .isInstanceOf(UnknownTopicException.class)
                        .hasMessageContaining("there is no topic 'nowhere'");
                assertThatThrownBy(() -> producer.send(record(7, "x")))
                        .isInstanceOf(UnknownTopicException.class)
                        .hasMessageContaining("no partition 7: it has 0 to 1");
            }
        }
    }

    @Test
    void aRecordOverTheRequestBoundIsRefused() {
        try (StubCluster cluster = StubCluster.start(1)) {
            cluster.topic("t", 1);
            try (Producer producer = Producer.open(config(cluster))) {
                assertThatThrownBy(() -> producer.send(ProducerRecord.of("t", null, new byte[4096])))
                        .isInstanceOf(RefusedException.class)
                        .extracting(e -> ((ClientException) e).errorCode())
                        .isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
                RecordMetadata large = producer.send(ProducerRecord.of("t", null, new byte[3900]))
                        .join();
                assertThat(large.partition()).isEqualTo(new TopicPartition("t", 0));
            }
        }
    }

    @Test
    void acksZeroSendsWithoutAnswers() {
        try (StubCluster cluster = StubCluster.start(1)) {
            cluster.topic("t", 1);
            try (Producer producer = Producer.open(config(cluster).withAcks(Acks.NONE))) {
                RecordMetadata metadata = producer.send(record(0, "x")).join();
                assertThat(metadata.offset()).isEqualTo(RecordMetadata.UNKNOWN_OFFSET);
                await().until(() -> cluster.values("t", 0).equals(List.of("x")));
            }
        }
    }

    @Test
    void everyCodecIsUnderstood() {
        for (Codec codec : Codec.values()) {
            try (StubCluster cluster = StubCluster.start(1)) {
                cluster.topic("t", 1);
                try (Producer producer = Producer.open(config(cluster).withCodec(codec))) {
                    sendNumbers(producer, 200).forEach(CompletableFuture::join);
                }
                assertThat(cluster.values("t", 0)).as(codec.toString()).isEqualTo(numbers(200));
            }
        }
    }

    @Test
    void oldBrokersAreSpokenToByTopicName() {
        try (StubCluster cluster = StubCluster.start(1)) {
            cluster.topic("t", 1);
            cluster.highestVersion(ApiKey.PRODUCE, 5);
            cluster.highestVersion(ApiKey.METADATA, 5);
            cluster.highestVersion(ApiKey.API_VERSIONS, 1);
            cluster.highestVersion(ApiKey.INIT_PRODUCER_ID, 0);
            try (Producer producer = Producer.open(config(cluster))) {
                sendNumbers(producer, 50).forEach(CompletableFuture::join);
            }
            assertThat(cluster.values("t", 0)).isEqualTo(numbers(50));
        }
    }
}
