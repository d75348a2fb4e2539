package io.millrace.hostile;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.LongSerializer;

/**
 * A producer and a group of two consumers that must not notice anything: every record once and in order, no rebalance after the
 * first, no error. A topic and a group of their own, with settings of their own, so that what mutants do to the broker's defaults
 * does not concern them. Threads of their own.
 */
@SuppressWarnings("try") // an interrupt while closing ends the run
public final class HealthyClients implements AutoCloseable {

    private static final int PARTITIONS = 3;
    private static final int SEND_EVERY_MS = 10;
    private static final int MAX_LATENCIES = 2_000_000;

    private final String bootstrap;
    private final String topic;
    private final CountDownLatch stopSending = new CountDownLatch(1);
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Queue<String> errors = new ConcurrentLinkedQueue<>();
    private final Map<Integer, Long> nextOfPartition = new ConcurrentHashMap<>();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong read = new AtomicLong();
    private final AtomicInteger assignments = new AtomicInteger();
    private final long[] ackNs = new long[MAX_LATENCIES];
    private final AtomicInteger acks = new AtomicInteger();
    private final Thread producer = Thread.ofPlatform().unstarted(this::produce);
    private final List<Thread> members = List.of(
            Thread.ofPlatform().unstarted(this::consume), Thread.ofPlatform().unstarted(this::consume));
    private int settledAssignments;
    private volatile int rebalances;

    public HealthyClients(String bootstrap, String name) {
        this.bootstrap = bootstrap;
        this.topic = name;
    }

    public void start() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            Map<String, String> settings = Map.of(
                    "retention.ms",
                    "86400000",
                    "retention.bytes",
                    "-1",
                    "max.message.bytes",
                    "1048588",
                    "cleanup.policy",
                    "delete",
                    "message.timestamp.type",
                    "CreateTime",
                    "segment.bytes",
                    "104857600",
                    "segment.ms",
                    "86400000");
            admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1).configs(settings)))
                    .all()
                    .get();
        }
        members.forEach(Thread::start);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (assignments.get() < 2 && System.nanoTime() < deadline) {
            stop.await(100, TimeUnit.MILLISECONDS);
        }
        stop.await(2, TimeUnit.SECONDS); // both joined; the second one's rebalance is over
        settledAssignments = assignments.get();
        producer.start();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the callback counts
    private void produce() {
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap, "acks", "all", "linger.ms", 0);
        try (KafkaProducer<Long, byte[]> client = new KafkaProducer<>(
                settings, new LongSerializer(), new org.apache.kafka.common.serialization.ByteArraySerializer())) {
            while (!stopSending.await(SEND_EVERY_MS, TimeUnit.MILLISECONDS)) {
                long number = sent.getAndIncrement();
                long startNs = System.nanoTime();
                client.send(
                        new ProducerRecord<>(topic, (int) (number % PARTITIONS), number / PARTITIONS, new byte[100]),
                        (metadata, failure) -> acked(System.nanoTime() - startNs, failure));
            }
            client.flush();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException failure) {
            errors.add("producer: " + failure);
        }
    }

    private void acked(long tookNs, Exception failure) {
        if (failure != null) {
            errors.add("produce: " + failure);
        } else {
            ackNs[Math.min(acks.getAndIncrement(), MAX_LATENCIES - 1)] = tookNs;
        }
    }

    private void consume() {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                bootstrap,
                "group.id",
                topic,
                "auto.offset.reset",
                "earliest",
                "session.timeout.ms",
                30_000,
                "auto.commit.interval.ms",
                500);
        try (KafkaConsumer<Long, byte[]> client = new KafkaConsumer<>(
                settings, new LongDeserializer(), new org.apache.kafka.common.serialization.ByteArrayDeserializer())) {
            client.subscribe(List.of(topic), new ConsumerRebalanceListener() {
                @Override
                public void onPartitionsRevoked(Collection<TopicPartition> revoked) {}

                @Override
                public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
                    assignments.incrementAndGet();
                }
            });
            while (stop.getCount() > 0 || read.get() < sent.get()) {
                for (ConsumerRecord<Long, byte[]> record : client.poll(Duration.ofMillis(200))) {
                    long expected = nextOfPartition.merge(record.partition(), 1L, Long::sum) - 1;
                    if (record.key() != expected) {
                        errors.add(topic + "-" + record.partition() + " brought " + record.key() + " for " + expected);
                        nextOfPartition.put(record.partition(), record.key() + 1);
                    }
                    read.incrementAndGet();
                }
                if (stop.getCount() == 0 && !errors.isEmpty()) {
                    break;
                }
            }
        } catch (RuntimeException failure) {
            errors.add("consumer: " + failure);
        }
    }

    public List<String> errors() {
        return List.copyOf(errors);
    }

    /** A line for the report. */
    public String report() {
        long[] sorted = Arrays.copyOf(ackNs, Math.min(acks.get(), MAX_LATENCIES));
        Arrays.sort(sorted);
        return String.format(
                "%d records sent, %d read, %d errors, %d rebalances after the first; ack p50 %.1f ms, p99 %.1f ms, longest %.1f ms",
                sent.get(),
                read.get(),
                errors.size(),
                rebalances,
                atMs(sorted, 0.5),
                atMs(sorted, 0.99),
                atMs(sorted, 1));
    }

    private static double atMs(long[] sorted, double share) {
        return sorted.length == 0
                ? 0
                : sorted[(int) Math.min(sorted.length - 1L, (long) (sorted.length * share))] / 1e6;
    }

    /** After the first, until the members were told to stop; known once closed. */
    public int rebalances() {
        return rebalances;
    }

    @Override
    public void close() throws InterruptedException {
        // The producer first: a member that has read everything leaves, and what is sent after that is the other's by a
        // rebalance.
        stopSending.countDown();
        producer.join();
        rebalances = assignments.get() - settledAssignments;
        stop.countDown();
        for (Thread member : members) {
            member.join(TimeUnit.SECONDS.toMillis(30));
        }
        if (read.get() != sent.get()) {
            errors.add(sent.get() + " records were sent and " + read.get() + " read");
        }
    }
}
