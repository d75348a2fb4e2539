package io.millrace.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.TestBroker;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import javax.management.JMException;
import javax.management.ObjectName;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.requests.DescribeConfigsRequest;
import org.apache.kafka.common.requests.DescribeConfigsResponse;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FindCoordinatorRequest;
import org.apache.kafka.common.requests.FindCoordinatorResponse;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.MetadataResponse;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that are legal and far larger, or far more, than any client's: the broker goes on serving the others. */
@Timeout(300)
class HostileRequestIT {

    private final TestBroker broker =
            TestBroker.start("num.partitions", "1", "group.initial.rebalance.delay.ms", "120000");

    @AfterEach
    void stop() {
        broker.close();
        assertThat(broker.fatal()).isEmpty();
    }

    private static MetadataRequest metadata(List<String> names) {
        MetadataRequestData data = new MetadataRequestData().setAllowAutoTopicCreation(true);
        names.forEach(name -> data.topics().add(new MetadataRequestData.MetadataRequestTopic().setName(name)));
        return new MetadataRequest(data, (short) 7);
    }

    @Test
    void oneRequestCreatesABoundedNumberOfTopics() throws IOException {
        try (RawRequests raw = new RawRequests(broker)) {
            List<String> names =
                    IntStream.range(0, 1_200).mapToObj(each -> "topic" + each).toList();
            MetadataResponse first = raw.send(metadata(names), MetadataResponse.class);
            assertThat(first.errors()).hasSize(200);
            assertThat(raw.send(metadata(names), MetadataResponse.class).errors())
                    .isEmpty();
        }
    }

    @Test
    void manyUnknownTopicsAreAnsweredAndTooManyCloseTheConnection() throws IOException {
        try (RawRequests raw = new RawRequests(broker)) {
            List<String> names =
                    IntStream.range(0, 40_000).mapToObj(each -> each + "!").toList();
            assertThat(raw.send(metadata(names), MetadataResponse.class).errors())
                    .hasSize(40_000);
        }
        try (RawRequests raw = new RawRequests(broker)) {
            raw.post(metadata(Collections.nCopies(1_000_000, "")));
            assertThat(raw.isClosed()).isTrue();
        }
    }

    @Test
    void aResourceThatIsDescribedManyTimesIsAnsweredOnce() throws IOException {
        DescribeConfigsRequestData data = new DescribeConfigsRequestData();
        for (int i = 0; i < 20_000; i++) {
            data.resources()
                    .add(new DescribeConfigsRequestData.DescribeConfigsResource()
                            .setResourceType((byte) 4)
                            .setResourceName("1")
                            .setConfigurationKeys(null));
        }
        try (RawRequests raw = new RawRequests(broker)) {
            DescribeConfigsResponse answer =
                    raw.send(new DescribeConfigsRequest.Builder(data).build((short) 1), DescribeConfigsResponse.class);
            assertThat(answer.data().results()).hasSize(1);
        }
    }

    private static FetchRequest longFetch() {
        Map<TopicPartition, FetchRequest.PartitionData> partitions = new LinkedHashMap<>();
        for (int partition = 0; partition < 3; partition++) {
            partitions.put(
                    new TopicPartition("parked", partition),
                    new FetchRequest.PartitionData(Uuid.ZERO_UUID, 0, 0, 1 << 20, Optional.empty(), Optional.empty()));
        }
        return FetchRequest.Builder.forConsumer((short) 6, 250_000, 1, partitions)
                .build((short) 6);
    }

    @Test
    void aParkedFetchEndsWithItsConnection() throws Exception {
        JavaClients clients = new JavaClients(broker);
        try (Admin admin = clients.admin()) {
            admin.createTopics(List.of(new NewTopic("parked", 3, (short) 1)))
                    .all()
                    .get();
        }
        try (RawRequests raw = new RawRequests(broker)) {
            for (int i = 0; i < 20; i++) {
                raw.post(longFetch());
            }
            Awaitility.await().until(() -> parkedFetches() == 20 * 3);
        }
        Awaitility.await().until(() -> parkedFetches() == 0);
    }

    private static JoinGroupRequest join() {
        JoinGroupRequestData data = new JoinGroupRequestData()
                .setGroupId("gone")
                .setSessionTimeoutMs(300_000)
                .setRebalanceTimeoutMs(300_000)
                .setProtocolType("consumer");
        data.protocols()
                .add(new JoinGroupRequestData.JoinGroupRequestProtocol()
                        .setName("range")
                        .setMetadata(new byte[100]));
        return new JoinGroupRequest(data, (short) 3);
    }

    @Test
    void aMemberWhoseClientIsGoneKeepsNoConnection() throws Exception {
        int members = 30;
        try (RawRequests raw = new RawRequests(broker)) {
            raw.send(
                    new FindCoordinatorRequest.Builder(new FindCoordinatorRequestData().setKey("gone"))
                            .build((short) 2),
                    FindCoordinatorResponse.class);
        }
        for (int i = 0; i < members; i++) {
            try (RawRequests raw = new RawRequests(broker)) {
                raw.post(join());
                int joined = i + 1;
                Awaitility.await().until(() -> live("GroupMember") >= joined);
            }
        }
        Awaitility.await().until(() -> live("ServerConnection") <= 1);
        assertThat(live("GroupMember")).isEqualTo(members);
    }

    /** Live ones: one per shard that a waiting fetch has partitions on. */
    private static long parkedFetches() throws JMException {
        return live("PendingFetch");
    }

    private static long live(String simpleName) throws JMException {
        String histogram = (String) ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "gcClassHistogram",
                        new Object[] {null},
                        new String[] {String[].class.getName()});
        return histogram
                .lines()
                .filter(line -> line.matches(".*\\." + simpleName + "( .*)?"))
                .mapToLong(line -> Long.parseLong(line.trim().split("\\s+", -1)[1]))
                .sum();
    }
}
