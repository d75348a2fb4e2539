package io.millrace.hostile;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.jspecify.annotations.Nullable;

/**
 * {@code LargeBatchRun PORT SECONDS}: how long ApiVersions and a small produce to another partition take while one connection sends
 * batches of nearly 1 MB in each codec, and how much of those goes through. Against any broker. Owned by its thread.
 */
public final class LargeBatchRun {

    private static final short PRODUCE_VERSION = 9;
    private static final int IN_FLIGHT = 4;
    private static final int MAX_BATCH_BYTES = 1_000_000;
    private static final int RECORD_BYTES = 1_000;

    private LargeBatchRun() {}

    public static void main(String[] args) throws Exception {
        int port = Integer.parseInt(args[0]);
        int seconds = Integer.parseInt(args[1]);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + port))) {
            if (!admin.listTopics().names().get().contains("large")) {
                admin.createTopics(List.of(new NewTopic("large", 2, (short) 1)
                                .configs(Map.of("retention.bytes", "50000000", "segment.bytes", "20000000"))))
                        .all()
                        .get();
            }
        }
        System.out.println(
                "| large batches | batches/s | unpacked MB/s | ApiVersions p50, p99, max ms | produce elsewhere p50, p99, max ms |");
        System.out.println("|---|---|---|---|---|");
        row(port, seconds, "none", null);
        for (CompressionType type : List.of(CompressionType.LZ4, CompressionType.ZSTD, CompressionType.GZIP)) {
            row(port, seconds, type.name, type);
        }
    }

    private static void row(int port, int seconds, String name, @Nullable CompressionType type) throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong batches = new AtomicLong();
        int records = type == null ? 0 : recordsOfOneBatch(type);
        Thread stream = Thread.ofPlatform().start(() -> {
            if (type != null) {
                stream(port, produce(0, type, records), over, batches);
            }
        });
        long[] apiVersions = new long[100_000];
        long[] produces = new long[100_000];
        int count = 0;
        try (Wire wire = new Wire(port)) {
            AbstractRequest small = produce(1, CompressionType.NONE, 1);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
            while (System.nanoTime() < end) {
                long start = System.nanoTime();
                wire.call(new ApiVersionsRequest.Builder().build((short) 3));
                long between = System.nanoTime();
                wire.call(small);
                apiVersions[count] = between - start;
                produces[count++] = System.nanoTime() - between;
                TimeUnit.MILLISECONDS.sleep(2);
            }
        }
        over.set(true);
        stream.join();
        double rate = (double) batches.get() / seconds;
        System.out.printf(
                "| %s | %.1f | %.0f | %s | %s |%n",
                name, rate, rate * records * RECORD_BYTES / 1e6, times(apiVersions, count), times(produces, count));
    }

    private static String times(long[] ns, int count) {
        long[] sorted = Arrays.copyOf(ns, count);
        Arrays.sort(sorted);
        return String.format(
                "%.1f, %.1f, %.1f", sorted[count / 2] / 1e6, sorted[count * 99 / 100] / 1e6, sorted[count - 1] / 1e6);
    }

    /** So many that the packed batch is as large as a topic allows. */
    private static int recordsOfOneBatch(CompressionType type) {
        int records = 500;
        while (batch(type, records * 5 / 4).sizeInBytes() < MAX_BATCH_BYTES) {
            records = records * 5 / 4;
        }
        return records;
    }

    private static AbstractRequest produce(int partition, CompressionType type, int records) {
        ProduceRequestData data = new ProduceRequestData().setAcks((short) -1).setTimeoutMs(30_000);
        data.topicData()
                .add(new ProduceRequestData.TopicProduceData()
                        .setName("large")
                        .setPartitionData(List.of(new ProduceRequestData.PartitionProduceData()
                                .setIndex(partition)
                                .setRecords(batch(type, records)))));
        return new ProduceRequest(data, PRODUCE_VERSION);
    }

    private static MemoryRecords batch(CompressionType type, int count) {
        Random random = new Random(1);
        long now = System.currentTimeMillis();
        SimpleRecord[] records = new SimpleRecord[count];
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.setLength(0);
            while (text.length() < RECORD_BYTES) {
                text.append("word").append(random.nextInt(3_000)).append(' ');
            }
            records[i] = new SimpleRecord(now, text.substring(0, RECORD_BYTES).getBytes(UTF_8));
        }
        return MemoryRecords.withRecords(Compression.of(type).build(), records);
    }

    private static void stream(int port, AbstractRequest request, AtomicBoolean over, AtomicLong batches) {
        try (Wire wire = new Wire(port)) {
            int inFlight = 0;
            while (!over.get()) {
                while (inFlight < IN_FLIGHT) {
                    wire.send(request);
                    inFlight++;
                }
                wire.answer(request);
                inFlight--;
                batches.incrementAndGet();
            }
        } catch (IOException failure) {
            System.out.println("the stream broke: " + failure);
        }
    }

    /** One connection. */
    private static final class Wire implements AutoCloseable {

        private final Socket socket;
        private final DataInputStream in;

        Wire(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        }

        private static RequestHeader header(AbstractRequest request) {
            return new RequestHeader(request.apiKey(), request.version(), "large-batches", 1);
        }

        void send(AbstractRequest request) throws IOException {
            ByteBuffer body = request.serializeWithHeader(header(request));
            byte[] frame = ByteBuffer.allocate(Integer.BYTES + body.remaining())
                    .putInt(body.remaining())
                    .put(body)
                    .array();
            socket.getOutputStream().write(frame);
        }

        void answer(AbstractRequest request) throws IOException {
            AbstractResponse response =
                    AbstractResponse.parseResponse(ByteBuffer.wrap(in.readNBytes(in.readInt())), header(request));
            if (response instanceof ProduceResponse
                    && !response.errorCounts().keySet().equals(java.util.Set.of(Errors.NONE))) {
                throw new IOException("refused: " + response.errorCounts());
            }
        }

        void call(AbstractRequest request) throws IOException {
            send(request);
            answer(request);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
