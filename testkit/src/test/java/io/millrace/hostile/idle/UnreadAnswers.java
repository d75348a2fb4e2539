package io.millrace.hostile.idle;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.RequestHeader;

/** A client that asks for as much as it can, one request behind another, and reads nothing. Owned by its thread. */
final class UnreadAnswers {

    private static final long PATIENCE_MS = 120_000;

    private final SocketChannel channel;
    private final ByteBuffer request;
    private long requests;

    private UnreadAnswers(int port, AbstractRequest request) throws IOException {
        this.channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        ByteBuffer body =
                request.serializeWithHeader(new RequestHeader(request.apiKey(), request.version(), "never-reads", 1));
        this.request = ByteBuffer.allocate(Integer.BYTES + body.remaining())
                .putInt(body.remaining())
                .put(body)
                .flip();
    }

    static UnreadAnswers fetches(int port, String topic, int partitions) throws IOException {
        Map<TopicPartition, FetchRequest.PartitionData> asked = new LinkedHashMap<>();
        for (int i = 0; i < partitions; i++) {
            asked.put(
                    new TopicPartition(topic, i),
                    new FetchRequest.PartitionData(Uuid.ZERO_UUID, 0, 0, 50 << 20, Optional.empty(), Optional.empty()));
        }
        return new UnreadAnswers(
                port, FetchRequest.Builder.forConsumer((short) 11, 0, 1, asked).build((short) 11));
    }

    static UnreadAnswers metadata(int port) throws IOException {
        return new UnreadAnswers(
                port,
                new MetadataRequest.Builder(
                                MetadataRequest.Builder.allTopics().build().data())
                        .build(ApiKeys.METADATA.latestVersion()));
    }

    /** Asks until the broker closes the connection; after how long, in ms, or -1 when it did not. */
    long askUntilDropped() throws IOException, InterruptedException {
        long start = System.nanoTime();
        channel.configureBlocking(false);
        ByteBuffer left = request.duplicate();
        while (System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS)) {
            try {
                if (channel.write(left) == 0) {
                    TimeUnit.MILLISECONDS.sleep(50);
                }
            } catch (IOException closed) {
                channel.close();
                return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            }
            if (!left.hasRemaining()) {
                left = request.duplicate();
                requests++;
            }
        }
        channel.close();
        return -1;
    }

    /** Requests that went out whole. */
    long requests() {
        return requests;
    }

    static List<UnreadAnswers> some(int count, int port, String topic, int partitions) throws IOException {
        UnreadAnswers[] some = new UnreadAnswers[count];
        for (int i = 0; i < count; i++) {
            some[i] = i % 2 == 0 ? fetches(port, topic, partitions) : metadata(port);
        }
        return List.of(some);
    }
}
