package io.millrace.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.connection.ClientConfig;
import io.millrace.client.consumer.Consumer;
import io.millrace.client.consumer.ConsumerConfig;
import io.millrace.client.consumer.ConsumerRecord;
import io.millrace.client.consumer.OffsetReset;
import io.millrace.client.error.ClientException;
import io.millrace.client.error.RefusedException;
import io.millrace.client.error.UnknownTopicException;
import io.millrace.clients.stub.Fault;
import io.millrace.clients.stub.StubCluster;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.compress.Codec;
import io.millrace.protocol.message.ApiKey;
import io.millrace.protocol.record.RecordBatchBuilder;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the native consumer makes of lost answers, moving leaders, damaged batches and lost positions. */
@Timeout(300)
class ConsumerFaultTest {

    private static final TopicPartition T0 = new TopicPartition("t", 0);
    private static final Duration POLL = Duration.ofMillis(200);

    private static ConsumerConfig config(StubCluster cluster) {
        return ConsumerConfig.of(ClientConfig.of(cluster.bootstrap())
                        .withTimeouts(60_000, 60_000, 60_000)
                        .withRetryBackoffMs(1, 5))
                .withFetch(20, 64 * 1024, 4 * 1024)
                .withPrefetchBytes(16 * 1024)
                .withMaxPollRecords(100);
    }

    private static byte[] batch(long baseOffset, Codec codec, String... values) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(1024, 1024 * 1024).codec(codec)) {
            builder.baseOffset(baseOffset);
            for (String value : values) {
                builder.append(1_000, null, value.getBytes(UTF_8));
            }
            ByteBuffer built = builder.build();
            byte[] bytes = new byte[built.remaining()];
            built.get(bytes);
            return bytes;
        }
    }

    /** Appends numbers as batches of ten; returns how many. */
    private static int fill(StubCluster cluster, int partition, int batches, Codec codec) {
        int offset = 0;
        for (int i = 0; i < batches; i++) {
            String[] values = new String[10];
            for (int j = 0; j < values.length; j++) {
                values[j] = partition + "-" + (offset + j);
            }
            cluster.appendRaw("t", partition, batch(offset, codec, values), values.length);
            offset += values.length;
        }
        return offset;
    }

    private static List<ConsumerRecord> read(Consumer consumer, int count) {
        List<ConsumerRecord> records = new ArrayList<>();
        long deadlineNs = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (records.size() < count && System.nanoTime() < deadlineNs) {
            records.addAll(consumer.poll(POLL));
        }
        return records;
    }

    private static void assertComplete(List<ConsumerRecord> records, int partition, int count) {
        List<ConsumerRecord> own = records.stream()
                .filter(each -> each.partition().partition() == partition)
                .toList();
        assertThat(own).hasSize(count);
        for (int i = 0; i < count; i++) {
            assertThat(own.get(i).offset()).isEqualTo(i);
            assertThat(new String(own.get(i).value(), UTF_8)).isEqualTo(partition + "-" + i);
        }
    }

    @Test
    void recordsComeOnceAndInOrderWhateverGoesWrong() {
        for (int seed = 1; seed <= 10; seed++) {
            Random random = new Random(seed);
            try (StubCluster cluster = StubCluster.start(2)) {
                cluster.topic("t", 3);
                int count = 0;
                for (int partition = 0; partition < 3; partition++) {
                    count = fill(
                            cluster,
                            partition,
                            100,
                            List.of(Codec.values()).get(random.nextInt(Codec.values().length)));
                }
                cluster.faults((api, broker) -> api == ApiKey.FETCH ? randomFault(random) : new Fault.None());
                try (Consumer consumer = Consumer.open(config(cluster).withReset(OffsetReset.EARLIEST))) {
                    consumer.assign(List.of(T0, new TopicPartition("t", 1), new TopicPartition("t", 2)));
                    List<ConsumerRecord> records = new ArrayList<>();
                    while (records.size() < 3 * count) {
                        records.addAll(consumer.poll(POLL));
                        if (random.nextInt(4) == 0) {
                            cluster.lead("t", random.nextInt(3), random.nextInt(2));
                        }
                    }
                    for (int partition = 0; partition < 3; partition++) {
                        assertComplete(records, partition, count);
                    }
                    assertThat(consumer.poll(Duration.ofMillis(50))).isEmpty();
                    assertThat(consumer.position(T0)).isEqualTo(count);
                }
            }
        }
    }

    private static Fault randomFault(Random random) {
        return switch (random.nextInt(12)) {
            case 0 -> new Fault.CloseBefore();
            case 1 -> new Fault.CloseAfter();
            case 2 -> new Fault.Refuse(ErrorCode.NOT_LEADER_OR_FOLLOWER);
            case 3 -> new Fault.Refuse(ErrorCode.FENCED_LEADER_EPOCH);
            case 4 -> new Fault.Refuse(ErrorCode.UNKNOWN_TOPIC_ID);
            default -> new Fault.None();
        };
    }

    @Test
    void aPollMayWaitForEver() {
        try (StubCluster cluster = StubCluster.start(1)) {
            cluster.topic("t", 1);
            fill(cluster, 0, 1, Codec.NONE);
            try (Consumer consumer = Consumer.open(config(cluster))) {
                consumer.assign(List.of(T0));
                consumer.seek(T0, 0);
                assertThat(consumer.poll(Duration.ofMillis(Long.MAX_VALUE))).isNotEmpty();
            }
        }
    }

    @Test
    void aSeekIntoABatchSkipsWhatIsBeforeIt() {
        try (StubCluster cluster = StubCluster.start(1)) {
            cluster.topic("t", 1);
            fill(cluster, 0, 5, Codec.LZ4);
            try (Consumer consumer = Consumer.open(config(cluster))) {
                consumer.assign(List.of(T0));
                consumer.seek(T0, 17);
                assertThat(read(consumer, 33).getFirst().offset()).isEqualTo(17);
                assertThat(consumer.position(T0)).isEqualTo(50);
                consumer.seek(T0, 3);
                assertThat(read(consumer, 47).getFirst().offset()).isEqualTo(3);
            }
        }
    }

    @Test
    void beginningEndAndPositionAreLookedUp() {
        try (StubCluster cluster = StubCluster.start(1)) {
            cluster.topic("t", 1);
            int count = fill(cluster, 0, 5, Codec.NONE);
            cluster.startOffset("t", 0, 20);
            try (Consumer consumer = Consumer.open(config(cluster).withReset(OffsetReset.LATEST))) {
                assertThat(consumer.beginningOffsets(List.of(T0))).containsEntry(T0, 20L);
                assertThat(consumer.endOffsets(List.of(T0))).containsEntry(T0, (long) count);
                consumer.assign(List.of(T0));
                assertThat(consumer.position(T0)).isEqualTo(count);
                consumer.seekToBeginning(List.of(T0));
                assertThat(consumer.position(T0)).isEqualTo(20);
                assertThat(read(consumer, 30)).hasSize(30);
            }
        }
    }

    @Test
    void aPositionOutsideTheLogFollowsThePolicy() {
        try (StubCluster cluster = StubCluster.start(1)) {
            cluster.topic("t", 1);
            fill(cluster, 0, 5, Codec.NONE);
            cluster.startOffset("t", 0, 20);
            try (Consumer earliest = Consumer.open(config(cluster).withReset(OffsetReset.EARLIEST))) {
                earliest.assign(List.of(T0));
                earliest.seek(T0, 5);
                assertThat(read(earliest, 30).getFirst().offset()).isEqualTo(20);
            }
            try (Consumer latest = Consumer.open(config(cluster).withReset(OffsetReset.LATEST))) {
                latest.assign(List.of(T0));
                latest.seek(T0, 5);
                assertThat(latest.poll(POLL)).isEmpty();
                assertThat(latest.position(T0)).isEqualTo(50);
            }
            try (Consumer strict = Consumer.open(config(cluster))) {
                strict.assign(List.of(T0));
                assertThatThrownBy(() -> strict.poll(POLL))
                        .isInstanceOf(RefusedException.class)
                        .hasMessageContaining("no position yet");
                strict.seek(T0, 5);
                assertThatThrownBy(() -> read(strict, 1))
                        .hasMessageContaining("offset 5 is outside the log, which starts at 20")
                        .extracting(e -> ((ClientException) e).errorCode())
                        .isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
                strict.seek(T0, 20);
                assertThat(read(strict, 30)).hasSize(30);
            }
        }
    }

    @Test
    void aDamagedBatchIsNeverPassedOver() {
        try (StubCluster cluster = StubCluster.start(1)) {
            cluster.topic("t", 1);
            cluster.appendRaw("t", 0, batch(0, Codec.NONE, "a", "b"), 2);
            byte[] damaged = batch(2, Codec.NONE, "c", "d");
            damaged[damaged.length - 1] ^= 1;
            cluster.appendRaw("t", 0, damaged, 2);
            cluster.appendRaw("t", 0, batch(4, Codec.NONE, "e"), 1);
            try (Consumer consumer = Consumer.open(config(cluster).withReset(OffsetReset.EARLIEST))) {
                consumer.assign(List.of(T0));
                assertThat(read(consumer, 2)).hasSize(2);
                for (int attempt = 0; attempt < 2; attempt++) {
                    assertThatThrownBy(() -> read(consumer, 1))
                            .isInstanceOf(RefusedException.class)
                            .hasMessageContaining("at offset 2: the batch is damaged: its checksum is wrong")
                            .hasMessageContaining("seek past offset 3");
                    assertThat(consumer.position(T0)).isEqualTo(2);
                }
                consumer.seek(T0, 4);
                assertThat(new String(read(consumer, 1).getFirst().value(), UTF_8))
                        .isEqualTo("e");
            }
        }
    }

    @Test
    void controlBatchesArePassedOver() {
        try (StubCluster cluster = StubCluster.start(1);
                RecordBatchBuilder builder = new RecordBatchBuilder(256, 4096)) {
            cluster.topic("t", 1);
            cluster.appendRaw("t", 0, batch(0, Codec.NONE, "a"), 1);
            builder.control(true).transactional(true).baseOffset(1).append(1, new byte[4], new byte[6]);
            ByteBuffer control = builder.build();
            byte[] bytes = new byte[control.remaining()];
            control.get(bytes);
            cluster.appendRaw("t", 0, bytes, 1);
            cluster.appendRaw("t", 0, batch(2, Codec.NONE, "b"), 1);
            try (Consumer consumer = Consumer.open(config(cluster).withReset(OffsetReset.EARLIEST))) {
                consumer.assign(List.of(T0));
                assertThat(read(consumer, 2)).extracting(ConsumerRecord::offset).containsExactly(0L, 2L);
                assertThat(consumer.position(T0)).isEqualTo(3);
            }
        }
    }

    @Test
    void oneBatchMayBeLargerThanEveryBound() {
        try (StubCluster cluster = StubCluster.start(1)) {
            cluster.topic("t", 1);
            String large = "x".repeat(100_000);
            cluster.appendRaw("t", 0, batch(0, Codec.NONE, large), 1);
            cluster.appendRaw("t", 0, batch(1, Codec.NONE, large), 1);
            try (Consumer consumer = Consumer.open(config(cluster).withReset(OffsetReset.EARLIEST))) {
                consumer.assign(List.of(T0));
                assertThat(read(consumer, 2)).hasSize(2);
            }
        }
    }

    @Test
    void prefetchingStopsAtItsBoundUntilRecordsArePolled() {
        try (StubCluster cluster = StubCluster.start(1)) {
            cluster.topic("t", 1);
            int count = fill(cluster, 0, 500, Codec.NONE);
            try (Consumer consumer = Consumer.open(
                    config(cluster).withReset(OffsetReset.EARLIEST).withMaxPollRecords(1))) {
                consumer.assign(List.of(T0));
                assertThat(consumer.poll(Duration.ofSeconds(60))).hasSize(1);
                org.awaitility.Awaitility.await()
                        .during(Duration.ofMillis(200))
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> cluster.requests(ApiKey.FETCH) <= 6);
                assertThat(read(consumer, count - 1)).hasSize(count - 1);
            }
        }
    }

    @Test
    void anUnknownTopicOrPartitionIsNamed() {
        try (StubCluster cluster = StubCluster.start(1)) {
            cluster.topic("t", 1);
            try (Consumer consumer = Consumer.open(config(cluster).withReset(OffsetReset.EARLIEST))) {
                consumer.assign(List.of(new TopicPartition("nowhere", 0)));
                assertThatThrownBy(() -> read(consumer, 1))
                        .isInstanceOf(UnknownTopicException.class)
                        .hasMessageContaining("there is no topic 'nowhere'");
                consumer.assign(List.of(new TopicPartition("t", 4)));
                assertThatThrownBy(() -> read(consumer, 1)).hasMessageContaining("no partition 4");
            }
        }
    }

    @Test
    void wakeupEndsAPoll() throws InterruptedException {
        try (StubCluster cluster = StubCluster.start(1)) {
            cluster.topic("t", 1);
            try (Consumer consumer = Consumer.open(config(cluster).withReset(OffsetReset.EARLIEST))) {
                consumer.assign(List.of(T0));
                assertThat(consumer.position(T0)).isZero();
                Thread waker = Thread.ofVirtual().start(consumer::wakeup);
                assertThat(consumer.poll(Duration.ofSeconds(30))).isEmpty();
                waker.join();
            }
        }
    }

    @Test
    void oldBrokersAreSpokenToByTopicName() {
        try (StubCluster cluster = StubCluster.start(1)) {
            cluster.topic("t", 1);
            int count = fill(cluster, 0, 10, Codec.SNAPPY);
            cluster.highestVersion(ApiKey.FETCH, 4);
            cluster.highestVersion(ApiKey.METADATA, 1);
            cluster.highestVersion(ApiKey.LIST_OFFSETS, 1);
            cluster.highestVersion(ApiKey.API_VERSIONS, 0);
            try (Consumer consumer = Consumer.open(config(cluster).withReset(OffsetReset.EARLIEST))) {
                consumer.assign(List.of(T0));
                assertThat(read(consumer, count)).hasSize(count);
            }
        }
    }

    @Test
    void aLeaderWithNothingToSayDoesNotKeepTheRoomFromTheOthers() {
        try (StubCluster cluster = StubCluster.start(2)) {
            cluster.topic("t", 2);
            int count = fill(cluster, 1, 100, Codec.NONE);
            // One answer may take all that may be fetched ahead, and the first leader holds its back.
            ConsumerConfig narrow =
                    config(cluster).withFetch(200, 64 * 1024, 4 * 1024).withReset(OffsetReset.EARLIEST);
            try (Consumer consumer = Consumer.open(narrow)) {
                consumer.assign(List.of(T0));
                assertThat(consumer.poll(POLL)).isEmpty();
                consumer.assign(List.of(T0, new TopicPartition("t", 1)));
                assertComplete(read(consumer, count), 1, count);
            }
        }
    }
}
