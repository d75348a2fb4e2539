package io.millrace.clienttable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Kafka's Java client as a driver of the client table, of whatever version is on the class path: only what 2.8 has too is called.
 *
 * <ul>
 *   <li>{@code produce BOOTSTRAP CODEC=TOPIC ...}: standard input to each topic; one line {@code CODEC ok} each
 *   <li>{@code consume BOOTSTRAP TOPIC ...}: all partitions, beginning to end, as {@code topic TAB key TAB value}
 *   <li>{@code member BOOTSTRAP TOPIC GROUP}: a member of the group until SIGTERM; commits what it wrote, says {@code assigned N}
 *   <li>{@code admin BOOTSTRAP GROUP}: {@link JavaAdminCells}
 * </ul>
 */
final class JavaCells {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Map<String, Object> settings = new HashMap<>();
    private final TableLines out = new TableLines();

    private JavaCells(String bootstrap) {
        settings.put("bootstrap.servers", bootstrap);
        settings.put("client.id", System.getenv().getOrDefault("CLIENT_ID", "java"));
    }

    public static void main(String[] arguments) throws Exception {
        JavaCells cells = new JavaCells(arguments[1]);
        List<String> rest = List.of(Arrays.copyOfRange(arguments, 2, arguments.length));
        switch (arguments[0]) {
            case "produce" -> cells.produce(rest);
            case "consume" -> cells.consume(rest);
            case "member" -> cells.member(rest.get(0), rest.get(1));
            case "admin" -> new JavaAdminCells(cells.settings).run(rest.get(0));
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private void produce(List<String> topics) throws Exception {
        List<TableLines.Line> lines = TableLines.read();
        for (String codecAndTopic : topics) {
            String codec = codecAndTopic.substring(0, codecAndTopic.indexOf('='));
            String topic = codecAndTopic.substring(codec.length() + 1);
            settings.put("compression.type", codec);
            settings.put("acks", "all");
            // The default since 3.0; older ones do it when asked.
            settings.put("enable.idempotence", String.valueOf(!codec.equals("none")));
            List<Future<?>> sent = new ArrayList<>();
            try (KafkaProducer<byte[], byte[]> producer =
                    new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
                for (TableLines.Line line : lines) {
                    sent.add(producer.send(new ProducerRecord<>(topic, line.key(), line.value())));
                }
            }
            for (Future<?> one : sent) {
                one.get();
            }
            System.out.println(codec + " ok");
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private void consume(List<String> topics) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            List<TopicPartition> partitions = new ArrayList<>();
            for (String topic : topics) {
                for (PartitionInfo info : consumer.partitionsFor(topic)) {
                    partitions.add(new TopicPartition(topic, info.partition()));
                }
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            long progressNs = System.nanoTime();
            while (partitions.stream()
                    .anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    out.write(record.topic(), record.key(), record.value());
                    progressNs = System.nanoTime();
                }
                if (System.nanoTime() - progressNs > PATIENCE.toNanos()) {
                    throw new IllegalStateException("no record for " + PATIENCE);
                }
            }
        }
        out.flush();
    }

    private void member(String topic, String group) {
        settings.put("group.id", group);
        settings.put("enable.auto.commit", "false");
        settings.put("auto.offset.reset", "earliest");
        settings.put("session.timeout.ms", "10000");
        settings.put("heartbeat.interval.ms", "500");
        KafkaConsumer<byte[], byte[]> consumer = consumer();
        Thread main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            consumer.wakeup();
            try {
                main.join(PATIENCE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        int assigned = -1;
        try (consumer) {
            consumer.subscribe(List.of(topic));
            while (true) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(200));
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    out.write(null, record.key(), record.value());
                }
                out.flush();
                if (!records.isEmpty()) {
                    consumer.commitSync();
                }
                if (consumer.assignment().size() != assigned) {
                    assigned = consumer.assignment().size();
                    System.err.println("assigned " + assigned);
                }
            }
        } catch (WakeupException stop) {
            System.err.println("stopped");
        }
    }
}
