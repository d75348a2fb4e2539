package io.millrace.hostile.corpus;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Everything that Kafka's Java clients can be made to send to this broker. Stateless. */
final class JavaTour {

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private JavaTour() {}

    static Map<String, Uuid> createTopics(String bootstrap, Collection<String> names, int partitions) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(names.stream()
                            .map(name -> new NewTopic(name, partitions, (short) 1)
                                    .configs(Map.of("retention.ms", "86400000", "max.message.bytes", "2000000")))
                            .toList())
                    .all()
                    .get();
            return admin.describeTopics(names).allTopicNames().get().entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, each -> each.getValue().topicId()));
        }
    }

    static void produce(String bootstrap, String topic) {
        for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
            for (String acks : List.of("all", "1", "0")) {
                produce(bootstrap, topic, codec, acks);
            }
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // flush() waits for all
    private static void produce(String bootstrap, String topic, String codec, String acks) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                bootstrap,
                "compression.type",
                codec,
                "acks",
                acks,
                "linger.ms",
                5,
                "enable.idempotence",
                acks.equals("all"));
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < 200; i++) {
                ProducerRecord<String, String> sent =
                        new ProducerRecord<>(topic, i % 2, "key" + i, ("value" + i).repeat(1 + i % 5));
                sent.headers().add("header", new byte[] {1, 2, 3});
                producer.send(sent);
            }
            producer.flush();
        }
    }

    static void consume(String bootstrap, String topic) {
        TopicPartition partition = new TopicPartition(topic, 0);
        for (String isolation : List.of("read_uncommitted", "read_committed")) {
            Map<String, Object> settings = Map.of(
                    "bootstrap.servers",
                    bootstrap,
                    "isolation.level",
                    isolation,
                    "group.id",
                    "tour-simple",
                    "enable.auto.commit",
                    false,
                    "fetch.max.wait.ms",
                    50);
            try (KafkaConsumer<String, String> consumer = consumer(settings)) {
                consumer.assign(List.of(partition, new TopicPartition(topic, 1)));
                consumer.seekToBeginning(consumer.assignment());
                consumer.poll(PATIENCE);
                // With an epoch, the position is checked by OffsetForLeaderEpoch.
                consumer.seek(partition, new OffsetAndMetadata(1, Optional.of(0), ""));
                consumer.poll(PATIENCE);
                consumer.offsetsForTimes(Map.of(partition, 1L));
                consumer.commitSync(Map.of(partition, new OffsetAndMetadata(3, "a note")));
                consumer.committed(Set.of(partition));
                consumer.partitionsFor(topic);
                consumer.listTopics();
            }
        }
    }

    private static KafkaConsumer<String, String> consumer(Map<String, Object> settings) {
        return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    }

    static void group(String bootstrap, String topic) throws Exception {
        for (String assignor : List.of("RangeAssignor", "CooperativeStickyAssignor")) {
            String group = "tour-" + assignor;
            try (KafkaConsumer<String, String> first = member(bootstrap, group, assignor, "one");
                    KafkaConsumer<String, String> second = member(bootstrap, group, assignor, "two")) {
                first.subscribe(List.of(topic));
                second.subscribe(List.of(topic));
                Thread other = Thread.ofPlatform().start(() -> pollFor(second, Duration.ofSeconds(8)));
                pollFor(first, Duration.ofSeconds(8));
                other.join();
                first.commitSync();
                second.commitSync();
            }
        }
    }

    private static KafkaConsumer<String, String> member(
            String bootstrap, String group, String assignor, String instance) {
        return consumer(Map.of(
                "bootstrap.servers",
                bootstrap,
                "group.id",
                group,
                "heartbeat.interval.ms",
                500,
                "session.timeout.ms",
                6000,
                "auto.offset.reset",
                "earliest",
                "group.instance.id",
                group + instance,
                "partition.assignment.strategy",
                "org.apache.kafka.clients.consumer." + assignor));
    }

    private static void pollFor(KafkaConsumer<String, String> consumer, Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            consumer.poll(Duration.ofMillis(100));
        }
    }

    static void admin(String bootstrap, String topic) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            createTopics(bootstrap, List.of("tour-admin", "tour-deleted"), 2);
            admin.listTopics().names().get();
            admin.createPartitions(Map.of("tour-admin", NewPartitions.increaseTo(3)))
                    .all()
                    .get();
            admin.describeCluster().nodes().get();
            configs(admin);
            admin.describeLogDirs(List.of(1)).allDescriptions().get();
            TopicPartition partition = new TopicPartition(topic, 0);
            for (OffsetSpec spec : List.of(
                    OffsetSpec.earliest(),
                    OffsetSpec.latest(),
                    OffsetSpec.maxTimestamp(),
                    OffsetSpec.earliestLocal(),
                    OffsetSpec.latestTiered(),
                    OffsetSpec.forTimestamp(1))) {
                settled(admin.listOffsets(Map.of(partition, spec)).all());
            }
            settled(admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(2)))
                    .all());
            groups(admin, partition);
            Map<String, Uuid> ids =
                    admin.describeTopics(List.of("tour-deleted")).allTopicNames().get().entrySet().stream()
                            .collect(Collectors.toMap(
                                    Map.Entry::getKey, each -> each.getValue().topicId()));
            admin.deleteTopics(ids.keySet()).all().get();
        }
    }

    private static void configs(Admin admin) throws Exception {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "tour-admin");
        ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, "1");
        admin.describeConfigs(List.of(topic, broker)).all().get();
        admin.listConfigResources().all().get();
        List<AlterConfigOp> changes = List.of(
                new AlterConfigOp(new ConfigEntry("retention.ms", "3600000"), AlterConfigOp.OpType.SET),
                new AlterConfigOp(new ConfigEntry("segment.bytes", ""), AlterConfigOp.OpType.DELETE),
                new AlterConfigOp(new ConfigEntry("cleanup.policy", "compact"), AlterConfigOp.OpType.APPEND));
        settled(admin.incrementalAlterConfigs(Map.of(topic, changes)).all());
        settled(admin.incrementalAlterConfigs(Map.of(broker, changes.subList(0, 1)))
                .all());
    }

    private static void groups(Admin admin, TopicPartition partition) throws Exception {
        List<String> names = List.of("tour-simple", "tour-RangeAssignor", "tour-CooperativeStickyAssignor");
        settled(admin.listGroups().all());
        settled(admin.describeClassicGroups(names).all());
        settled(admin.listConsumerGroupOffsets(names.stream()
                        .collect(Collectors.toMap(Function.identity(), each -> new ListConsumerGroupOffsetsSpec())))
                .all());
        settled(admin.alterConsumerGroupOffsets("tour-simple", Map.of(partition, new OffsetAndMetadata(7)))
                .all());
        settled(admin.removeMembersFromConsumerGroup(
                        "tour-RangeAssignor",
                        new RemoveMembersFromConsumerGroupOptions(List.of(new MemberToRemove("tour-RangeAssignorone"))))
                .all());
        settled(admin.deleteConsumerGroupOffsets("tour-simple", Set.of(partition))
                .all());
        settled(admin.deleteConsumerGroups(List.of("tour-simple", "tour-nobody"))
                .all());
    }

    /** Waits; what was refused was sent all the same, which is all that is asked here. */
    private static void settled(KafkaFuture<?> answer) throws InterruptedException {
        try {
            answer.get();
        } catch (ExecutionException refused) {
            System.out.println("  refused: " + refused.getCause());
        }
    }
}
