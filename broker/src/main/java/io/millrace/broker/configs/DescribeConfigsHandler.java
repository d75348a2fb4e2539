package io.millrace.broker.configs;

import io.millrace.broker.config.BrokerKeys;
import io.millrace.broker.config.ConfigKey;
import io.millrace.broker.config.ConfigSource;
import io.millrace.broker.config.EffectiveConfigs;
import io.millrace.broker.config.TopicKeys;
import io.millrace.broker.request.ApiHandler;
import io.millrace.broker.request.RequestContext;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.DescribeConfigsRequest;
import io.millrace.protocol.message.DescribeConfigsResponse;
import io.millrace.replication.metadata.ConfigResource;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.MetadataPublisher;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * DescribeConfigs, versions 1 to 4, of topics, of this broker, and of the default of all brokers: value, source, synonyms,
 * type, documentation (KIP-226, KIP-569).
 */
public final class DescribeConfigsHandler implements ApiHandler<DescribeConfigsRequest> {

    private final MetadataPublisher metadata;
    private final EffectiveConfigs configs;
    private final int nodeId;

    public DescribeConfigsHandler(MetadataPublisher metadata, EffectiveConfigs configs, int nodeId) {
        this.metadata = metadata;
        this.configs = configs;
        this.nodeId = nodeId;
    }

    @Override
    public void handle(RequestContext context, DescribeConfigsRequest request) {
        MetadataImage image = metadata.image();
        DescribeConfigsResponse response = new DescribeConfigsResponse();
        // A resource asked for twice is answered once: an answer is many times as large as its question.
        Set<String> answered = new HashSet<>();
        for (DescribeConfigsRequest.DescribeConfigsResource resource : request.resources()) {
            if (answered.add(resource.resourceType() + " " + resource.resourceName())) {
                response.results().add(describe(image, request, resource));
            }
        }
        context.answer(response);
    }

    private DescribeConfigsResponse.DescribeConfigsResult describe(
            MetadataImage image,
            DescribeConfigsRequest request,
            DescribeConfigsRequest.DescribeConfigsResource resource) {
        DescribeConfigsResponse.DescribeConfigsResult result = new DescribeConfigsResponse.DescribeConfigsResult()
                .errorMessage(null)
                .resourceType(resource.resourceType())
                .resourceName(resource.resourceName());
        ConfigResource known = ConfigResources.of(resource.resourceType(), resource.resourceName());
        if (known == null) {
            return result.errorCode(ErrorCode.INVALID_REQUEST.code())
                    .errorMessage(ConfigResources.refusal(resource.resourceType()));
        }
        return switch (known.type()) {
            case TOPIC -> topic(image, request, resource, result);
            case BROKER ->
                known.equals(ConfigResource.CLUSTER)
                        ? allBrokers(image, request, resource, result)
                        : broker(image, request, resource, result);
        };
    }

    private DescribeConfigsResponse.DescribeConfigsResult topic(
            MetadataImage image,
            DescribeConfigsRequest request,
            DescribeConfigsRequest.DescribeConfigsResource resource,
            DescribeConfigsResponse.DescribeConfigsResult result) {
        String topic = resource.resourceName();
        if (image.topic(topic) == null) {
            return result.errorCode(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code())
                    .errorMessage("No topic is called '" + topic + "'");
        }
        for (ConfigKey<?> key : TopicKeys.TABLE.keys()) {
            if (isAsked(resource, key)) {
                result.configs().add(entry(request, key, configs.ofTopic(image, topic, key), false));
            }
        }
        return result;
    }

    private DescribeConfigsResponse.DescribeConfigsResult broker(
            MetadataImage image,
            DescribeConfigsRequest request,
            DescribeConfigsRequest.DescribeConfigsResource resource,
            DescribeConfigsResponse.DescribeConfigsResult result) {
        if (!resource.resourceName().equals(Integer.toString(nodeId))) {
            return result.errorCode(ErrorCode.INVALID_REQUEST.code())
                    .errorMessage("This is broker " + nodeId + ", not '" + resource.resourceName() + "'");
        }
        for (ConfigKey<?> key : BrokerKeys.TABLE.keys()) {
            if (isAsked(resource, key)) {
                result.configs().add(entry(request, key, configs.ofBroker(image, key), !key.isLive()));
            }
        }
        return result;
    }

    /** Only what was set, as Kafka does: what each broker makes of the rest is its own affair. */
    private static DescribeConfigsResponse.DescribeConfigsResult allBrokers(
            MetadataImage image,
            DescribeConfigsRequest request,
            DescribeConfigsRequest.DescribeConfigsResource resource,
            DescribeConfigsResponse.DescribeConfigsResult result) {
        for (Map.Entry<String, String> set :
                image.configs(ConfigResource.CLUSTER).entrySet()) {
            ConfigKey<?> key = BrokerKeys.TABLE.find(set.getKey());
            if (key != null && isAsked(resource, key)) {
                List<EffectiveConfigs.Candidate> only = List.of(
                        new EffectiveConfigs.Candidate(key, set.getValue(), set.getValue(), ConfigSource.ALL_BROKERS));
                result.configs().add(entry(request, key, only, false));
            }
        }
        return result;
    }

    private static boolean isAsked(DescribeConfigsRequest.DescribeConfigsResource resource, ConfigKey<?> key) {
        List<String> keys = resource.configurationKeys();
        // Kafka takes an empty list for all, too, and there are clients that send one.
        return keys == null || keys.isEmpty() || keys.contains(key.name());
    }

    private static DescribeConfigsResponse.DescribeConfigsResourceResult entry(
            DescribeConfigsRequest request,
            ConfigKey<?> key,
            List<EffectiveConfigs.Candidate> candidates,
            boolean readOnly) {
        boolean unset = candidates.isEmpty();
        DescribeConfigsResponse.DescribeConfigsResourceResult entry =
                new DescribeConfigsResponse.DescribeConfigsResourceResult()
                        .name(key.name())
                        .value(unset ? null : candidates.getFirst().value())
                        .readOnly(readOnly)
                        .configSource((unset
                                        ? ConfigSource.DEFAULT
                                        : candidates.getFirst().source())
                                .code())
                        .configType(key.type().id());
        if (request.includeSynonyms()) {
            List<DescribeConfigsResponse.DescribeConfigsSynonym> synonyms = new ArrayList<>(candidates.size());
            for (EffectiveConfigs.Candidate candidate : candidates) {
                synonyms.add(new DescribeConfigsResponse.DescribeConfigsSynonym()
                        .name(candidate.key().name())
                        .value(candidate.text())
                        .source(candidate.source().code()));
            }
            entry.synonyms(synonyms);
        }
        return entry.documentation(request.includeDocumentation() ? key.documentation() : null);
    }
}
