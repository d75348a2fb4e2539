package io.millrace.clienttable;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The verbs of the table's admin column by Kafka's Java client; each prints {@code VERB ok} or {@code VERB FAIL why}. */
final class JavaAdminCells {

    private static final int PATIENCE_S = 30;
    private static final String RETENTION = "retention.ms";

    private final Map<String, Object> settings;
    private final String topic;

    JavaAdminCells(Map<String, Object> settings) {
        this.settings = new HashMap<>(settings);
        this.topic = "admin." + settings.get("client.id");
    }

    void run(String group) {
        try (Admin admin = Admin.create(settings)) {
            cell("create-topic", () -> {
                NewTopic created = new NewTopic(topic, 2, (short) 1).configs(Map.of(RETENTION, "3600000"));
                await(admin.createTopics(List.of(created)).all());
                return partitions(admin) == 2;
            });
            cell("describe-topic", () -> describe(admin).name().equals(topic));
            cell("add-partitions", () -> {
                await(admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(3)))
                        .all());
                return partitions(admin) == 3;
            });
            cell("describe-config", () -> config(admin, RETENTION).equals("3600000"));
            cell("alter-config", () -> alter(admin));
            cell("delete-records", () -> deleteRecords(admin));
            cell("list-groups", () -> listedGroups(admin).contains("groupId='" + group + "'"));
            cell(
                    "describe-group",
                    () -> await(admin.describeConsumerGroups(List.of(group)).all())
                            .toString()
                            .contains("Empty"));
            cell("delete-group", () -> {
                await(admin.deleteConsumerGroups(List.of(group)).all());
                return !listedGroups(admin).contains("groupId='" + group + "'");
            });
            cell("delete-topic", () -> {
                await(admin.deleteTopics(List.of(topic)).all());
                return !await(admin.listTopics().names()).contains(topic);
            });
        }
    }

    private static void cell(String verb, Callable<Boolean> work) {
        String outcome;
        try {
            outcome = work.call() ? "ok" : "FAIL not what was asked for";
        } catch (Exception e) {
            outcome = "FAIL " + e;
        }
        System.out.println(verb + " " + outcome.replace('\n', ' '));
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.get(PATIENCE_S, TimeUnit.SECONDS);
    }

    /** The result of the first of these methods that this version has. */
    private static Object call(Object target, Class<?> type, Object[] arguments, String... names) throws Exception {
        for (String name : names) {
            for (Method method : type.getMethods()) {
                if (method.getName().equals(name)
                        && method.getParameterCount() == arguments.length
                        && (arguments.length == 0 || method.getParameterTypes()[0].isInstance(arguments[0]))) {
                    try {
                        return method.invoke(target, arguments);
                    } catch (InvocationTargetException e) {
                        throw new IllegalStateException(e.getCause());
                    }
                }
            }
        }
        throw new IllegalStateException("none of " + List.of(names));
    }

    private TopicDescription describe(Admin admin) throws Exception {
        Object result = admin.describeTopics(List.of(topic));
        Map<?, ?> values = (Map<?, ?>) call(result, result.getClass(), new Object[0], "topicNameValues", "values");
        return (TopicDescription) await(Objects.requireNonNull((Future<?>) values.get(topic)));
    }

    private int partitions(Admin admin) throws Exception {
        return describe(admin).partitions().size();
    }

    private String config(Admin admin, String key) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Config config = Objects.requireNonNull(
                await(admin.describeConfigs(List.of(resource)).all()).get(resource));
        return config.get(key).value();
    }

    /** Incrementally, and in the old way where the client still has it. */
    private boolean alter(Admin admin) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Collection<AlterConfigOp> set =
                List.of(new AlterConfigOp(new ConfigEntry(RETENTION, "7200000"), AlterConfigOp.OpType.SET));
        await(admin.incrementalAlterConfigs(Map.of(resource, set)).all());
        boolean altered = config(admin, RETENTION).equals("7200000");
        if (List.of(Admin.class.getMethods()).stream()
                .anyMatch(method -> method.getName().equals("alterConfigs"))) {
            Object all = new Config(List.of(new ConfigEntry("segment.bytes", "2097152")));
            Object result = call(admin, Admin.class, new Object[] {Map.of(resource, all)}, "alterConfigs");
            await((Future<?>) call(result, result.getClass(), new Object[0], "all"));
            altered &= config(admin, "segment.bytes").equals("2097152")
                    && !config(admin, RETENTION).equals("7200000");
        }
        return altered;
    }

    private boolean deleteRecords(Admin admin) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < 3; i++) {
                await(producer.send(new ProducerRecord<>(topic, 0, null, new byte[] {(byte) i})));
            }
        }
        TopicPartition partition = new TopicPartition(topic, 0);
        await(admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(2)))
                .all());
        return Objects.requireNonNull(await(admin.listOffsets(Map.of(partition, OffsetSpec.earliest()))
                                        .all())
                                .get(partition))
                        .offset()
                == 2;
    }

    private static String listedGroups(Admin admin) throws Exception {
        Object result = call(admin, Admin.class, new Object[0], "listGroups", "listConsumerGroups");
        return String.valueOf(await((KafkaFuture<?>) call(result, result.getClass(), new Object[0], "all")));
    }
}
