package io.millrace.rounds;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Asks for a group's committed offsets all the time and counts those that went back. Owned by a thread of its own. */
final class CommitWatch {

    private static final int PAUSE_MS = 100;

    private final String bootstrap;
    private final String group;
    private final Map<TopicPartition, Long> furthest = new HashMap<>();
    private final AtomicLong looks = new AtomicLong();
    private final AtomicLong wentBack = new AtomicLong();
    private final Thread thread = new Thread(this::watch, "commit-watch");
    private volatile boolean watching = true;

    CommitWatch(String bootstrap, String group) {
        this.bootstrap = bootstrap;
        this.group = group;
    }

    void start() {
        thread.start();
    }

    void stop() throws InterruptedException {
        watching = false;
        thread.join();
    }

    long looks() {
        return looks.get();
    }

    long wentBack() {
        return wentBack.get();
    }

    private void watch() {
        Map<String, Object> config =
                Map.of("bootstrap.servers", bootstrap, "default.api.timeout.ms", 4_000, "request.timeout.ms", 2_000);
        try (Admin admin = Admin.create(config)) {
            while (watching) {
                look(admin);
                Thread.sleep(PAUSE_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look(Admin admin) throws InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> committed;
        try {
            committed = admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get();
        } catch (ExecutionException e) {
            return; // the broker is down
        }
        looks.incrementAndGet();
        for (Map.Entry<TopicPartition, Long> before : furthest.entrySet()) {
            OffsetAndMetadata now = committed.get(before.getKey());
            if (now == null || now.offset() < before.getValue()) {
                wentBack.incrementAndGet();
                System.err.println("committed went back: " + before + " now " + now);
            }
        }
        committed.forEach((partition, offset) -> {
            if (offset != null) {
                furthest.merge(partition, offset.offset(), Math::max);
            }
        });
    }
}
