package io.millrace.changes;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.TestBroker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A topic is deleted and created again while it is produced to and consumed. A consumer goes on with the new topic from its
 * beginning and sees nothing of the old one there; a producer goes on too.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RecreatedTopicIT {

    private static final int PARTITIONS = 3;
    private static final long PATIENCE_NS = 60_000_000_000L;
    private static final long PAUSE_NS = 1_000_000;

    private final TestBroker broker =
            TestBroker.start("auto.create.topics.enable", "false", "group.initial.rebalance.delay.ms", "0");
    private final Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()));

    @AfterAll
    void stop() {
        admin.close();
        broker.close();
        assertThat(broker.fatal()).isEmpty();
    }

    private void create(String topic) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1)))
                .all()
                .get();
    }

    /** Sends one number after the other to the partitions in turn, until it is stopped. */
    private static final class Stream {
        private final Sending producer;
        private final Map<Integer, CompletableFuture<?>> sent = new ConcurrentHashMap<>();
        private final Thread thread = new Thread(this::run, "stream");
        private volatile int next;
        private volatile boolean running = true;

        Stream(Sending producer) {
            this.producer = producer;
        }

        @SuppressWarnings("NonAtomicOperationOnVolatileField") // one thread writes it
        private void run() {
            while (running) {
                int number = next;
                sent.put(number, producer.send(number % PARTITIONS, Integer.toString(number)));
                next = number + 1;
                LockSupport.parkNanos(PAUSE_NS);
            }
        }

        /** How many of those from {@code first} on are acknowledged. */
        long acknowledged(int first) {
            return sent.entrySet().stream()
                    .filter(each -> each.getKey() >= first
                            && each.getValue().isDone()
                            && !each.getValue().isCompletedExceptionally())
                    .count();
        }

        /** Those from {@code first} on whose fate is an error. */
        List<String> failed(int first) {
            return sent.entrySet().stream()
                    .filter(each -> each.getKey() >= first && each.getValue().isCompletedExceptionally())
                    .map(each -> each.getKey() + ": " + each.getValue().exceptionNow())
                    .toList();
        }

        void stop() throws InterruptedException {
            running = false;
            thread.join();
        }
    }

    @ParameterizedTest
    @EnumSource(Reading.Kind.class)
    @SuppressWarnings("try") // closed before the topic is read
    void clientsGoOnWithATopicThatWasCreatedAgain(Reading.Kind kind) throws Exception {
        String topic = "again-" + kind;
        create(topic);
        List<Reading.Seen> seen = new ArrayList<>();
        try (Sending producer = Sending.open(kind == Reading.Kind.NATIVE, broker.bootstrap(), topic);
                Reading consumer = Reading.open(kind, broker.bootstrap(), topic, PARTITIONS)) {
            Stream stream = new Stream(producer);
            stream.thread.start();
            pollUntil(consumer, seen, () -> seen.size() >= 3_000, stream);

            admin.deleteTopics(Set.of(topic)).all().get();
            create(topic);
            int first = stream.next + 1;
            pollUntil(consumer, seen, () -> stream.acknowledged(first) >= 300, stream);
            stream.stop();
            producer.close();
            assertThat(stream.failed(first)).as("sent to the new topic").isEmpty();

            List<List<String>> truth = readAll(topic);
            Set<String> inTopic = new HashSet<>();
            truth.forEach(inTopic::addAll);
            for (int number = first; number < stream.next; number++) {
                assertThat(inTopic).contains(Integer.toString(number));
            }
            pollUntil(consumer, seen, () -> newest(seen).equals(truth), stream);
        }
    }

    @Test
    void ourConsumerBeginsAnewEvenWhereTheNewTopicIsLonger() throws Exception {
        String topic = "longer";
        create(topic);
        List<Reading.Seen> seen = new ArrayList<>();
        try (Reading consumer = Reading.open(Reading.Kind.NATIVE, broker.bootstrap(), topic, PARTITIONS)) {
            fill(topic, "old", 30);
            pollUntil(consumer, seen, () -> seen.size() == 30, null);
            admin.deleteTopics(Set.of(topic)).all().get();
            create(topic);
            fill(topic, "new", 300);
            List<List<String>> truth = readAll(topic);
            pollUntil(consumer, seen, () -> newest(seen).equals(truth), null);
        }
    }

    private void fill(String topic, String value, int count) {
        try (Sending producer = Sending.open(false, broker.bootstrap(), topic)) {
            List<CompletableFuture<?>> sent = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                sent.add(producer.send(i % PARTITIONS, value + i));
            }
            sent.forEach(CompletableFuture::join);
        }
    }

    /** What was polled of each partition since it last began anew; fails on a gap. */
    private static List<List<String>> newest(List<Reading.Seen> seen) {
        List<List<String>> newest = new ArrayList<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            newest.add(new ArrayList<>());
        }
        for (Reading.Seen each : seen) {
            List<String> values = newest.get(each.partition());
            if (each.offset() == 0) {
                values.clear();
            }
            assertThat(each.offset())
                    .as("the offset after the last one of %s", each)
                    .isEqualTo(values.size());
            values.add(each.value());
        }
        return newest;
    }

    /** By a consumer that knows nothing of an older topic. */
    private List<List<String>> readAll(String topic) throws Exception {
        List<Reading.Seen> seen = new ArrayList<>();
        long count = 0;
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            asked.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        }
        for (var end : admin.listOffsets(asked).all().get().values()) {
            count += end.offset();
        }
        long all = count;
        try (Reading fresh = Reading.open(Reading.Kind.KAFKA_ASSIGNED, broker.bootstrap(), topic, PARTITIONS)) {
            pollUntil(fresh, seen, () -> seen.size() == all, null);
        }
        return newest(seen);
    }

    private interface Done {
        boolean isDone();
    }

    private static void pollUntil(Reading consumer, List<Reading.Seen> seen, Done done, @Nullable Stream stream) {
        long endNs = System.nanoTime() + PATIENCE_NS;
        while (!done.isDone()) {
            assertThat(System.nanoTime())
                    .as("60 s are over; %d read, errors %s", seen.size(), stream == null ? List.of() : stream.failed(0))
                    .isLessThan(endNs);
            seen.addAll(consumer.poll());
        }
    }
}
