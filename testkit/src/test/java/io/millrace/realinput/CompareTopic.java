package io.millrace.realinput;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * {@code CompareTopic BOOTSTRAP TOPIC ZIP LIMIT}: reads the whole topic with Kafka's Java consumer, rebuilds every file by key
 * in offset order, and compares SHA-256 and line counts with the zip. Exits with 1 on any difference.
 */
final class CompareTopic {

    private static final byte[] EMPTY = new byte[0];
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private CompareTopic() {}

    public static void main(String[] arguments) throws Exception {
        FileDigests expected = new FileDigests();
        SourceLines.feed(Path.of(arguments[2]), Long.parseLong(arguments[3]), expected::line);
        FileDigests found = read(arguments[0], arguments[1]);
        long expectedLines = expected.lines();
        long foundLines = found.lines();
        Map<String, String> expectedHex = expected.finish();
        Map<String, String> foundHex = found.finish();
        long equal = expectedHex.entrySet().stream()
                .filter(entry -> entry.getValue().equals(foundHex.get(entry.getKey())))
                .count();
        System.out.printf(
                "topic=%s files=%d equal=%d extra=%d lines=%d read=%d%n",
                arguments[1],
                expectedHex.size(),
                equal,
                foundHex.keySet().stream()
                        .filter(file -> !expectedHex.containsKey(file))
                        .count(),
                expectedLines,
                foundLines);
        boolean same =
                equal == expectedHex.size() && foundHex.size() == expectedHex.size() && foundLines == expectedLines;
        System.exit(same ? 0 : 1);
    }

    private static FileDigests read(String bootstrap, String topic) {
        FileDigests digests = new FileDigests();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap, "max.poll.records", "5000"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = new ArrayList<>();
            for (PartitionInfo info : consumer.partitionsFor(topic)) {
                partitions.add(new TopicPartition(topic, info.partition()));
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            long progressNs = System.nanoTime();
            while (partitions.stream()
                    .anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    byte[] value = record.value() == null ? EMPTY : record.value();
                    digests.line(new String(record.key(), StandardCharsets.UTF_8), value, 0, value.length);
                    progressNs = System.nanoTime();
                }
                if (System.nanoTime() - progressNs > PATIENCE.toNanos()) {
                    throw new IllegalStateException("no record for " + PATIENCE);
                }
            }
        }
        return digests;
    }
}
