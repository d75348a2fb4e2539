package io.millrace.soak;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A member of a group. Owned by its thread. */
final class SoakConsumer extends SoakTask {

    private static final long STAYS_MS = 600_000;
    private static final int VISIT_MIN_MS = 20_000;
    private static final int VISIT_SPREAD_MS = 40_000;
    private static final long SLOW_PAUSE_MS = 2_000;

    private final Map<String, Object> config = new HashMap<>();
    private final Random random = new Random(hashCode());
    private final boolean visits;
    private final long pauseMs;

    private SoakConsumer(String bootstrap, String group, boolean visits, long pauseMs, int maxRecords) {
        super("consumer-" + group + (visits ? "-visiting" : ""));
        this.visits = visits;
        this.pauseMs = pauseMs;
        config.put("bootstrap.servers", bootstrap);
        config.put("group.id", group);
        config.put("auto.offset.reset", "earliest");
        config.put("auto.commit.interval.ms", 1_000);
        config.put("max.poll.records", maxRecords);
        config.put("session.timeout.ms", 10_000);
        config.put("heartbeat.interval.ms", 1_000);
        // So that a fetch waits for a batch and not for each record: the load is to be moderate.
        config.put("fetch.min.bytes", 50_000);
        config.put("fetch.max.wait.ms", 300);
    }

    static SoakConsumer reading(String bootstrap, String group) {
        return new SoakConsumer(bootstrap, group, false, 0, 500);
    }

    /** Joins for half a minute, goes for some seconds. */
    static SoakConsumer comingAndGoing(String bootstrap, String group) {
        return new SoakConsumer(bootstrap, group, true, 0, 500);
    }

    /** Reads slower than is written, so that retention overtakes it. */
    static SoakConsumer slow(String bootstrap, String group) {
        return new SoakConsumer(bootstrap, group, false, SLOW_PAUSE_MS, 5);
    }

    @Override
    void step() {
        long staysMs = visits ? VISIT_MIN_MS + random.nextInt(VISIT_SPREAD_MS) : STAYS_MS;
        long endNs = System.nanoTime() + staysMs * 1_000_000;
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(SoakLoad.TOPIC));
            while (!isStopping() && System.nanoTime() - endNs < 0) {
                did(consumer.poll(Duration.ofMillis(500)).count());
                sleep(pauseMs);
            }
        }
        if (visits) {
            sleep(random.nextInt(10_000));
        }
    }
}
