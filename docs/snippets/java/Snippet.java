import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

public class Snippet {
    public static void main(String[] args) throws Exception {
        String server = args.length > 0 ? args[0] : "localhost:9092";
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", server), new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>("snippets-java", "key", "hello from Java")).get(); // on disk
        }
        Map<String, Object> config =
                Map.of("bootstrap.servers", server, "group.id", "snippets-java", "auto.offset.reset", "earliest");
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of("snippets-java"));
            for (boolean found = false; !found; ) {
                for (var record : consumer.poll(Duration.ofSeconds(1))) {
                    System.out.println(record.value());
                    found = true;
                }
            }
        }
    }
}
