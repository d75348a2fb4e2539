package io.millrace.clients.stub;

import io.millrace.protocol.BufferRecords;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Message;
import io.millrace.protocol.message.ApiKey;
import io.millrace.protocol.message.ApiVersionsRequest;
import io.millrace.protocol.message.ApiVersionsResponse;
import io.millrace.protocol.message.CreateTopicsRequest;
import io.millrace.protocol.message.CreateTopicsResponse;
import io.millrace.protocol.message.FetchRequest;
import io.millrace.protocol.message.FetchResponse;
import io.millrace.protocol.message.InitProducerIdRequest;
import io.millrace.protocol.message.InitProducerIdResponse;
import io.millrace.protocol.message.ListOffsetsRequest;
import io.millrace.protocol.message.ListOffsetsResponse;
import io.millrace.protocol.message.MetadataRequest;
import io.millrace.protocol.message.MetadataResponse;
import io.millrace.protocol.message.ProduceRequest;
import io.millrace.protocol.message.ProduceResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one stub broker says to each request. State is the cluster's, under its lock. */
final class StubAnswers {

    private static final ApiKey[] OFFERED = {
        ApiKey.PRODUCE,
        ApiKey.FETCH,
        ApiKey.LIST_OFFSETS,
        ApiKey.METADATA,
        ApiKey.API_VERSIONS,
        ApiKey.CREATE_TOPICS,
        ApiKey.INIT_PRODUCER_ID,
        ApiKey.FIND_COORDINATOR,
        ApiKey.JOIN_GROUP,
        ApiKey.SYNC_GROUP,
        ApiKey.HEARTBEAT,
        ApiKey.LEAVE_GROUP,
        ApiKey.OFFSET_COMMIT,
        ApiKey.OFFSET_FETCH
    };
    private static final long EARLIEST = -2;

    private final StubCluster cluster;
    private final int broker;

    StubAnswers(StubCluster cluster, int broker) {
        this.cluster = cluster;
        this.broker = broker;
    }

    /**
     * Does a request and words the answer.
     *
     * @param forced answers every partition with this code instead
     * @param act whether to do it
     */
    Message answer(Message request, @Nullable ErrorCode forced, boolean act) {
        synchronized (cluster) {
            return switch (request) {
                case ApiVersionsRequest ignored -> versions();
                case MetadataRequest metadata -> metadata(metadata);
                case InitProducerIdRequest ignored ->
                    new InitProducerIdResponse()
                            .errorCode((forced == null ? ErrorCode.NONE : forced).code())
                            .producerId(cluster.nextId())
                            .producerEpoch((short) 0);
                case CreateTopicsRequest create -> create(create, forced, act);
                case ProduceRequest produce -> produce(produce, forced, act);
                case FetchRequest fetch -> fetch(fetch, forced);
                case ListOffsetsRequest offsets -> offsets(offsets, forced);
                default -> {
                    Message ofGroup = cluster.group().answer(request, broker, forced, act);
                    if (ofGroup == null) {
                        throw new IllegalStateException("a stub does not answer " + request);
                    }
                    yield ofGroup;
                }
            };
        }
    }

    private ApiVersionsResponse versions() {
        ApiVersionsResponse response = new ApiVersionsResponse();
        for (ApiKey api : OFFERED) {
            response.apiKeys()
                    .add(new ApiVersionsResponse.ApiVersion()
                            .apiKey(api.id())
                            .minVersion(api.lowestVersion())
                            .maxVersion(cluster.highestVersion(api)));
        }
        return response;
    }

    private MetadataResponse metadata(MetadataRequest request) {
        MetadataResponse response = new MetadataResponse().clusterId("stub").controllerId(0);
        for (int id = 0; id < cluster.brokerCount(); id++) {
            response.brokers()
                    .add(new MetadataResponse.MetadataResponseBroker()
                            .nodeId(id)
                            .host("127.0.0.1")
                            .port(cluster.port(id)));
        }
        List<String> names = new ArrayList<>();
        List<MetadataRequest.MetadataRequestTopic> asked = request.topics();
        if (asked == null) {
            names.addAll(cluster.topics().keySet());
        } else {
            for (MetadataRequest.MetadataRequestTopic topic : asked) {
                names.add(String.valueOf(topic.name()));
            }
        }
        for (String name : names) {
            response.topics().add(topic(name));
        }
        return response;
    }

    private MetadataResponse.MetadataResponseTopic topic(String name) {
        StubCluster.Topic topic = cluster.topics().get(name);
        MetadataResponse.MetadataResponseTopic answer = new MetadataResponse.MetadataResponseTopic().name(name);
        if (topic == null) {
            return answer.errorCode(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
        }
        answer.topicId(topic.id);
        for (int i = 0; i < topic.logs.size(); i++) {
            answer.partitions()
                    .add(new MetadataResponse.MetadataResponsePartition()
                            .partitionIndex(i)
                            .leaderId(topic.leaders.get(i))
                            .leaderEpoch(topic.leaderEpochs.get(i))
                            .replicaNodes(new int[] {topic.leaders.get(i)})
                            .isrNodes(new int[] {topic.leaders.get(i)}));
        }
        return answer;
    }

    private CreateTopicsResponse create(CreateTopicsRequest request, @Nullable ErrorCode forced, boolean act) {
        CreateTopicsResponse response = new CreateTopicsResponse();
        for (CreateTopicsRequest.CreatableTopic topic : request.topics()) {
            ErrorCode error = forced == null ? ErrorCode.NONE : forced;
            if (act && cluster.hasTopic(topic.name())) {
                error = ErrorCode.TOPIC_ALREADY_EXISTS;
            } else if (act) {
                cluster.topic(topic.name(), Math.max(1, topic.numPartitions()));
            }
            response.topics()
                    .add(new CreateTopicsResponse.CreatableTopicResult()
                            .name(topic.name())
                            .errorCode(error.code()));
        }
        return response;
    }

    private @Nullable ErrorCode misplaced(StubCluster.@Nullable Topic topic, int partition) {
        if (topic == null || partition >= topic.logs.size()) {
            return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
        }
        return topic.leaders.get(partition) == broker ? null : ErrorCode.NOT_LEADER_OR_FOLLOWER;
    }

    private ProduceResponse produce(ProduceRequest request, @Nullable ErrorCode forced, boolean act) {
        ProduceResponse response = new ProduceResponse();
        for (ProduceRequest.TopicProduceData data : request.topicData()) {
            StubCluster.Topic topic = cluster.find(data.name(), data.topicId());
            ProduceResponse.TopicProduceResponse answer =
                    new ProduceResponse.TopicProduceResponse().name(data.name()).topicId(data.topicId());
            for (ProduceRequest.PartitionProduceData partition : data.partitionData()) {
                ErrorCode error = misplaced(topic, partition.index());
                long baseOffset = -1;
                if (error == null && act && topic != null && partition.records() instanceof BufferRecords records) {
                    StubLog.Appended appended = topic.logs
                            .get(partition.index())
                            .append(records.nioBuffer(), topic.leaderEpochs.get(partition.index()));
                    error = appended.error();
                    baseOffset = appended.baseOffset();
                }
                ErrorCode told = forced != null ? forced : error == null ? ErrorCode.NONE : error;
                answer.partitionResponses()
                        .add(new ProduceResponse.PartitionProduceResponse()
                                .index(partition.index())
                                .errorCode(told.code())
                                .baseOffset(told == ErrorCode.NONE ? baseOffset : -1));
            }
            response.responses().add(answer);
        }
        return response;
    }

    private FetchResponse fetch(FetchRequest request, @Nullable ErrorCode forced) {
        FetchResponse response = new FetchResponse();
        for (FetchRequest.FetchTopic asked : request.topics()) {
            StubCluster.Topic topic = cluster.find(asked.topic(), asked.topicId());
            FetchResponse.FetchableTopicResponse answer = new FetchResponse.FetchableTopicResponse()
                    .topic(asked.topic())
                    .topicId(asked.topicId());
            for (FetchRequest.FetchPartition partition : asked.partitions()) {
                ErrorCode error = forced != null ? forced : misplaced(topic, partition.partition());
                FetchResponse.PartitionData data =
                        new FetchResponse.PartitionData().partitionIndex(partition.partition());
                if (error == null && topic != null) {
                    StubLog log = topic.logs.get(partition.partition());
                    data.highWatermark(log.endOffset())
                            .lastStableOffset(log.endOffset())
                            .logStartOffset(log.startOffset());
                    if (partition.fetchOffset() < log.startOffset() || partition.fetchOffset() > log.endOffset()) {
                        error = ErrorCode.OFFSET_OUT_OF_RANGE;
                    } else {
                        data.records(BufferRecords.wrap(
                                ByteBuffer.wrap(log.read(partition.fetchOffset(), partition.partitionMaxBytes()))));
                    }
                }
                answer.partitions().add(data.errorCode((error == null ? ErrorCode.NONE : error).code()));
            }
            response.responses().add(answer);
        }
        return response;
    }

    /** Neither records nor errors. */
    static boolean isSilent(FetchResponse response) {
        for (FetchResponse.FetchableTopicResponse topic : response.responses()) {
            for (FetchResponse.PartitionData partition : topic.partitions()) {
                boolean bytes =
                        partition.records() != null && partition.records().sizeBytes() > 0;
                if (bytes || partition.errorCode() != ErrorCode.NONE.code()) {
                    return false;
                }
            }
        }
        return true;
    }

    private ListOffsetsResponse offsets(ListOffsetsRequest request, @Nullable ErrorCode forced) {
        ListOffsetsResponse response = new ListOffsetsResponse();
        for (ListOffsetsRequest.ListOffsetsTopic asked : request.topics()) {
            StubCluster.Topic topic = cluster.topics().get(asked.name());
            ListOffsetsResponse.ListOffsetsTopicResponse answer =
                    new ListOffsetsResponse.ListOffsetsTopicResponse().name(asked.name());
            for (ListOffsetsRequest.ListOffsetsPartition partition : asked.partitions()) {
                ErrorCode error = forced != null ? forced : misplaced(topic, partition.partitionIndex());
                long offset = -1;
                if (error == null && topic != null) {
                    StubLog log = topic.logs.get(partition.partitionIndex());
                    offset = partition.timestamp() == EARLIEST ? log.startOffset() : log.endOffset();
                }
                answer.partitions()
                        .add(new ListOffsetsResponse.ListOffsetsPartitionResponse()
                                .partitionIndex(partition.partitionIndex())
                                .errorCode((error == null ? ErrorCode.NONE : error).code())
                                .offset(offset));
            }
            response.topics().add(answer);
        }
        return response;
    }
}
