package io.millrace.bench.compaction;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SynchronizedHistogram;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A producer at a steady rate on a topic of its own; the time of each ack counts from when its send was due. */
@SuppressWarnings({"try", "FutureReturnValueIgnored"}) // an interrupt ends the program; the callback measures
final class PacedProducer implements AutoCloseable {

    private static final int PER_SECOND = 500;
    private static final long HIGHEST_US = 60_000_000;

    private final AtomicReference<Histogram> latencies = new AtomicReference<>(fresh());
    private final KafkaProducer<byte[], byte[]> producer;
    private final Thread thread;
    private volatile boolean stopped;

    PacedProducer(String bootstrap, String topic) {
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap, "acks", "all", "linger.ms", 0),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        thread = new Thread(() -> send(topic), "paced-producer");
        thread.setDaemon(true);
        thread.start();
    }

    private static Histogram fresh() {
        return new SynchronizedHistogram(HIGHEST_US, 3);
    }

    private void send(String topic) {
        byte[] value = new byte[1024];
        long dueNs = System.nanoTime();
        while (!stopped) {
            dueNs += 1_000_000_000L / PER_SECOND;
            long waitNs = dueNs - System.nanoTime();
            if (waitNs > 0) {
                try {
                    TimeUnit.NANOSECONDS.sleep(waitNs);
                } catch (InterruptedException e) {
                    return;
                }
            }
            long sentNs = dueNs;
            producer.send(new ProducerRecord<>(topic, value), (ack, failure) -> {
                long tookUs = (System.nanoTime() - sentNs) / 1000;
                latencies.get().recordValue(Math.min(HIGHEST_US, Math.max(0, tookUs)));
            });
        }
    }

    /** What was measured since the last call. */
    String taken() {
        Histogram past = latencies.getAndSet(fresh());
        return "acks=%d p50=%.1fms p99=%.1fms max=%.1fms"
                .formatted(
                        past.getTotalCount(),
                        past.getValueAtPercentile(50) / 1000.0,
                        past.getValueAtPercentile(99) / 1000.0,
                        past.getMaxValue() / 1000.0);
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        thread.interrupt();
        thread.join();
        producer.close(Duration.ofSeconds(10));
    }
}
