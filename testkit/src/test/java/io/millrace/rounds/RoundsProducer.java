package io.millrace.rounds;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Produces the numbers from 0 on, round-robin over the partitions, about a thousand a second, and keeps which offset the broker
 * acknowledged for each. Owned by a thread of its own; {@link #acknowledged} is for everybody, the rest for after {@link #stop}.
 */
final class RoundsProducer {

    private static final int BURST = 20;
    private static final int PAUSE_MS = 20;

    private final String bootstrap;
    private final String topic;
    private final int partitions;
    /** By partition: number by offset. Filled on the client's own thread. */
    private final List<Map<Long, Long>> numbers = new ArrayList<>();

    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final Thread thread = new Thread(this::produce, "producer");
    private volatile boolean producing = true;

    RoundsProducer(String bootstrap, String topic, int partitions) {
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.partitions = partitions;
        for (int i = 0; i < partitions; i++) {
            numbers.add(new HashMap<>());
        }
    }

    void start() {
        thread.start();
    }

    long acknowledged() {
        return acknowledged.get();
    }

    /** Waits until everything sent is answered. */
    void stop() throws InterruptedException {
        producing = false;
        thread.join();
    }

    /** How many the producer gave up. */
    long failed() {
        return failed.get();
    }

    List<Map<Long, Long>> numbers() {
        return numbers;
    }

    private void produce() {
        Map<String, Object> config = Map.of("bootstrap.servers", bootstrap, "delivery.timeout.ms", 300_000);
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            for (long i = 0; producing; i++) {
                long number = i;
                Future<RecordMetadata> _ = producer.send(
                        new ProducerRecord<>(topic, (int) (i % partitions), null, Long.toString(i)), (sent, error) -> {
                            if (error != null) {
                                System.err.println("not sent: " + number + " " + error);
                                failed.incrementAndGet();
                                return;
                            }
                            numbers.get(sent.partition()).put(sent.offset(), number);
                            acknowledged.incrementAndGet();
                        });
                if (i % BURST == 0) {
                    Thread.sleep(PAUSE_MS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
