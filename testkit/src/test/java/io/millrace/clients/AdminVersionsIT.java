package io.millrace.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.TestBroker;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.CreatePartitionsRequest;
import org.apache.kafka.common.requests.CreateTopicsRequest;
import org.apache.kafka.common.requests.CreateTopicsResponse;
import org.apache.kafka.common.requests.DeleteRecordsRequest;
import org.apache.kafka.common.requests.DescribeClusterRequest;
import org.apache.kafka.common.requests.DescribeConfigsRequest;
import org.apache.kafka.common.requests.DescribeLogDirsRequest;
import org.apache.kafka.common.requests.IncrementalAlterConfigsRequest;
import org.apache.kafka.common.requests.ListConfigResourcesRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Every advertised version of the admin APIs, encoded and decoded by Kafka's classes: clients use one version only. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AdminVersionsIT {

    private static final byte CLIENT_METRICS = 16;

    private final TestBroker broker = TestBroker.start();
    private final RawRequests raw = new RawRequests(broker);

    @AfterAll
    void stop() throws IOException {
        raw.close();
        broker.close();
        assertThat(broker.fatal()).isEmpty();
    }

    /** Sends each advertised version; returns how many there were, so that an API that is not offered fails. */
    private int answered(ApiKeys api, IntFunction<AbstractRequest> request) {
        ApiVersionsResponse offered =
                raw.send(new ApiVersionsRequest.Builder().build((short) 3), ApiVersionsResponse.class);
        int from = offered.apiVersion(api.id).minVersion();
        int to = offered.apiVersion(api.id).maxVersion();
        for (int version = from; version <= to; version++) {
            AbstractResponse answer = raw.send(request.apply(version), AbstractResponse.class);
            assertThat(answer.errorCounts().keySet()).as(api + " v" + version).isSubsetOf(Errors.NONE);
        }
        return to - from + 1;
    }

    private static CreateTopicsRequest create(String topic, int version, boolean validateOnly) {
        CreateTopicsRequestData data = new CreateTopicsRequestData().setValidateOnly(validateOnly);
        data.topics()
                .add(new CreateTopicsRequestData.CreatableTopic()
                        .setName(topic)
                        .setNumPartitions(1)
                        .setReplicationFactor((short) 1));
        return new CreateTopicsRequest.Builder(data).build((short) version);
    }

    @Test
    void createTopics() {
        assertThat(answered(ApiKeys.CREATE_TOPICS, version -> create("created-" + version, version, false)))
                .isEqualTo(6);
    }

    @Test
    void aTopicNamedTwiceIsAnsweredOnce() {
        CreateTopicsRequestData data = new CreateTopicsRequestData();
        for (int i = 0; i < 2; i++) {
            data.topics()
                    .mustAdd(new CreateTopicsRequestData.CreatableTopic()
                            .setName("twice")
                            .setNumPartitions(1)
                            .setReplicationFactor((short) 1));
        }
        CreateTopicsResponse answer =
                raw.send(new CreateTopicsRequest.Builder(data).build((short) 7), CreateTopicsResponse.class);
        assertThat(answer.data().topics()).hasSize(1);
        assertThat(answer.errorCounts()).containsKey(Errors.INVALID_REQUEST);
    }

    @Test
    void createPartitions() {
        raw.send(create("grown", 7, false), CreateTopicsResponse.class);
        assertThat(answered(ApiKeys.CREATE_PARTITIONS, version -> {
                    CreatePartitionsRequestData data = new CreatePartitionsRequestData();
                    data.topics()
                            .add(new CreatePartitionsRequestData.CreatePartitionsTopic()
                                    .setName("grown")
                                    .setCount(version + 2)
                                    .setAssignments(null));
                    return new CreatePartitionsRequest.Builder(data).build((short) version);
                }))
                .isEqualTo(4);
    }

    @Test
    void describeConfigs() {
        raw.send(create("described", 7, false), CreateTopicsResponse.class);
        assertThat(answered(ApiKeys.DESCRIBE_CONFIGS, version -> {
                    List<DescribeConfigsRequestData.DescribeConfigsResource> resources = new ArrayList<>();
                    resources.add(new DescribeConfigsRequestData.DescribeConfigsResource()
                            .setResourceType((byte) 2)
                            .setResourceName("described")
                            .setConfigurationKeys(null));
                    resources.add(new DescribeConfigsRequestData.DescribeConfigsResource()
                            .setResourceType((byte) 4)
                            .setResourceName("1")
                            .setConfigurationKeys(List.of("listeners")));
                    return new DescribeConfigsRequest.Builder(new DescribeConfigsRequestData()
                                    .setIncludeSynonyms(true)
                                    .setResources(resources))
                            .build((short) version);
                }))
                .isEqualTo(4);
    }

    @Test
    void incrementalAlterConfigs() {
        raw.send(create("incremental", 7, false), CreateTopicsResponse.class);
        assertThat(answered(ApiKeys.INCREMENTAL_ALTER_CONFIGS, version -> {
                    IncrementalAlterConfigsRequestData.AlterConfigsResource resource =
                            new IncrementalAlterConfigsRequestData.AlterConfigsResource()
                                    .setResourceType((byte) 2)
                                    .setResourceName("incremental");
                    resource.configs()
                            .add(new IncrementalAlterConfigsRequestData.AlterableConfig()
                                    .setName("retention.ms")
                                    .setConfigOperation((byte) 0)
                                    .setValue("1" + version));
                    IncrementalAlterConfigsRequestData data = new IncrementalAlterConfigsRequestData();
                    data.resources().add(resource);
                    return new IncrementalAlterConfigsRequest.Builder(data).build((short) version);
                }))
                .isEqualTo(2);
    }

    @Test
    void describeCluster() {
        assertThat(answered(
                        ApiKeys.DESCRIBE_CLUSTER,
                        version -> new DescribeClusterRequest.Builder(new DescribeClusterRequestData())
                                .build((short) version)))
                .isEqualTo(3);
    }

    @Test
    void deleteRecords() {
        raw.send(create("trimmed", 7, false), CreateTopicsResponse.class);
        assertThat(answered(ApiKeys.DELETE_RECORDS, version -> {
                    DeleteRecordsRequestData data = new DeleteRecordsRequestData().setTimeoutMs(30_000);
                    data.topics()
                            .add(new DeleteRecordsRequestData.DeleteRecordsTopic()
                                    .setName("trimmed")
                                    .setPartitions(List.of(new DeleteRecordsRequestData.DeleteRecordsPartition()
                                            .setPartitionIndex(0)
                                            .setOffset(-1))));
                    return new DeleteRecordsRequest.Builder(data).build((short) version);
                }))
                .isEqualTo(3);
    }

    @Test
    void describeLogDirs() {
        assertThat(answered(
                        ApiKeys.DESCRIBE_LOG_DIRS,
                        version -> new DescribeLogDirsRequest.Builder(new DescribeLogDirsRequestData().setTopics(null))
                                .build((short) version)))
                .isEqualTo(5);
    }

    @Test
    void listConfigResources() {
        assertThat(answered(
                        ApiKeys.LIST_CONFIG_RESOURCES,
                        version -> new ListConfigResourcesRequest.Builder(
                                        new ListConfigResourcesRequestData().setResourceTypes(List.of(CLIENT_METRICS)))
                                .build((short) version)))
                .isEqualTo(2);
    }
}
