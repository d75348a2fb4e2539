package io.millrace.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.TestBroker;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreatePartitionsOptions;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListConfigResourcesOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AlterConfigsRequest;
import org.apache.kafka.common.requests.AlterConfigsResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kafka's admin client: topics, partitions, configurations, the cluster. */
@ParameterizedClass
@ValueSource(strings = {"1", "3"})
class AdminIT {

    private final TestBroker broker;
    private final JavaClients clients;
    private Admin admin;

    AdminIT(String shards) {
        broker = TestBroker.start("millrace.shards", shards, "log.retention.hours", "24");
        clients = new JavaClients(broker);
    }

    @BeforeEach
    void connect() {
        admin = clients.admin();
    }

    @AfterEach
    void stop() {
        admin.close();
        broker.close();
        assertThat(broker.fatal()).isEmpty();
    }

    private void create(String topic, int partitions, Map<String, String> configs) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(configs)))
                .all()
                .get();
    }

    private static ConfigResource topicResource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    private Config config(ConfigResource resource) throws Exception {
        return Objects.requireNonNull(admin.describeConfigs(
                        Set.of(resource),
                        new DescribeConfigsOptions().includeSynonyms(true).includeDocumentation(true))
                .all()
                .get()
                .get(resource));
    }

    private void alter(ConfigResource resource, AlterConfigOp.OpType operation, String key, String value)
            throws Exception {
        alter(resource, operation, key, value, false);
    }

    private void alter(
            ConfigResource resource, AlterConfigOp.OpType operation, String key, String value, boolean validateOnly)
            throws Exception {
        admin.incrementalAlterConfigs(
                        Map.of(resource, List.of(new AlterConfigOp(new ConfigEntry(key, value), operation))),
                        new AlterConfigsOptions().validateOnly(validateOnly))
                .all()
                .get();
    }

    @Test
    void aTopicIsCreatedAsAssignedAndToldWhatItGets() throws Exception {
        NewTopic topic = new NewTopic("assigned", Map.of(0, List.of(1), 1, List.of(1)))
                .configs(Map.of("cleanup.policy", "compact", "retention.ms", "1000"));
        CreateTopicsResult created = admin.createTopics(List.of(topic));
        assertThat(created.numPartitions("assigned").get()).isEqualTo(2);
        Config config = created.config("assigned").get();
        assertThat(config.get("cleanup.policy").value()).isEqualTo("compact");
        assertThat(config.get("cleanup.policy").source()).isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
        assertThat(config.get("segment.bytes").source()).isEqualTo(ConfigEntry.ConfigSource.DEFAULT_CONFIG);
        assertThat(created.topicId("assigned").get())
                .isEqualTo(described("assigned").topicId());
        NewTopic astray = new NewTopic("astray", Map.of(0, List.of(7)));
        assertThatThrownBy(() -> admin.createTopics(List.of(astray)).all().get())
                .hasCauseInstanceOf(InvalidReplicaAssignmentException.class);
    }

    @Test
    void whatIsOnlyValidatedIsNotDone() throws Exception {
        CreateTopicsResult validated = admin.createTopics(
                List.of(new NewTopic("imagined", 4, (short) 1)), new CreateTopicsOptions().validateOnly(true));
        assertThat(validated.numPartitions("imagined").get()).isEqualTo(4);
        assertThat(admin.listTopics().names().get()).doesNotContain("imagined");
        create("validated", 1, Map.of());
        admin.createPartitions(
                        Map.of("validated", NewPartitions.increaseTo(3)),
                        new CreatePartitionsOptions().validateOnly(true))
                .all()
                .get();
        assertThat(partitionCount("validated")).isEqualTo(1);
        alter(topicResource("validated"), AlterConfigOp.OpType.SET, "retention.ms", "5", true);
        assertThat(config(topicResource("validated")).get("retention.ms").source())
                .isNotEqualTo(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
        assertThatThrownBy(
                        () -> alter(topicResource("validated"), AlterConfigOp.OpType.SET, "retention.ms", "soon", true))
                .hasCauseInstanceOf(InvalidConfigurationException.class);
    }

    private TopicDescription described(String topic) throws Exception {
        return Objects.requireNonNull(
                admin.describeTopics(Set.of(topic)).allTopicNames().get().get(topic));
    }

    private int partitionCount(String topic) throws Exception {
        return described(topic).partitions().size();
    }

    @Test
    void addedPartitionsTakeRecordsAtOnce() throws Exception {
        create("growing", 1, Map.of());
        admin.createPartitions(Map.of("growing", NewPartitions.increaseTo(5)))
                .all()
                .get();
        assertThat(partitionCount("growing")).isEqualTo(5);
        try (KafkaProducer<String, String> producer = clients.producer(Map.of())) {
            for (int partition = 0; partition < 5; partition++) {
                producer.send(new ProducerRecord<>("growing", partition, "k", "v" + partition))
                        .get();
            }
        }
        assertThat(clients.readAll("growing", 5, Map.of())).hasSize(5);
        admin.createPartitions(Map.of("growing", NewPartitions.increaseTo(6, List.of(List.of(1)))))
                .all()
                .get();
        assertThat(partitionCount("growing")).isEqualTo(6);
        assertThatThrownBy(() -> admin.createPartitions(Map.of("growing", NewPartitions.increaseTo(2)))
                        .all()
                        .get())
                .hasCauseInstanceOf(InvalidPartitionsException.class);
        assertThatThrownBy(() -> admin.createPartitions(Map.of("no-such-topic", NewPartitions.increaseTo(2)))
                        .all()
                        .get())
                .hasCauseInstanceOf(UnknownTopicOrPartitionException.class);
    }

    @Test
    void aConfigurationShowsWhereItComesFrom() throws Exception {
        create("sourced", 1, Map.of("segment.bytes", "2097152"));
        Config config = config(topicResource("sourced"));
        ConfigEntry own = config.get("segment.bytes");
        assertThat(own.value()).isEqualTo("2097152");
        assertThat(own.type()).isEqualTo(ConfigEntry.ConfigType.INT);
        assertThat(own.documentation()).isNotEmpty();
        assertThat(own.synonyms())
                .extracting(ConfigEntry.ConfigSynonym::name)
                .containsExactly("segment.bytes", "log.segment.bytes");
        ConfigEntry fromBroker = config.get("retention.ms");
        assertThat(fromBroker.value()).isEqualTo("86400000");
        assertThat(fromBroker.source()).isEqualTo(ConfigEntry.ConfigSource.STATIC_BROKER_CONFIG);
        assertThat(fromBroker.synonyms().getFirst().name()).isEqualTo("log.retention.hours");
        Config ofBroker = config(new ConfigResource(ConfigResource.Type.BROKER, "1"));
        assertThat(ofBroker.get("log.retention.hours").value()).isEqualTo("24");
        assertThat(ofBroker.get("log.retention.ms").value()).isNull();
        assertThat(ofBroker.get("node.id").isReadOnly()).isTrue();
        assertThat(ofBroker.get("log.retention.hours").isReadOnly()).isFalse();
        assertThatThrownBy(() -> config(new ConfigResource(ConfigResource.Type.GROUP, "g")))
                .hasCauseInstanceOf(InvalidRequestException.class);
    }

    @Test
    void configurationsAreSetDeletedAddedToAndTakenFrom() throws Exception {
        create("altered", 1, Map.of());
        ConfigResource resource = topicResource("altered");
        alter(resource, AlterConfigOp.OpType.APPEND, "cleanup.policy", "compact");
        assertThat(config(resource).get("cleanup.policy").value()).isEqualTo("delete,compact");
        alter(resource, AlterConfigOp.OpType.SUBTRACT, "cleanup.policy", "delete");
        assertThat(config(resource).get("cleanup.policy").value()).isEqualTo("compact");
        alter(resource, AlterConfigOp.OpType.DELETE, "cleanup.policy", "");
        assertThat(config(resource).get("cleanup.policy").isDefault()).isTrue();
        assertThatThrownBy(() -> alter(resource, AlterConfigOp.OpType.APPEND, "retention.ms", "5"))
                .hasCauseInstanceOf(InvalidConfigurationException.class);
        assertThatThrownBy(() -> alter(resource, AlterConfigOp.OpType.SET, "compression.type", "gzip"))
                .hasCauseInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining("never recompresses");
    }

    /** What clients before 2.3 send; newer ones have no method for it. */
    @ParameterizedTest
    @ValueSource(shorts = {0, 1, 2})
    void configurationsAreReplacedAsAWhole(short version) throws Exception {
        String topic = "replaced-" + version;
        create(topic, 1, Map.of("retention.ms", "1000", "segment.bytes", "2097152"));
        try (RawRequests raw = new RawRequests(broker)) {
            AlterConfigsResponse answer = raw.send(
                    new AlterConfigsRequest.Builder(
                                    Map.of(
                                            topicResource(topic),
                                            new AlterConfigsRequest.Config(List.of(
                                                    new AlterConfigsRequest.ConfigEntry("retention.ms", "2000"))),
                                            topicResource("no-such-topic"),
                                            new AlterConfigsRequest.Config(List.of())),
                                    false)
                            .build(version),
                    AlterConfigsResponse.class);
            assertThat(answer.errors())
                    .hasEntrySatisfying(
                            topicResource(topic),
                            done -> assertThat(done.error()).isEqualTo(Errors.NONE))
                    .hasEntrySatisfying(
                            topicResource("no-such-topic"),
                            refused -> assertThat(refused.error()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION));
        }
        assertThat(config(topicResource(topic)).get("retention.ms").value()).isEqualTo("2000");
        assertThat(config(topicResource(topic)).get("segment.bytes").isDefault())
                .isTrue();
    }

    @Test
    void aChangeIsInForceForPartitionsThatRun() throws Exception {
        create("live", 3, Map.of());
        try (KafkaProducer<String, String> producer = clients.producer(Map.of("linger.ms", "0"))) {
            producer.send(new ProducerRecord<>("live", 0, "k", "x".repeat(2_000)))
                    .get();
            alter(topicResource("live"), AlterConfigOp.OpType.SET, "max.message.bytes", "1000");
            for (int partition = 0; partition < 3; partition++) {
                int number = partition;
                assertThatThrownBy(() -> producer.send(new ProducerRecord<>("live", number, "k", "x".repeat(2_000)))
                                .get())
                        .hasCauseInstanceOf(RecordTooLargeException.class);
            }
            alter(topicResource("live"), AlterConfigOp.OpType.DELETE, "max.message.bytes", "");
            producer.send(new ProducerRecord<>("live", 0, "k", "x".repeat(2_000)))
                    .get();
        }
    }

    @Test
    void aBrokersLiveConfigurationReachesTopicsThatSayNothing() throws Exception {
        create("following", 1, Map.of());
        create("own-mind", 1, Map.of("message.timestamp.type", "CreateTime"));
        ConfigResource all = new ConfigResource(ConfigResource.Type.BROKER, "");
        ConfigResource one = new ConfigResource(ConfigResource.Type.BROKER, "1");
        try (KafkaProducer<String, String> producer = clients.producer(Map.of())) {
            alter(all, AlterConfigOp.OpType.SET, "log.message.timestamp.type", "LogAppendTime");
            assertThat(config(topicResource("following"))
                            .get("message.timestamp.type")
                            .source())
                    .isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG);
            assertThat(config(all).entries()).hasSize(1);
            assertThat(producer.send(new ProducerRecord<>("following", 0, 1L, "k", "v"))
                            .get()
                            .timestamp())
                    .isGreaterThan(1L);
            assertThat(producer.send(new ProducerRecord<>("own-mind", 0, 1L, "k", "v"))
                            .get()
                            .timestamp())
                    .isEqualTo(1L);
            alter(one, AlterConfigOp.OpType.SET, "log.message.timestamp.type", "CreateTime");
            assertThat(producer.send(new ProducerRecord<>("following", 0, 1L, "k", "v"))
                            .get()
                            .timestamp())
                    .isEqualTo(1L);
        } finally {
            alter(all, AlterConfigOp.OpType.DELETE, "log.message.timestamp.type", "");
            alter(one, AlterConfigOp.OpType.DELETE, "log.message.timestamp.type", "");
        }
        assertThatThrownBy(() -> alter(one, AlterConfigOp.OpType.SET, "num.partitions", "3"))
                .hasCauseInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining("--set num.partitions=3");
        assertThatThrownBy(() -> alter(one, AlterConfigOp.OpType.SET, "min.insync.replicas", "2"))
                .hasMessageContaining("all brokers must agree");
        assertThatThrownBy(() -> alter(one, AlterConfigOp.OpType.SET, "num.io.threads", "8"))
                .hasMessageContaining("millrace.shards");
    }

    @Test
    void theClusterIsDescribed() throws Exception {
        DescribeClusterResult cluster = admin.describeCluster();
        assertThat(cluster.clusterId().get()).isEqualTo(broker.broker().clusterId());
        assertThat(cluster.controller().get().id()).isEqualTo(1);
        assertThat(cluster.nodes().get())
                .hasSize(1)
                .allSatisfy(node -> assertThat(node.host() + ":" + node.port()).isEqualTo(broker.bootstrap()));
    }

    @Test
    void topicsAreDescribedPageByPage() throws Exception {
        create("paged-a", 5, Map.of());
        create("paged-b", 1, Map.of());
        create("paged-c", 3, Map.of());
        Map<String, TopicDescription> described = admin.describeTopics(
                        TopicCollection.ofTopicNames(List.of("paged-a", "paged-b", "paged-c")),
                        new DescribeTopicsOptions().partitionSizeLimitPerResponse(2))
                .allTopicNames()
                .get();
        List<Integer> sizes = new ArrayList<>();
        new TreeMap<>(described)
                .values()
                .forEach(topic -> sizes.add(topic.partitions().size()));
        assertThat(sizes).containsExactly(5, 1, 3);
    }

    @Test
    void configurableResourcesAreListed() throws Exception {
        create("listed", 1, Map.of());
        assertThat(admin.listConfigResources().all().get())
                .contains(topicResource("listed"), new ConfigResource(ConfigResource.Type.BROKER, "1"));
        assertThat(admin.listConfigResources(Set.of(ConfigResource.Type.GROUP), new ListConfigResourcesOptions())
                        .all()
                        .get())
                .isEmpty();
    }

    @Test
    void withoutAnAuthorizerEveryOperationIsAllowedAndSaidSoWhenAsked() throws Exception {
        create("mine", 1, Map.of());
        Set<AclOperation> onCluster = admin.describeCluster(
                        new DescribeClusterOptions().includeAuthorizedOperations(true))
                .authorizedOperations()
                .get();
        TopicDescription described = Objects.requireNonNull(
                admin.describeTopics(List.of("mine"), new DescribeTopicsOptions().includeAuthorizedOperations(true))
                        .allTopicNames()
                        .get()
                        .get("mine"));

        assertThat(onCluster).contains(AclOperation.CREATE, AclOperation.CLUSTER_ACTION, AclOperation.IDEMPOTENT_WRITE);
        assertThat(described.authorizedOperations())
                .containsExactlyInAnyOrder(
                        AclOperation.READ,
                        AclOperation.WRITE,
                        AclOperation.CREATE,
                        AclOperation.DESCRIBE,
                        AclOperation.DELETE,
                        AclOperation.ALTER,
                        AclOperation.DESCRIBE_CONFIGS,
                        AclOperation.ALTER_CONFIGS);
    }
}
