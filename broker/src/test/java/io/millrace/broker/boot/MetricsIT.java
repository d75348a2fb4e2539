package io.millrace.broker.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.config.BrokerConfig;
import io.millrace.broker.fixture.Scrape;
import io.millrace.broker.metrics.Meter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A live scrape after some traffic: every documented metric is there with a value that makes sense, and no other one. */
class MetricsIT {

    private static final Path REFERENCE = Path.of("..", "docs", "reference", "metrics.md");
    private static final Pattern ROW = Pattern.compile("\\| `([a-z_0-9]+)` \\| ([a-z]+) \\| (.*?) \\| .*");

    private static final int SHARDS = 3;
    private static final int MAX_TOPICS = 4;
    private static final int RECORDS = 50;
    private static final int VALUE_BYTES = 1000;
    /** How old the records say they are, in seconds. */
    private static final double AGE_S = 90;

    /** A batch header, and one record: its length in two bytes, five of one byte, the value's length in two, the value. */
    private static final int BATCH_BYTES = 61 + 2 + 5 + 2 + VALUE_BYTES;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<String> fatal = new CopyOnWriteArrayList<>();

    @TempDir
    private Path folder;

    private Broker broker;

    @BeforeEach
    void start() throws BrokerStartException {
        Map<String, String> overrides = new LinkedHashMap<>();
        overrides.put("log.dirs", folder.toString());
        overrides.put("listeners", "PLAINTEXT://localhost:0");
        overrides.put("millrace.admin.port", "0");
        overrides.put("millrace.shards", Integer.toString(SHARDS));
        overrides.put("millrace.metrics.max.topics", Integer.toString(MAX_TOPICS));
        overrides.put("offsets.topic.num.partitions", "4");
        overrides.put("group.initial.rebalance.delay.ms", "0");
        broker = Broker.start(BrokerConfig.parse(overrides, true, SHARDS), overrides, fatal::add);
    }

    @AfterEach
    void stop() {
        broker.close();
        http.close();
        assertThat(fatal).isEmpty();
    }

    private Map<String, Object> clientConfig(Map<String, Object> more) {
        Map<String, Object> config = new LinkedHashMap<>(more);
        config.put(
                "bootstrap.servers",
                "localhost:" + broker.listeners().getFirst().port());
        return config;
    }

    private Scrape scrape() throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(URI.create(Objects.requireNonNull(broker.adminUrl()) + "/metrics"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(200);
        return Scrape.parse(response.body());
    }

    private void create(Admin admin, String topic, int partitions) throws ExecutionException, InterruptedException {
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                .all()
                .get();
    }

    /** One record per batch, each acknowledged before the next. */
    private void produce(String topic) throws ExecutionException, InterruptedException {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                clientConfig(Map.of("linger.ms", 0)), new ByteArraySerializer(), new ByteArraySerializer())) {
            long timestampMs = System.currentTimeMillis() - (long) (1_000 * AGE_S);
            for (int i = 0; i < RECORDS; i++) {
                producer.send(new ProducerRecord<>(topic, i % 2, timestampMs, null, new byte[VALUE_BYTES]))
                        .get();
            }
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer(String group) {
        return new KafkaConsumer<>(
                clientConfig(Map.of("group.id", group, "auto.offset.reset", "earliest", "enable.auto.commit", false)),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private static void consume(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        consumer.subscribe(List.of(topic));
        int records = 0;
        while (records < RECORDS) {
            records += consumer.poll(Duration.ofSeconds(10)).count();
        }
        assertThat(records).isEqualTo(RECORDS);
    }

    /** Sends {@code bytes} as a frame and waits until the broker closed the connection. */
    private void sendRefused(byte... bytes) throws IOException {
        try (Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), broker.listeners().getFirst().port())) {
            socket.getOutputStream().write(bytes);
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void aScrapeHasEveryDocumentedMetricAndTheirValuesAreRight() throws Exception {
        try (Admin admin = Admin.create(clientConfig(Map.of()));
                KafkaConsumer<byte[], byte[]> consumer = consumer("readers")) {
            create(admin, "orders", 2);
            produce("orders");
            consume(consumer, "orders");
            consumer.commitSync(Map.of(
                    new TopicPartition("orders", 0), new OffsetAndMetadata(10),
                    new TopicPartition("orders", 1), new OffsetAndMetadata(RECORDS / 2)));
            assertThatThrownBy(() ->
                            admin.deleteTopics(List.of("no-such-topic")).all().get())
                    .hasMessageContaining("UnknownTopic");
            sendRefused(new byte[] {0, 0, 0, 10, 3, (byte) 231, 0, 0, 0, 0, 0, 7, -1, -1});
            sendRefused(new byte[] {0, 0, 0, 11, 0, 18, 0, 0, 0, 0, 0, 7, -1, -1, 1});
            sendRefused(new byte[] {-1, -1, -1, -1});
            Scrape scrape = scrape();
            compareWithReference(scrape);
            checkTraffic(scrape);
            checkRequests(scrape);
            checkStorage(scrape);
            checkGroups(scrape);
        }
    }

    private static void compareWithReference(Scrape scrape) throws IOException {
        Map<String, String> documentedTypes = new LinkedHashMap<>();
        Map<String, Set<String>> documentedLabels = new LinkedHashMap<>();
        for (String line : Files.readAllLines(REFERENCE)) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                documentedTypes.put(row.group(1), row.group(2));
                Set<String> labels = new TreeSet<>();
                Matcher label = Pattern.compile("`([a-z]+)`").matcher(row.group(3));
                while (label.find()) {
                    labels.add(label.group(1));
                }
                documentedLabels.put(row.group(1), labels);
            }
        }
        assertThat(documentedTypes).hasSizeGreaterThan(Meter.values().length);
        Set<String> published = new TreeSet<>(scrape.families().keySet());
        published.removeIf(name -> name.startsWith("jvm_gc_pause") || name.startsWith("jvm_gc_concurrent"));
        assertThat(published).isEqualTo(new TreeSet<>(documentedTypes.keySet()));
        for (String name : published) {
            Scrape.Family family = scrape.family(name);
            assertThat(family.type()).as(name).isEqualTo(documentedTypes.get(name));
            assertThat(family.labels()).as(name).isEqualTo(documentedLabels.get(name));
            assertThat(family.series()).as(name).isNotEmpty();
            family.series()
                    .forEach((series, value) -> assertThat(value).as(series).isFinite());
            if (!name.startsWith("jvm_") && !name.startsWith("system_")) {
                family.series()
                        .forEach((series, value) -> assertThat(value).as(series).isNotNegative());
            }
        }
    }

    private static void checkTraffic(Scrape scrape) {
        double bytes = RECORDS * (double) BATCH_BYTES;
        assertThat(scrape.value("millrace_topic_in_bytes_total", "topic=\"orders\""))
                .isEqualTo(bytes);
        assertThat(scrape.value("millrace_topic_in_records_total", "topic=\"orders\""))
                .isEqualTo(RECORDS);
        assertThat(scrape.value("millrace_topic_out_bytes_total", "topic=\"orders\""))
                .isEqualTo(bytes);
        assertThat(scrape.value("millrace_topic_out_records_total", "topic=\"orders\""))
                .isEqualTo(RECORDS);
        assertThat(scrape.value("millrace_topic_log_bytes", "topic=\"orders\"")).isEqualTo(bytes);
        assertThat(scrape.value("millrace_topic_partitions", "topic=\"orders\""))
                .isEqualTo(2);
        assertThat(scrape.value("millrace_log_start_offset", "partition=\"1\",topic=\"orders\""))
                .isZero();
        assertThat(scrape.value("millrace_log_end_offset", "partition=\"1\",topic=\"orders\""))
                .isEqualTo(RECORDS / 2);
        assertThat(scrape.value("millrace_network_received_bytes_total")).isGreaterThan(bytes);
        assertThat(scrape.value("millrace_network_sent_bytes_total")).isGreaterThan(bytes);
        assertThat(scrape.value("millrace_network_open_connections")).isGreaterThanOrEqualTo(2);
    }

    private static void checkRequests(Scrape scrape) {
        String phases = "millrace_request_phase_seconds";
        Scrape.Family family = scrape.family(phases);
        for (String phase : List.of("queue", "handle", "sync", "answer")) {
            String produce = "{api=\"PRODUCE\",phase=\"" + phase + "\"";
            assertThat(family.series().get(phases + "_count" + produce + "}"))
                    .as(phase)
                    .isEqualTo(RECORDS);
            assertThat(family.series().get(phases + "_bucket" + produce + ",le=\"+Inf\"}"))
                    .as(phase)
                    .isEqualTo(RECORDS);
            // A second for each: with seconds taken for milliseconds it would be more.
            assertThat(family.series().get(phases + "_sum" + produce + "}"))
                    .as(phase)
                    .isBetween(0.0, (double) RECORDS);
        }
        // Each waited for a sync of the journal.
        assertThat(family.series().get(phases + "_sum{api=\"PRODUCE\",phase=\"sync\"}"))
                .isGreaterThan(0.000_01 * RECORDS);
        assertThat(scrape.value(
                        "millrace_request_errors_total", "api=\"DELETE_TOPICS\",code=\"UNKNOWN_TOPIC_OR_PARTITION\""))
                .isEqualTo(1);
        String rejects = "millrace_decode_rejects_total";
        assertThat(scrape.value(rejects, "cause=\"api_unknown\"")).isEqualTo(1);
        assertThat(scrape.value(rejects, "cause=\"request_too_long\"")).isEqualTo(1);
        assertThat(scrape.value(rejects, "cause=\"frame_length_invalid\"")).isEqualTo(1);
        assertThat(scrape.value(rejects, "cause=\"batch_crc_mismatch\"")).isZero();
    }

    private static void checkStorage(Scrape scrape) {
        Map<String, Double> syncs =
                scrape.family("millrace_journal_sync_seconds").series();
        assertThat(syncs.get("millrace_journal_sync_seconds_count{}")).isGreaterThanOrEqualTo(RECORDS);
        assertThat(syncs.get("millrace_journal_sync_seconds_sum{}")).isBetween(0.000_1, 60.0);
        Map<String, Double> sizes = scrape.family("millrace_journal_sync_bytes").series();
        assertThat(sizes.get("millrace_journal_sync_bytes_sum{}")).isGreaterThan(RECORDS * (double) BATCH_BYTES);
        assertThat(scrape.value("millrace_tail_used_bytes")).isPositive();
        assertThat(scrape.value("millrace_tail_limit_bytes")).isGreaterThan(1 << 20);
        assertThat(scrape.value("process_resident_memory_bytes")).isGreaterThan(10 << 20);
        assertThat(scrape.value("millrace_start_seconds", "phase=\"total\"")).isBetween(0.000_1, 60.0);
        assertThat(scrape.value("millrace_scrape_silent_loops")).isZero();
    }

    private static void checkGroups(Scrape scrape) {
        assertThat(scrape.value("millrace_groups", "state=\"Stable\"")).isEqualTo(1);
        assertThat(scrape.value("millrace_groups", "state=\"Empty\"")).isZero();
        assertThat(scrape.value("millrace_group_members")).isEqualTo(1);
        assertThat(scrape.value("millrace_group_rebalances_total", "reason=\"member_joined\""))
                .isEqualTo(1);
        assertThat(scrape.value("millrace_group_rebalances_total", "reason=\"session_expired\""))
                .isZero();
        assertThat(scrape.value("millrace_group_generations_total")).isEqualTo(1);
        String behind = "group=\"readers\",partition=\"0\",topic=\"orders\"";
        String atEnd = "group=\"readers\",partition=\"1\",topic=\"orders\"";
        assertThat(scrape.value("millrace_group_lag_records", behind)).isEqualTo(RECORDS / 2 - 10);
        assertThat(scrape.value("millrace_group_lag_seconds", behind)).isBetween(AGE_S, AGE_S + 60.0);
        assertThat(scrape.value("millrace_group_lag_records", atEnd)).isZero();
        assertThat(scrape.value("millrace_group_lag_seconds", atEnd)).isZero();
    }

    @Test
    void aGroupThatIsDeletedTakesItsLagWithIt() throws Exception {
        try (Admin admin = Admin.create(clientConfig(Map.of()))) {
            create(admin, "orders", 2);
            produce("orders");
            Map<TopicPartition, OffsetAndMetadata> offsets =
                    Map.of(new TopicPartition("orders", 0), new OffsetAndMetadata(5));
            // Group names are anybody's: the page must stay readable.
            String group = "sim\"p\\l\ne";
            admin.alterConsumerGroupOffsets(group, offsets).all().get();
            Scrape before = scrape();
            String series = "group=\"sim\\\"p\\\\l\\ne\",partition=\"0\",topic=\"orders\"";
            assertThat(before.value("millrace_group_lag_records", series)).isEqualTo(RECORDS / 2 - 5);
            assertThat(before.value("millrace_groups", "state=\"Empty\"")).isEqualTo(1);
            // Again, now that the record's time is known from before.
            assertThat(scrape().value("millrace_group_lag_seconds", series)).isBetween(AGE_S, AGE_S + 60.0);
            admin.deleteConsumerGroups(List.of(group)).all().get();
            Scrape after = scrape();
            assertThat(after.families()).doesNotContainKey("millrace_group_lag_records");
            assertThat(after.value("millrace_groups", "state=\"Empty\"")).isZero();
        }
    }

    @Test
    void aDeletedTopicTakesItsSeriesWithItAndThoseBeyondTheLimitShareOne() throws Exception {
        try (Admin admin = Admin.create(clientConfig(Map.of()))) {
            for (int i = 0; i < MAX_TOPICS + 2; i++) {
                create(admin, "topic-" + i, 2);
                produce("topic-" + i);
            }
            Scrape full = scrape();
            double bytes = RECORDS * (double) BATCH_BYTES;
            assertThat(full.family("millrace_topic_in_bytes_total").series()).hasSize(MAX_TOPICS + 1);
            assertThat(full.value("millrace_topic_in_bytes_total", "topic=\"topic-0\""))
                    .isEqualTo(bytes);
            assertThat(full.value("millrace_topic_in_bytes_total", "topic=\"(other)\""))
                    .isEqualTo(2 * bytes);
            assertThat(full.value("millrace_topic_log_bytes", "topic=\"(other)\""))
                    .isEqualTo(2 * bytes);
            assertThat(full.value("millrace_topic_partitions", "topic=\"(other)\""))
                    .isEqualTo(4);

            admin.deleteTopics(List.of("topic-0")).all().get();
            Scrape after = scrape();
            after.families()
                    .values()
                    .forEach(family -> assertThat(family.series().keySet())
                            .as(family.name())
                            .noneMatch(series -> series.contains("topic-0")));
            assertThat(after.value("millrace_topic_in_bytes_total", "topic=\"(other)\""))
                    .isEqualTo(2 * bytes);

            create(admin, "topic-9", 1);
            assertThat(scrape().value("millrace_topic_in_bytes_total", "topic=\"topic-9\""))
                    .isZero();
        }
    }
}
