import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.EnableKafka;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;

@Configuration
@EnableKafka
public class Snippet {
    static final CountDownLatch FOUND = new CountDownLatch(1);

    static String server = "localhost:9092";

    @Bean
    KafkaTemplate<String, String> template() {
        return new KafkaTemplate<>(new DefaultKafkaProducerFactory<>(
                Map.of("bootstrap.servers", server), new StringSerializer(), new StringSerializer()));
    }

    @Bean
    ConcurrentKafkaListenerContainerFactory<String, String> kafkaListenerContainerFactory() {
        var factory = new ConcurrentKafkaListenerContainerFactory<String, String>();
        factory.setConsumerFactory(new DefaultKafkaConsumerFactory<>(
                Map.of("bootstrap.servers", server, "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new StringDeserializer()));
        return factory;
    }

    @KafkaListener(topics = "snippets-spring", groupId = "snippets-spring")
    void listen(String value) {
        System.out.println(value);
        FOUND.countDown();
    }

    public static void main(String[] args) throws Exception {
        server = args.length > 0 ? args[0] : server;
        try (var context = new AnnotationConfigApplicationContext(Snippet.class)) {
            context.getBean(KafkaTemplate.class).send("snippets-spring", "key", "hello from Spring").get(); // on disk
            FOUND.await();
        }
    }
}
