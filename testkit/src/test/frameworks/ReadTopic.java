import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.LongDeserializer;

/**
 * {@code ReadTopic BOOTSTRAP TOPIC FILE lines|counts}: writes every value of a topic as a line, or the last count of each word as
 * {@code word TAB count}.
 */
final class ReadTopic {

    private ReadTopic() {}

    public static void main(String[] arguments) throws Exception {
        boolean counts = arguments[3].equals("counts");
        TreeMap<String, Long> last = new TreeMap<>();
        StringBuilder text = new StringBuilder();
        LongDeserializer count = new LongDeserializer();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", arguments[0]), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(arguments[1]).stream()
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    if (counts) {
                        last.put(
                                new String(record.key(), StandardCharsets.UTF_8),
                                count.deserialize(record.topic(), record.value()));
                    } else {
                        text.append(new String(record.value(), StandardCharsets.UTF_8)).append('\n');
                    }
                }
            }
        }
        last.forEach((word, number) ->
                text.append(word).append('\t').append(number).append('\n'));
        Files.writeString(Path.of(arguments[2]), text);
    }
}
