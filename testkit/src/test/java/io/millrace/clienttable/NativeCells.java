package io.millrace.clienttable;

import io.millrace.client.admin.Admin;
import io.millrace.client.admin.NewTopic;
import io.millrace.client.admin.TopicDescription;
import io.millrace.client.cluster.FoundOffset;
import io.millrace.client.cluster.OffsetQuery;
import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.connection.ClientConfig;
import io.millrace.client.consumer.Consumer;
import io.millrace.client.consumer.ConsumerConfig;
import io.millrace.client.consumer.ConsumerRecord;
import io.millrace.client.consumer.OffsetReset;
import io.millrace.client.consumer.group.GroupConfig;
import io.millrace.client.producer.Acks;
import io.millrace.client.producer.Producer;
import io.millrace.client.producer.ProducerConfig;
import io.millrace.client.producer.ProducerRecord;
import io.millrace.client.producer.RecordMetadata;
import io.millrace.protocol.compress.Codec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/** Our own clients as a driver of the client table; the commands are those of {@link JavaCells}. */
final class NativeCells {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String RETENTION = "retention.ms";

    private final ClientConfig config;

    private NativeCells(String bootstrap) {
        config = ClientConfig.of(bootstrap).withClientId(System.getenv().getOrDefault("CLIENT_ID", "native"));
    }

    public static void main(String[] arguments) throws Exception {
        NativeCells cells = new NativeCells(arguments[1]);
        List<String> rest = List.of(Arrays.copyOfRange(arguments, 2, arguments.length));
        switch (arguments[0]) {
            case "produce" -> cells.produce(rest);
            case "consume" -> cells.consume(rest);
            case "member" -> cells.member(rest.get(0), rest.get(1));
            case "admin" -> cells.admin(rest.get(0));
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private void produce(List<String> topics) throws Exception {
        List<TableLines.Line> lines = TableLines.read();
        for (String codecAndTopic : topics) {
            String codec = codecAndTopic.substring(0, codecAndTopic.indexOf('='));
            String topic = codecAndTopic.substring(codec.length() + 1);
            List<CompletableFuture<RecordMetadata>> sent = new ArrayList<>();
            ProducerConfig settings = ProducerConfig.of(config)
                    .withAcks(Acks.ALL)
                    .withCodec(Codec.valueOf(codec.toUpperCase(Locale.ROOT)));
            try (Producer producer = Producer.open(settings)) {
                for (TableLines.Line line : lines) {
                    sent.add(producer.send(ProducerRecord.of(topic, line.key(), line.value())));
                }
            }
            for (CompletableFuture<RecordMetadata> one : sent) {
                one.join();
            }
            System.out.println(codec + " ok");
        }
    }

    private void consume(List<String> topics) {
        TableLines out = new TableLines();
        List<TopicPartition> partitions = new ArrayList<>();
        Map<TopicPartition, OffsetQuery> latest = new HashMap<>();
        Map<TopicPartition, FoundOffset> ends;
        try (Admin admin = Admin.open(config)) {
            for (TopicDescription described : admin.describeTopics(topics).join()) {
                for (int number = 0; number < described.topic().partitionCount(); number++) {
                    partitions.add(new TopicPartition(described.topic().name(), number));
                    latest.put(partitions.getLast(), OffsetQuery.latest());
                }
            }
            ends = admin.listOffsets(latest).join();
        }
        long left = ends.values().stream().mapToLong(FoundOffset::offset).sum();
        try (Consumer consumer = Consumer.open(ConsumerConfig.of(config).withReset(OffsetReset.EARLIEST))) {
            consumer.assign(partitions);
            long progressNs = System.nanoTime();
            while (left > 0) {
                for (ConsumerRecord record : consumer.poll(Duration.ofMillis(200))) {
                    out.write(record.topic(), record.key(), record.value());
                    left--;
                    progressNs = System.nanoTime();
                }
                if (System.nanoTime() - progressNs > PATIENCE.toNanos()) {
                    throw new IllegalStateException("no record for " + PATIENCE);
                }
            }
        }
        out.flush();
    }

    private void member(String topic, String groupId) {
        GroupConfig group =
                GroupConfig.of(groupId).withTimeouts(10_000, 500, 300_000).withoutAutoCommit();
        TableLines out = new TableLines();
        Thread main = Thread.currentThread();
        AtomicBoolean stopped = new AtomicBoolean();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            stopped.set(true);
            try {
                main.join(PATIENCE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        int assigned = -1;
        try (Consumer consumer = Consumer.open(
                ConsumerConfig.of(config).withReset(OffsetReset.EARLIEST).withGroup(group))) {
            consumer.subscribe(List.of(topic));
            while (!stopped.get()) {
                List<ConsumerRecord> records = consumer.poll(Duration.ofMillis(200));
                for (ConsumerRecord record : records) {
                    out.write(null, record.key(), record.value());
                }
                out.flush();
                if (!records.isEmpty()) {
                    consumer.commit();
                }
                if (consumer.assignment().size() != assigned) {
                    assigned = consumer.assignment().size();
                    System.err.println("assigned " + assigned);
                }
            }
        }
    }

    private void admin(String group) {
        String topic = "admin." + config.clientId();
        try (Admin admin = Admin.open(config)) {
            cell("create-topic", () -> {
                admin.createTopic(NewTopic.of(topic).withPartitions(2).withConfigs(Map.of(RETENTION, "3600000")))
                        .join();
                return describe(admin, topic).topic().partitionCount() == 2;
            });
            cell("describe-topic", () -> describe(admin, topic).topic().name().equals(topic));
            cell("add-partitions", () -> {
                admin.addPartitions(topic, 3).join();
                return describe(admin, topic).topic().partitionCount() == 3;
            });
            cell("describe-config", () -> retention(admin, topic).equals("3600000"));
            cell("alter-config", () -> {
                admin.configureTopic(topic, Map.of(RETENTION, "7200000"), Set.of())
                        .join();
                return retention(admin, topic).equals("7200000");
            });
            cell("delete-records", () -> {
                TopicPartition partition = new TopicPartition(topic, 0);
                try (Producer producer = Producer.open(ProducerConfig.of(config))) {
                    for (int i = 0; i < 3; i++) {
                        producer.send(ProducerRecord.of(topic, null, new byte[] {(byte) i})
                                        .toPartition(0))
                                .join();
                    }
                }
                admin.deleteRecords(partition, 2).join();
                return Objects.requireNonNull(admin.listOffsets(Map.of(partition, OffsetQuery.earliest()))
                                        .join()
                                        .get(partition))
                                .offset()
                        == 2;
            });
            cell("list-groups", () -> isListed(admin, group));
            cell(
                    "describe-group",
                    () -> admin.groups().describe(group).join().state().equals("Empty"));
            cell("delete-group", () -> {
                admin.groups().delete(group).join();
                return !isListed(admin, group);
            });
            cell("delete-topic", () -> {
                admin.deleteTopic(topic).join();
                return admin.listTopics().join().stream()
                        .noneMatch(image -> image.name().equals(topic));
            });
        }
    }

    private static boolean isListed(Admin admin, String group) {
        return admin.groups().list(Set.of(), Set.of()).join().stream()
                .anyMatch(listed -> listed.groupId().equals(group));
    }

    private static TopicDescription describe(Admin admin, String topic) {
        return admin.describeTopics(List.of(topic)).join().getFirst();
    }

    private static String retention(Admin admin, String topic) {
        return describe(admin, topic).configs().stream()
                .filter(entry -> entry.name().equals(RETENTION))
                .map(entry -> String.valueOf(entry.value()))
                .findFirst()
                .orElse("none");
    }

    private static void cell(String verb, BooleanSupplier work) {
        String outcome;
        try {
            outcome = work.getAsBoolean() ? "ok" : "FAIL not what was asked for";
        } catch (RuntimeException e) {
            outcome = "FAIL " + e;
        }
        System.out.println(verb + " " + outcome.replace('\n', ' '));
    }
}
