package io.millrace.bench.load;

import io.millrace.protocol.message.ApiKey;
import io.millrace.protocol.message.CreateTopicsRequest;
import io.millrace.protocol.message.CreateTopicsResponse;
import io.millrace.protocol.message.DeleteTopicsRequest;
import io.millrace.protocol.message.ListOffsetsRequest;
import io.millrace.protocol.message.ListOffsetsResponse;
import io.millrace.protocol.message.MetadataRequest;
import io.millrace.protocol.message.MetadataResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Creates a topic and waits until every partition has a leader that knows it is one. */
public final class TopicCreation {

    private static final short CREATE_VERSION = 4;
    private static final short DELETE_VERSION = 4;
    private static final short METADATA_VERSION = 8;
    private static final short LIST_OFFSETS_VERSION = 5;
    private static final int ANY_EPOCH = -1;
    private static final int NO_REPLICA = -1;
    private static final long LATEST = -1;
    private static final int POLL_MS = 20;
    private static final int MAX_POLLS = 3000;

    private TopicCreation() {}

    public static void create(String bootstrap, String topic, int partitions, Map<String, String> configs)
            throws IOException, InterruptedException {
        List<CreateTopicsRequest.CreatableTopicConfig> settings = new ArrayList<>();
        configs.forEach((name, value) -> settings.add(
                new CreateTopicsRequest.CreatableTopicConfig().name(name).value(value)));
        try (BrokerSocket socket = new BrokerSocket(bootstrap)) {
            CreateTopicsResponse created = (CreateTopicsResponse) socket.call(
                    ApiKey.CREATE_TOPICS,
                    CREATE_VERSION,
                    new CreateTopicsRequest()
                            .timeoutMs(30_000)
                            .topics(List.of(new CreateTopicsRequest.CreatableTopic()
                                    .name(topic)
                                    .numPartitions(partitions)
                                    .replicationFactor((short) 1)
                                    .configs(settings))));
            CreateTopicsResponse.CreatableTopicResult result = created.topics().getFirst();
            if (result.errorCode() != 0) {
                throw new IOException("creating " + topic + " failed: " + result.errorMessage());
            }
            awaitLeaders(socket, topic, partitions);
            awaitAnswers(socket, topic, partitions);
        }
    }

    /** A controller may name a leader before that broker has heard of it. */
    private static void awaitAnswers(BrokerSocket socket, String topic, int partitions)
            throws IOException, InterruptedException {
        List<ListOffsetsRequest.ListOffsetsPartition> all = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            all.add(new ListOffsetsRequest.ListOffsetsPartition()
                    .partitionIndex(partition)
                    .currentLeaderEpoch(ANY_EPOCH)
                    .timestamp(LATEST));
        }
        ListOffsetsRequest request = new ListOffsetsRequest()
                .replicaId(NO_REPLICA)
                .topics(List.of(
                        new ListOffsetsRequest.ListOffsetsTopic().name(topic).partitions(all)));
        for (int poll = 0; poll < MAX_POLLS; poll++) {
            ListOffsetsResponse answer =
                    (ListOffsetsResponse) socket.call(ApiKey.LIST_OFFSETS, LIST_OFFSETS_VERSION, request);
            if (answer.topics().getFirst().partitions().stream().allMatch(partition -> partition.errorCode() == 0)) {
                return;
            }
            Thread.sleep(POLL_MS);
        }
        throw new IOException("not all leaders of " + topic + " answer");
    }

    private static void awaitLeaders(BrokerSocket socket, String topic, int partitions)
            throws IOException, InterruptedException {
        for (int poll = 0; poll < MAX_POLLS; poll++) {
            MetadataResponse answer = (MetadataResponse) socket.call(
                    ApiKey.METADATA,
                    METADATA_VERSION,
                    new MetadataRequest()
                            .topics(List.of(new MetadataRequest.MetadataRequestTopic().name(topic)))
                            .allowAutoTopicCreation(false));
            long led = answer.topics().getFirst().partitions().stream()
                    .filter(partition -> partition.leaderId() >= 0)
                    .count();
            if (led == partitions) {
                return;
            }
            Thread.sleep(POLL_MS);
        }
        throw new IOException("no leaders for " + topic);
    }

    public static void delete(String bootstrap, String topic) throws IOException {
        try (BrokerSocket socket = new BrokerSocket(bootstrap)) {
            socket.call(
                    ApiKey.DELETE_TOPICS,
                    DELETE_VERSION,
                    new DeleteTopicsRequest().timeoutMs(30_000).topicNames(List.of(topic)));
        }
    }
}
