package io.millrace.client.admin;

import io.millrace.client.cluster.ClusterTopics;
import io.millrace.client.cluster.TopicImage;
import io.millrace.client.connection.ApiRange;
import io.millrace.client.connection.ClientRequest;
import io.millrace.client.error.RefusedException;
import io.millrace.client.error.UnknownTopicException;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Message;
import io.millrace.protocol.message.ApiKey;
import io.millrace.protocol.message.CreateTopicsRequest;
import io.millrace.protocol.message.CreateTopicsResponse;
import io.millrace.protocol.message.DeleteTopicsRequest;
import io.millrace.protocol.message.DeleteTopicsResponse;
import io.millrace.protocol.message.DescribeConfigsRequest;
import io.millrace.protocol.message.DescribeConfigsResponse;
import io.millrace.protocol.message.MetadataRequest;
import io.millrace.protocol.message.MetadataResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Requests about topics, and how their answers read. Stateless. */
final class TopicRequests {

    private static final ApiRange CREATE = ApiRange.of(ApiKey.CREATE_TOPICS, 2, 7);
    private static final ApiRange DELETE = ApiRange.of(ApiKey.DELETE_TOPICS, 1, 6);
    private static final ApiRange METADATA = ApiRange.of(ApiKey.METADATA, 1, 13);
    private static final ApiRange DESCRIBE_CONFIGS = ApiRange.of(ApiKey.DESCRIBE_CONFIGS, 1, 4);
    private static final int DELETE_BY_STATE = 6;
    private static final int AUTO_CREATE_FLAG = 4;
    private static final byte TOPIC_RESOURCE = 2;
    private static final byte SOURCE_TOPIC = 1;

    private TopicRequests() {}

    static ClientRequest create(NewTopic topic, int timeoutMs) {
        return ClientRequest.of(CREATE, version -> {
            CreateTopicsRequest.CreatableTopic creatable = new CreateTopicsRequest.CreatableTopic()
                    .name(topic.name())
                    .numPartitions(topic.partitions())
                    .replicationFactor(topic.replicationFactor());
            topic.configs()
                    .forEach((key, value) -> creatable
                            .configs()
                            .add(new CreateTopicsRequest.CreatableTopicConfig()
                                    .name(key)
                                    .value(value)));
            return new CreateTopicsRequest().topics(List.of(creatable)).timeoutMs(timeoutMs);
        });
    }

    static CreatedTopic readCreated(NewTopic asked, Message answer) {
        for (CreateTopicsResponse.CreatableTopicResult topic : ((CreateTopicsResponse) answer).topics()) {
            if (topic.name().equals(asked.name())) {
                ErrorCode error = ErrorCode.of(topic.errorCode());
                if (error != ErrorCode.NONE) {
                    throw RefusedException.of("create topic " + asked.name(), error, topic.errorMessage());
                }
                return new CreatedTopic(
                        topic.name(), topic.topicId(), topic.numPartitions(), topic.replicationFactor());
            }
        }
        throw notMentioned("create topic " + asked.name());
    }

    static ClientRequest delete(String name, int timeoutMs) {
        return ClientRequest.of(DELETE, version -> {
            DeleteTopicsRequest request = new DeleteTopicsRequest().timeoutMs(timeoutMs);
            return version >= DELETE_BY_STATE
                    ? request.topics(List.of(new DeleteTopicsRequest.DeleteTopicState().name(name)))
                    : request.topicNames(List.of(name));
        });
    }

    static String readDeleted(String name, Message answer) {
        for (DeleteTopicsResponse.DeletableTopicResult topic : ((DeleteTopicsResponse) answer).responses()) {
            if (name.equals(topic.name())) {
                ErrorCode error = ErrorCode.of(topic.errorCode());
                if (error == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) {
                    throw unknown(name);
                }
                if (error != ErrorCode.NONE) {
                    throw RefusedException.of("delete topic " + name, error, topic.errorMessage());
                }
                return name;
            }
        }
        throw notMentioned("delete topic " + name);
    }

    static ClientRequest list() {
        return ClientRequest.of(
                METADATA,
                version -> new MetadataRequest().topics(null).allowAutoTopicCreation(version < AUTO_CREATE_FLAG));
    }

    static List<TopicImage> readList(Message answer) {
        List<TopicImage> topics = new ArrayList<>(
                ClusterTopics.of((MetadataResponse) answer).topics().values());
        topics.sort(Comparator.comparing(TopicImage::name));
        return topics;
    }

    static ClientRequest describe(List<String> names) {
        return ClientRequest.of(METADATA, version -> {
            List<MetadataRequest.MetadataRequestTopic> topics = new ArrayList<>(names.size());
            for (String name : names) {
                topics.add(new MetadataRequest.MetadataRequestTopic().name(name));
            }
            return new MetadataRequest().topics(topics).allowAutoTopicCreation(version < AUTO_CREATE_FLAG);
        });
    }

    static List<TopicImage> readDescribed(List<String> names, Message answer) {
        ClusterTopics topics = ClusterTopics.of((MetadataResponse) answer);
        List<TopicImage> described = new ArrayList<>(names.size());
        for (String name : names) {
            TopicImage topic = topics.topics().get(name);
            if (topic == null) {
                ErrorCode error = topics.errors().getOrDefault(name, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
                throw error == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
                        ? unknown(name)
                        : RefusedException.of("describe topic " + name, error, null);
            }
            described.add(topic);
        }
        return described;
    }

    static ClientRequest describeConfigs(List<String> names) {
        return ClientRequest.of(DESCRIBE_CONFIGS, version -> {
            List<DescribeConfigsRequest.DescribeConfigsResource> resources = new ArrayList<>(names.size());
            for (String name : names) {
                resources.add(new DescribeConfigsRequest.DescribeConfigsResource()
                        .resourceType(TOPIC_RESOURCE)
                        .resourceName(name)
                        .configurationKeys(null));
            }
            return new DescribeConfigsRequest().resources(resources);
        });
    }

    static Map<String, List<ConfigEntry>> readConfigs(Message answer) {
        Map<String, List<ConfigEntry>> configs = new HashMap<>();
        for (DescribeConfigsResponse.DescribeConfigsResult result : ((DescribeConfigsResponse) answer).results()) {
            ErrorCode error = ErrorCode.of(result.errorCode());
            if (error != ErrorCode.NONE) {
                throw RefusedException.of(
                        "describe configuration of topic " + result.resourceName(), error, result.errorMessage());
            }
            List<ConfigEntry> entries = new ArrayList<>(result.configs().size());
            for (DescribeConfigsResponse.DescribeConfigsResourceResult entry : result.configs()) {
                entries.add(new ConfigEntry(
                        entry.name(), entry.value(), entry.configSource() == SOURCE_TOPIC, entry.isSensitive()));
            }
            configs.put(result.resourceName(), entries);
        }
        return configs;
    }

    private static UnknownTopicException unknown(String name) {
        return new UnknownTopicException(name, "there is no topic '" + name + "'");
    }

    private static RefusedException notMentioned(String what) {
        return RefusedException.of(what, ErrorCode.UNKNOWN_SERVER_ERROR, "the broker's answer does not mention it");
    }
}
