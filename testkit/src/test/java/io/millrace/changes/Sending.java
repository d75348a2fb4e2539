package io.millrace.changes;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.client.connection.ClientConfig;
import io.millrace.client.producer.Producer;
import io.millrace.client.producer.ProducerConfig;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** An idempotent producer to one topic, whichever client it is. */
interface Sending extends AutoCloseable {

    /** Done when the record is acknowledged. */
    CompletableFuture<?> send(int partition, String value);

    @Override
    void close();

    static Sending open(boolean isNative, String bootstrap, String topic) {
        if (isNative) {
            return new OfMillrace(Producer.open(ProducerConfig.of(ClientConfig.of(bootstrap))), topic);
        }
        return new OfKafka(
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", bootstrap, "metadata.max.age.ms", 500),
                        new StringSerializer(),
                        new StringSerializer()),
                topic);
    }

    /** Kafka's producer. */
    record OfKafka(KafkaProducer<String, String> producer, String topic) implements Sending {
        @Override
        @SuppressWarnings("FutureReturnValueIgnored") // the callback tells
        public CompletableFuture<?> send(int partition, String value) {
            CompletableFuture<Void> sent = new CompletableFuture<>();
            producer.send(new ProducerRecord<>(topic, partition, null, value), (metadata, error) -> {
                if (error == null) {
                    sent.complete(null);
                } else {
                    sent.completeExceptionally(error);
                }
            });
            return sent;
        }

        @Override
        public void close() {
            producer.close();
        }
    }

    /** Our own. */
    record OfMillrace(Producer producer, String topic) implements Sending {
        @Override
        public CompletableFuture<?> send(int partition, String value) {
            return producer.send(io.millrace.client.producer.ProducerRecord.of(topic, null, value.getBytes(UTF_8))
                    .toPartition(partition));
        }

        @Override
        public void close() {
            producer.close();
        }
    }
}
