package io.millrace.bench.load;

import java.io.IOException;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * A producer at a fixed rate on a topic with one partition and, when wanted, a consumer of it, both going on until closed; what
 * they felt can be taken at any time. A record's way to the consumer counts from its intended send time, as the producer's
 * acknowledgement does. Owned by the program's thread.
 */
public final class LiveLoad implements AutoCloseable {

    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final int IN_FLIGHT = 10_000;

    private final ProduceConnection producer;
    private final LiveConsumer consumer;
    private final List<Thread> threads;

    /** What was felt since the last look. */
    public record Felt(Histogram producedNs, Histogram consumedNs) {}

    /** @param shape one record a batch, one partition, a topic that is empty */
    public LiveLoad(String bootstrap, ProduceShape shape, int requestsPerSecond) throws IOException {
        if (shape.partitions() != 1 || shape.recordsPerBatch() != 1) {
            throw new IllegalArgumentException(
                    "one partition and one record a batch, so that offset and request agree");
        }
        producer = new ProduceConnection(bootstrap, shape.frames(), 0, IN_FLIGHT);
        consumer = new LiveConsumer(bootstrap, shape.topic(), producer);
        long startNs = System.nanoTime();
        threads = List.of(
                LoadThreads.start(
                        "live-send",
                        () -> producer.sendAtRate(startNs, Long.MAX_VALUE, NANOS_PER_SECOND / requestsPerSecond)),
                LoadThreads.start("live-receive", producer::receive),
                LoadThreads.start("live-consume", consumer::consume));
    }

    public Felt felt() {
        return new Felt(producer.latencyNs(), consumer.latencyNs());
    }

    public long errors() {
        return producer.errors();
    }

    @Override
    public void close() {
        producer.stop();
        consumer.stop();
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
