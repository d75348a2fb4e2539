package io.millrace.clients.groups;

import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.consumer.Consumer;
import io.millrace.client.consumer.ConsumerConfig;
import io.millrace.client.consumer.ConsumerRecord;
import io.millrace.client.consumer.group.RebalanceListener;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;

/** A native consumer on its own thread, which checks the order of what it is given. Owned by the test that closes it. */
final class NativeMember implements AutoCloseable {

    private final String name;
    private final Sightings sightings;
    private final Consumer consumer;
    private final Thread thread;
    private final Map<TopicPartition, Long> next = new TreeMap<>(); // the thread's
    private final AtomicInteger assignments = new AtomicInteger();
    private final AtomicInteger losses = new AtomicInteger();
    private volatile Set<TopicPartition> assigned = Set.of();
    private volatile boolean stopped;

    NativeMember(String name, ConsumerConfig config, String topic, Sightings sightings) {
        this.name = name;
        this.sightings = sightings;
        this.consumer = Consumer.open(config);
        this.thread = new Thread(() -> run(topic), name);
        thread.start();
    }

    private void run(String topic) {
        try (consumer) {
            consumer.subscribe(List.of(topic), new Watch());
            while (!stopped) {
                for (ConsumerRecord record : consumer.poll(Duration.ofMillis(100))) {
                    saw(record);
                }
            }
        } catch (RuntimeException e) {
            sightings.fault(name + ": " + e);
        }
    }

    private void saw(ConsumerRecord record) {
        Long expected = next.put(record.partition(), record.offset() + 1);
        if (expected != null && expected != record.offset()) {
            sightings.fault(name + ": " + record.partition() + " jumped from " + expected + " to " + record.offset());
        }
        sightings.saw(record.partition().partition(), record.offset());
    }

    private final class Watch implements RebalanceListener {
        @Override
        public void onAssigned(Collection<TopicPartition> added) {
            assignments.incrementAndGet();
            assigned = consumer.assignment();
            next.keySet().removeAll(added);
        }

        @Override
        public void onRevoked(Collection<TopicPartition> revoked) {
            Set<TopicPartition> left = new TreeSet<>(consumer.assignment());
            left.removeAll(Set.copyOf(revoked));
            assigned = left;
            next.keySet().removeAll(Set.copyOf(revoked));
        }

        @Override
        public void onLost(Collection<TopicPartition> lost) {
            losses.incrementAndGet();
            assigned = Set.of();
            next.keySet().removeAll(Set.copyOf(lost));
        }
    }

    Set<TopicPartition> assigned() {
        return assigned;
    }

    int assignments() {
        return assignments.get();
    }

    int losses() {
        return losses.get();
    }

    /** Stops and closes the consumer, as its configuration says. */
    @Override
    public void close() {
        stopped = true;
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
