package io.millrace.soak;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Topics that are created, filled a little and deleted; now and then under a name that was there before. */
final class SoakTopics extends SoakTask {

    private static final long PAUSE_MS = 5_000;
    private static final int NAMES = 7;
    private static final int RECORDS = 30;

    private final Map<String, Object> config;
    private int created;

    SoakTopics(String bootstrap) {
        super("topics");
        this.config = Map.of("bootstrap.servers", bootstrap);
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the topic goes at once
    void step() throws Exception {
        String topic = "passing-" + (created++ % NAMES);
        try (Admin admin = Admin.create(config);
                KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            admin.createTopics(List.of(new NewTopic(topic, 3, (short) 1))).all().get();
            for (int i = 0; i < RECORDS; i++) {
                producer.send(new ProducerRecord<>(topic, new byte[1_000]));
            }
            producer.flush();
            admin.deleteTopics(List.of(topic)).all().get();
            did(1);
        }
        sleep(PAUSE_MS);
    }
}
