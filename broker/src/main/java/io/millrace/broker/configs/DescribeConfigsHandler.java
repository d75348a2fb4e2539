package io.millrace.broker.configs;

import io.millrace.broker.config.BrokerKeys;
import io.millrace.broker.config.ConfigKey;
import io.millrace.broker.config.TopicConfigs;
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
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** DescribeConfigs, versions 1 to 4, of topics and of this broker: value, source, synonyms, type, documentation. */
public final class DescribeConfigsHandler implements ApiHandler<DescribeConfigsRequest> {

    /** Where a value comes from, as the protocol numbers it (KIP-226). */
    private enum Source {
        TOPIC(1),
        STATIC_BROKER(4),
        DEFAULT(5);

        private final byte id;

        Source(int id) {
            this.id = (byte) id;
        }
    }

    private final MetadataPublisher metadata;
    private final TopicConfigs topics;
    private final int nodeId;
    private final Map<String, String> brokerOverrides;

    /** @param brokerOverrides what the broker was started with */
    public DescribeConfigsHandler(
            MetadataPublisher metadata, TopicConfigs topics, int nodeId, Map<String, String> brokerOverrides) {
        this.metadata = metadata;
        this.topics = topics;
        this.nodeId = nodeId;
        this.brokerOverrides = Map.copyOf(brokerOverrides);
    }

    @Override
    public void handle(RequestContext context, DescribeConfigsRequest request) {
        MetadataImage image = metadata.image();
        DescribeConfigsResponse response = new DescribeConfigsResponse();
        for (DescribeConfigsRequest.DescribeConfigsResource resource : request.resources()) {
            response.results().add(describe(image, request, resource));
        }
        context.answer(response);
    }

    private DescribeConfigsResponse.DescribeConfigsResult describe(
            MetadataImage image,
            DescribeConfigsRequest request,
            DescribeConfigsRequest.DescribeConfigsResource resource) {
        DescribeConfigsResponse.DescribeConfigsResult result = new DescribeConfigsResponse.DescribeConfigsResult()
                .resourceType(resource.resourceType())
                .resourceName(resource.resourceName());
        if (resource.resourceType() == ConfigResource.Type.TOPIC.code()) {
            return topic(image, request, resource, result);
        }
        if (resource.resourceType() == ConfigResource.Type.BROKER.code()) {
            return broker(request, resource, result);
        }
        return result.errorCode(ErrorCode.INVALID_REQUEST.code())
                .errorMessage("Resource type " + resource.resourceType()
                        + " has no configurations here: ask for topic (2)" + " or broker (4)");
    }

    private DescribeConfigsResponse.DescribeConfigsResult topic(
            MetadataImage image,
            DescribeConfigsRequest request,
            DescribeConfigsRequest.DescribeConfigsResource resource,
            DescribeConfigsResponse.DescribeConfigsResult result) {
        if (image.topic(resource.resourceName()) == null) {
            return result.errorCode(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code())
                    .errorMessage("No topic is called '" + resource.resourceName() + "'");
        }
        Map<String, String> set = image.configs(ConfigResource.topic(resource.resourceName()));
        for (ConfigKey<?> key : TopicKeys.TABLE.keys()) {
            if (isAsked(resource, key)) {
                Source inherited = topics.isDefaultFromBroker(key) ? Source.STATIC_BROKER : Source.DEFAULT;
                result.configs()
                        .add(entry(
                                request,
                                key,
                                set.get(key.name()),
                                Source.TOPIC,
                                topics.defaultText(key),
                                inherited,
                                false));
            }
        }
        return result;
    }

    private DescribeConfigsResponse.DescribeConfigsResult broker(
            DescribeConfigsRequest request,
            DescribeConfigsRequest.DescribeConfigsResource resource,
            DescribeConfigsResponse.DescribeConfigsResult result) {
        if (!resource.resourceName().equals(Integer.toString(nodeId))) {
            return result.errorCode(ErrorCode.INVALID_REQUEST.code())
                    .errorMessage("This is broker " + nodeId + ", not '" + resource.resourceName() + "'");
        }
        for (ConfigKey<?> key : BrokerKeys.TABLE.keys()) {
            if (isAsked(resource, key)) {
                result.configs()
                        .add(entry(
                                request,
                                key,
                                brokerOverrides.get(key.name()),
                                Source.STATIC_BROKER,
                                key.defaultText(),
                                Source.DEFAULT,
                                true));
            }
        }
        return result;
    }

    private static boolean isAsked(DescribeConfigsRequest.DescribeConfigsResource resource, ConfigKey<?> key) {
        List<String> keys = resource.configurationKeys();
        return keys == null || keys.contains(key.name());
    }

    private static DescribeConfigsResponse.DescribeConfigsResourceResult entry(
            DescribeConfigsRequest request,
            ConfigKey<?> key,
            @Nullable String set,
            Source setSource,
            String inherited,
            Source inheritedSource,
            boolean readOnly) {
        DescribeConfigsResponse.DescribeConfigsResourceResult entry =
                new DescribeConfigsResponse.DescribeConfigsResourceResult()
                        .name(key.name())
                        .value(set != null ? set : inherited)
                        .readOnly(readOnly)
                        .configSource((set != null ? setSource : inheritedSource).id)
                        .configType(key.type().id());
        if (request.includeSynonyms()) {
            List<DescribeConfigsResponse.DescribeConfigsSynonym> synonyms = new ArrayList<>();
            if (set != null) {
                synonyms.add(synonym(key, set, setSource));
            }
            synonyms.add(synonym(key, inherited, inheritedSource));
            entry.synonyms(synonyms);
        }
        return entry.documentation(request.includeDocumentation() ? key.documentation() : null);
    }

    private static DescribeConfigsResponse.DescribeConfigsSynonym synonym(
            ConfigKey<?> key, String value, Source source) {
        return new DescribeConfigsResponse.DescribeConfigsSynonym()
                .name(key.name())
                .value(value)
                .source(source.id);
    }
}
