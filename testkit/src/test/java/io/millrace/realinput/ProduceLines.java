package io.millrace.realinput;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** {@code ProduceLines BOOTSTRAP TOPIC CODEC ZIP LIMIT}: Kafka's Java producer with its default settings otherwise. */
final class ProduceLines {

    private ProduceLines() {}

    public static void main(String[] arguments) throws Exception {
        AtomicLong failed = new AtomicLong();
        Callback count = (metadata, failure) -> {
            if (failure != null) {
                failed.incrementAndGet();
            }
        };
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", arguments[0], "compression.type", arguments[2]),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            SourceLines.feed(Path.of(arguments[3]), Long.parseLong(arguments[4]), (file, bytes, from, to) -> {
                byte[] key = file.getBytes(StandardCharsets.UTF_8);
                byte[] value = Arrays.copyOfRange(bytes, from, to);
                // The callback counts failures; the future would tell the same.
                var _ = producer.send(new ProducerRecord<>(arguments[1], key, value), count);
            });
        }
        if (failed.get() > 0) {
            System.err.println(failed.get() + " records failed");
            System.exit(1);
        }
    }
}
