package io.millrace.soak;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends bursts of records of one size with one codec, with pauses in between; a new client every minute. */
final class SoakProducer extends SoakTask {

    /** How much faster at first: what compiles compiles, what pools keep for their peak is there before anybody measures. */
    private static final int WARM_UP_SPEED = 4;

    private static final long CLIENT_LIVES_MS = 60_000;
    /** Of a value, what compresses to nothing. */
    private static final int COMPRESSIBLE_SHARE = 2;

    private final Map<String, Object> config = new HashMap<>();
    private final byte[] value;
    private final int burst;
    private final long pauseMs;
    private final long warmUpEndNs;

    SoakProducer(
            String bootstrap, String name, String codec, int valueBytes, int burst, long pauseMs, Duration warmUp) {
        super("producer-" + name);
        this.burst = burst;
        this.pauseMs = pauseMs;
        this.warmUpEndNs = System.nanoTime() + warmUp.toNanos();
        this.value = new byte[valueBytes];
        new Random(valueBytes).nextBytes(value);
        Arrays.fill(value, 0, valueBytes / COMPRESSIBLE_SHARE, (byte) 'x');
        config.put("bootstrap.servers", bootstrap);
        config.put("compression.type", codec);
        config.put("linger.ms", 5);
        config.put("max.request.size", 2_000_000);
        config.put("client.id", "soak-" + name);
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the callback counts
    void step() {
        long endNs = System.nanoTime() + CLIENT_LIVES_MS * 1_000_000;
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            while (!isStopping() && System.nanoTime() - endNs < 0) {
                for (int i = 0; i < burst; i++) {
                    producer.send(new ProducerRecord<>(SoakLoad.TOPIC, value), (sent, error) -> {
                        if (error == null) {
                            did(1);
                        } else {
                            failed(error);
                        }
                    });
                }
                sleep(System.nanoTime() - warmUpEndNs < 0 ? pauseMs / WARM_UP_SPEED : pauseMs);
            }
        }
    }
}
