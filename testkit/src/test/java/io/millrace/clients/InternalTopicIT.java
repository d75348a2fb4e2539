package io.millrace.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.TestBroker;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an administrator cannot do to the groups' log, because groups would lose their offsets by it. */
class InternalTopicIT {

    private static final String OFFSETS = "__consumer_offsets";
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);

    private final TestBroker broker = TestBroker.start();
    private final Admin admin = new JavaClients(broker).admin();

    @BeforeEach
    void commitAnOffset() throws Exception {
        admin.createTopics(List.of(new NewTopic("orders", 1, (short) 1))).all().get();
        admin.alterConsumerGroupOffsets("billing", Map.of(ORDERS, new OffsetAndMetadata(7)))
                .all()
                .get();
    }

    @AfterEach
    void stop() {
        admin.close();
        broker.close();
        assertThat(broker.fatal()).isEmpty();
    }

    private long committed() throws Exception {
        OffsetAndMetadata offset = admin.listConsumerGroupOffsets("billing")
                .partitionsToOffsetAndMetadata()
                .get()
                .get(ORDERS);
        return offset == null ? -1 : offset.offset();
    }

    @Test
    void moreOfItsPartitionsWouldLetGroupsLoseTheirOffsets() throws Exception {
        admin.createPartitions(Map.of("orders", NewPartitions.increaseTo(2)))
                .all()
                .get();
        assertThatThrownBy(() -> admin.createPartitions(Map.of(OFFSETS, NewPartitions.increaseTo(51)))
                        .all()
                        .get())
                .hasCauseInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("offsets.topic.num.partitions");
        assertThat(committed()).isEqualTo(7);
    }

    @Test
    void itsCleanupPolicyStaysAndItsRecordsAreNotDeleted() throws Exception {
        ConfigResource offsets = new ConfigResource(ConfigResource.Type.TOPIC, OFFSETS);
        assertThatThrownBy(() -> admin.incrementalAlterConfigs(Map.of(
                                offsets,
                                List.of(new AlterConfigOp(
                                        new ConfigEntry("cleanup.policy", ""), AlterConfigOp.OpType.DELETE))))
                        .all()
                        .get())
                .hasCauseInstanceOf(InvalidConfigurationException.class)
                .hasMessageContaining("cleanup.policy=compact");
        for (int partition = 0; partition < 50; partition++) {
            TopicPartition each = new TopicPartition(OFFSETS, partition);
            assertThatThrownBy(() -> admin.deleteRecords(Map.of(each, RecordsToDelete.beforeOffset(-1)))
                            .all()
                            .get())
                    .hasCauseInstanceOf(PolicyViolationException.class);
        }
        assertThat(committed()).isEqualTo(7);
    }

    @Test
    void itIsDescribedAsInternal() throws Exception {
        TopicDescription described = Objects.requireNonNull(
                admin.describeTopics(List.of(OFFSETS)).allTopicNames().get().get(OFFSETS));
        assertThat(described.isInternal()).isTrue();
    }
}
