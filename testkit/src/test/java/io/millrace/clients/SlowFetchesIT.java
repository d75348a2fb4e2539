package io.millrace.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.network.server.BoundListener;
import io.millrace.testkit.TestBroker;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.Records;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients that read a little now and then, each in the middle of an answer that ends in the newest records of a log. */
class SlowFetchesIT {

    private static final int MEMORY_BYTES = 8 << 20;
    private static final int CLIENTS = 20;
    /** Too little for a segment write of its own, so the batch stays in the tail until memory runs short. */
    private static final int HOT_BYTES = 250_000;
    /** More than the two sockets of a connection hold and all sips of this test take. */
    private static final int COLD_BYTES = 12 << 20;

    private static final int SIP_BYTES = 64 * 1024;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final TestBroker broker = TestBroker.start(
            "millrace.shards",
            "1",
            "millrace.tail.memory.bytes",
            "" + MEMORY_BYTES,
            "fetch.max.bytes",
            "67108864",
            "millrace.admin.port",
            "0");
    private final JavaClients clients = new JavaClients(broker);
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<SlowClient> slow = new ArrayList<>();

    @AfterEach
    void stop() throws IOException {
        for (SlowClient client : slow) {
            client.close();
        }
        http.close();
        broker.close();
        assertThat(broker.fatal()).isEmpty();
    }

    /** Asks once and takes the answer in sips: always some progress, so the broker has no reason to close it. */
    private static final class SlowClient implements AutoCloseable {

        private final Socket socket = new Socket();
        private final DataInputStream in;
        private final RequestHeader header;
        private final ByteBuffer answer;

        SlowClient(BoundListener listener, FetchRequest request) throws IOException {
            socket.setReceiveBufferSize(SIP_BYTES / 4);
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.connect(new InetSocketAddress(listener.advertisedHost(), listener.advertisedPort()));
            header = new RequestHeader(request.apiKey(), request.version(), "slow", 1);
            ByteBuffer bytes = request.serializeWithHeader(header);
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeInt(bytes.remaining());
            out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
            out.flush();
            in = new DataInputStream(socket.getInputStream());
            answer = ByteBuffer.allocate(in.readInt());
        }

        void sip(int bytes) throws IOException {
            int count = Math.min(bytes, answer.remaining());
            in.readFully(answer.array(), answer.position(), count);
            answer.position(answer.position() + count);
        }

        FetchResponse drain() throws IOException {
            sip(answer.remaining());
            return (FetchResponse) AbstractResponse.parseResponse(answer.flip(), header);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static FetchRequest.PartitionData from(long offset, int maxBytes) {
        return new FetchRequest.PartitionData(Uuid.ZERO_UUID, offset, 0, maxBytes, Optional.empty(), Optional.empty());
    }

    private static FetchRequest fetch(int hotPartition) {
        Map<TopicPartition, FetchRequest.PartitionData> asked = new LinkedHashMap<>();
        asked.put(new TopicPartition("cold", 0), from(0, COLD_BYTES));
        if (hotPartition >= 0) {
            asked.put(new TopicPartition("hot", hotPartition), from(0, 1 << 20));
        }
        return FetchRequest.Builder.forConsumer((short) 11, 0, 1, asked)
                .setMaxBytes(64 << 20)
                .build((short) 11);
    }

    private static String value(int partition, int bytes) {
        return (1_000_000 + partition + "-").repeat(bytes / 8);
    }

    private static int recordBytes(FetchResponseData.PartitionData partition) {
        return FetchResponse.recordsSize(partition);
    }

    private double metric(String name) {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(Objects.requireNonNull(broker.broker().adminUrl()) + "/metrics"))
                .timeout(PATIENCE)
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString())
                    .body()
                    .lines()
                    .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void sipAll() throws IOException {
        for (SlowClient client : slow) {
            client.sip(SIP_BYTES);
        }
    }

    /** Until the cold range comes from a segment, in full and at the first try: the look-up of it is kept. */
    private void makeCold(KafkaProducer<String, String> producer) throws Exception {
        for (int bytes = 0; bytes < COLD_BYTES + (2 << 20); bytes += HOT_BYTES) {
            producer.send(new ProducerRecord<>("cold", value(77, HOT_BYTES))).get();
        }
        BoundListener listener = broker.broker().listeners().getFirst();
        await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            try (SlowClient client = new SlowClient(listener, fetch(-1))) {
                return recordBytes(client.drain()
                                .data()
                                .responses()
                                .getFirst()
                                .partitions()
                                .getFirst())
                        > COLD_BYTES - 2 * HOT_BYTES;
            }
        });
        await().atMost(PATIENCE).until(() -> metric("millrace_tail_used_bytes") <= 2 << 20);
    }

    @Test
    void keepNoMemoryFromProducersAndGetTheirBytes() throws Exception {
        try (Admin admin = clients.admin()) {
            admin.createTopics(List.of(
                            new NewTopic("cold", 1, (short) 1),
                            new NewTopic("hot", CLIENTS, (short) 1),
                            new NewTopic("other", 1, (short) 1)))
                    .all()
                    .get();
        }
        BoundListener listener = broker.broker().listeners().getFirst();
        try (KafkaProducer<String, String> producer = clients.producer(Map.of("linger.ms", 0))) {
            makeCold(producer);
            for (int i = 0; i < CLIENTS; i++) {
                producer.send(new ProducerRecord<>("hot", i, null, value(i, HOT_BYTES)))
                        .get();
                slow.add(new SlowClient(listener, fetch(i)));
                sipAll();
            }
            for (int i = 0; i < 30; i++) {
                producer.send(new ProducerRecord<>("other", value(i, HOT_BYTES)))
                        .get();
                sipAll();
            }
        }
        // All that is left is what sockets and the segment writers' threshold keep; the answers are far from sent.
        await().pollInterval(Duration.ofSeconds(1)).atMost(PATIENCE).until(() -> {
            sipAll();
            return metric("millrace_tail_used_bytes") <= MEMORY_BYTES / 2.0;
        });
        assertThat(metric("millrace_tail_moved_bytes_total")).isGreaterThan(2.0 * HOT_BYTES);
        assertThat(metric("millrace_tail_lost_slices_total")).isZero();
        int withHotRecords = 0;
        for (int i = 0; i < CLIENTS; i++) {
            withHotRecords += checkedHotRecords(slow.get(i).drain(), i);
        }
        // The others' batches had left the tail when they came, and would have been answered at once next time.
        assertThat(withHotRecords).isGreaterThan(CLIENTS / 2);
    }

    private static int checkedHotRecords(FetchResponse answer, int partition) {
        int found = 0;
        for (FetchResponseData.FetchableTopicResponse topic : answer.data().responses()) {
            for (FetchResponseData.PartitionData part : topic.partitions()) {
                int expected = topic.topic().equals("cold") ? 77 : partition;
                for (RecordBatch batch : ((Records) part.records()).batches()) {
                    batch.ensureValid();
                    for (Record record : batch) {
                        assertThat(StandardCharsets.UTF_8.decode(record.value()).toString())
                                .isEqualTo(value(expected, HOT_BYTES));
                        found += topic.topic().equals("hot") ? 1 : 0;
                    }
                }
            }
        }
        return found;
    }
}
