package io.millrace.bench.crash;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * One idempotent producer that never stops sending and never gives up, through every crash, so that each retry crosses a restart.
 * Its record {@code n} is {@code "<writer> <n> <padding>"} and goes to partition {@code n mod partitions}. Owned by its thread.
 */
final class Writer implements AutoCloseable {

    private static final int VALUE_BYTES = 120;

    private final Ledger ledger;
    private final String topic;
    private final int partitions;
    private final Semaphore room;
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicReference<@Nullable String> lastError = new AtomicReference<>();
    private final Thread thread;
    private volatile boolean paused;
    private volatile boolean stopping;

    Writer(Ledger ledger, String bootstrap, String topic, int partitions, int maxInFlight) {
        this.ledger = ledger;
        this.topic = topic;
        this.partitions = partitions;
        this.room = new Semaphore(maxInFlight);
        Properties settings = new Properties();
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, "crash-writer-" + ledger.writer());
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 2);
        settings.put(ProducerConfig.BATCH_SIZE_CONFIG, 8192);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 900_000);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 15_000);
        settings.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 200);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 900_000);
        settings.put(ProducerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        this.producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
        this.thread = new Thread(this::write, "crash-writer-" + ledger.writer());
        thread.setDaemon(true);
        thread.start();
    }

    Ledger ledger() {
        return ledger;
    }

    @Nullable
    String lastError() {
        return lastError.get();
    }

    static byte[] value(int writer, int sequence) {
        StringBuilder text = new StringBuilder(VALUE_BYTES)
                .append(writer)
                .append(' ')
                .append(sequence)
                .append(' ');
        while (text.length() < VALUE_BYTES) {
            text.append((char) ('a' + (sequence + text.length()) % 26));
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private void write() {
        try {
            while (!stopping) {
                if (paused) {
                    TimeUnit.MILLISECONDS.sleep(5);
                    continue;
                }
                if (!room.tryAcquire(100, TimeUnit.MILLISECONDS)) {
                    continue;
                }
                int sequence = ledger.send();
                ProducerRecord<byte[], byte[]> next =
                        new ProducerRecord<>(topic, sequence % partitions, null, value(ledger.writer(), sequence));
                var _ = producer.send(next, (metadata, failure) -> {
                    if (failure == null) {
                        ledger.ack(sequence, metadata.offset());
                    } else {
                        lastError.set(failure.toString());
                        ledger.fail(sequence);
                    }
                    room.release();
                });
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            lastError.set("writer ended: " + e);
        }
    }

    /** Sends nothing new while true; what is under way goes on. */
    void pause(boolean on) {
        paused = on;
    }

    /** Ends the sending and waits until everything sent is answered, or the time is up. */
    void drain(Duration limit) throws InterruptedException {
        stopping = true;
        thread.join(limit);
        long endNs = System.nanoTime() + limit.toNanos();
        while (ledger.inFlight() > 0 && System.nanoTime() < endNs) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    @Override
    public void close() {
        stopping = true;
        producer.close(Duration.ZERO);
    }
}
