package io.millrace.hostile.corpus;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.client.admin.Admin;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.connection.ClientConfig;
import io.millrace.client.consumer.Consumer;
import io.millrace.client.consumer.ConsumerConfig;
import io.millrace.client.consumer.OffsetReset;
import io.millrace.client.producer.Producer;
import io.millrace.client.producer.ProducerConfig;
import io.millrace.client.producer.ProducerRecord;
import io.millrace.protocol.compress.Codec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The native clients, and clients of other languages as processes, where they are at hand. Stateless. */
final class OtherTours {

    private static final int LINES = 200;
    private static final long PATIENCE_S = 60;

    private OtherTours() {}

    @SuppressWarnings("FutureReturnValueIgnored") // close() waits for all
    static void nativeClients(String bootstrap, String topic) {
        ClientConfig config = ClientConfig.of(bootstrap);
        try (Admin admin = Admin.open(config)) {
            admin.createTopic(NewTopic.of("tour-native").withPartitions(2)).join();
        }
        for (Codec codec : Codec.values()) {
            try (Producer producer = Producer.open(ProducerConfig.of(config).withCodec(codec))) {
                for (int i = 0; i < LINES; i++) {
                    byte[] text = ("native" + i).getBytes(UTF_8);
                    producer.send(ProducerRecord.of(topic, text, text));
                }
            }
        }
        try (Consumer consumer = Consumer.open(ConsumerConfig.of(config).withReset(OffsetReset.EARLIEST))) {
            consumer.assign(List.of(new TopicPartition(topic, 0), new TopicPartition(topic, 1)));
            for (int i = 0; i < 5; i++) {
                consumer.poll(Duration.ofMillis(200));
            }
        }
    }

    static void kcat(String bootstrap, String topic) throws Exception {
        for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
            run(true, "kcat", "-P", "-b", bootstrap, "-t", topic, "-K", "\t", "-z", codec);
        }
        run(false, "kcat", "-C", "-b", bootstrap, "-t", topic, "-e", "-q");
        run(false, "kcat", "-L", "-b", bootstrap);
        run(false, "kcat", "-Q", "-b", bootstrap, "-t", topic + ":0:1");
        run(false, "kcat", "-G", "tour-kcat", "-b", bootstrap, "-q", "-e", "-X", "auto.offset.reset=earliest", topic);
    }

    static void python(String script, String bootstrap, String topic) throws Exception {
        String file = clients().resolve(script + ".py").toString();
        for (String codec : List.of("none", "gzip")) {
            run(true, "/usr/bin/python3", file, "produce", bootstrap, topic, codec);
        }
        run(false, "/usr/bin/python3", file, "consume", bootstrap, topic);
        run(false, "/usr/bin/python3", file, "group", bootstrap, topic, "tour-" + script, "2");
        run(false, "/usr/bin/python3", clients().resolve("admin_tour.py").toString(), script, bootstrap, topic);
    }

    static void kafkajs(String bootstrap, String topic) throws Exception {
        Path scripts = clients().resolve("kafkajs");
        run(true, "node", scripts.resolve("produce.js").toString(), bootstrap, topic, "gzip");
        run(false, "node", scripts.resolve("group.js").toString(), bootstrap, topic, "tour-kafkajs", "2");
        run(false, "node", scripts.resolve("admin-tour.js").toString(), bootstrap, topic);
    }

    private static Path clients() {
        Path below = Path.of("testkit/src/test/clients");
        return (Files.exists(below) ? below : Path.of("src/test/clients")).toAbsolutePath();
    }

    private static void run(boolean feedsLines, String... words) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(List.of(words)))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        Process process;
        try {
            process = builder.start();
        } catch (IOException absent) {
            System.out.println("  SKIPPED " + words[0] + ": " + absent.getMessage());
            return;
        }
        try (var in = process.outputWriter()) {
            for (int i = 0; feedsLines && i < LINES; i++) {
                in.write("key" + i + "\tvalue" + i + "\n");
            }
        }
        if (!process.waitFor(PATIENCE_S, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        System.out.println("  " + String.join(" ", words) + ": code "
                + process.onExit().join().exitValue());
    }
}
