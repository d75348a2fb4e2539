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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * DescribeConfigs, versions 1 to 4, of topics, of this broker, and of the default of all brokers: value, source, synonyms,
 * type, documentation (KIP-226, KIP-569).
 */
public final class DescribeConfigsHandler implements ApiHandler<DescribeConfigsRequest> {

    /** A topic with every synonym and all documentation takes 5 KiB. */
    private static final int MAX_ANSWER_BYTES = 16 * 1024 * 1024;
    /** About what an entry takes beside its text. */
    private static final int ENTRY_OVERHEAD_BYTES = 16;

    private final MetadataPublisher metadata;
    private final EffectiveConfigs configs;
    private final int nodeId;
    private final int maxAnswerBytes;

    public DescribeConfigsHandler(MetadataPublisher metadata, EffectiveConfigs configs, int nodeId) {
        this(metadata, configs, nodeId, MAX_ANSWER_BYTES);
    }

    /** @param maxAnswerBytes resources of one request that would take more are refused */
    DescribeConfigsHandler(MetadataPublisher metadata, EffectiveConfigs configs, int nodeId, int maxAnswerBytes) {
        this.metadata = metadata;
        this.configs = configs;
        this.nodeId = nodeId;
        this.maxAnswerBytes = maxAnswerBytes;
    }

    /** What a topic's answer depends on. */
    private record TopicShape(
            Map<String, String> set, @Nullable List<String> keys) {}

    /** One answer as it grows. */
    private static final class Answer {
        private final DescribeConfigsResponse response = new DescribeConfigsResponse();
        /** Topics of one shape share their entries: an answer on thousands of them is mostly the same few. */
        private final Map<TopicShape, List<DescribeConfigsResponse.DescribeConfigsResourceResult>> shared =
                new HashMap<>();

        private long bytes;
        private boolean isFull;
    }

    @Override
    public void handle(RequestContext context, DescribeConfigsRequest request) {
        context.answer(describe(metadata.image(), request));
    }

    DescribeConfigsResponse describe(MetadataImage image, DescribeConfigsRequest request) {
        Answer answer = new Answer();
        // A resource asked for twice is answered once: an answer is many times as large as its question.
        Set<String> answered = new HashSet<>();
        for (DescribeConfigsRequest.DescribeConfigsResource resource : request.resources()) {
            if (answered.add(resource.resourceType() + " " + resource.resourceName())) {
                answer.response
                        .results()
                        .add(
                                answer.isFull
                                        ? tooMuch(answerTo(resource))
                                        : bounded(answer, describe(image, request, resource, answer)));
            }
        }
        return answer.response;
    }

    private static DescribeConfigsResponse.DescribeConfigsResult answerTo(
            DescribeConfigsRequest.DescribeConfigsResource resource) {
        return new DescribeConfigsResponse.DescribeConfigsResult()
                .errorMessage(null)
                .resourceType(resource.resourceType())
                .resourceName(resource.resourceName());
    }

    private DescribeConfigsResponse.DescribeConfigsResult bounded(
            Answer answer, DescribeConfigsResponse.DescribeConfigsResult result) {
        long bytes = bytesOf(result.configs());
        if (answer.bytes + bytes <= maxAnswerBytes) {
            answer.bytes += bytes;
            return result;
        }
        answer.isFull = true;
        return tooMuch(result.configs(new ArrayList<>(0)));
    }

    private DescribeConfigsResponse.DescribeConfigsResult tooMuch(
            DescribeConfigsResponse.DescribeConfigsResult result) {
        return result.errorCode(ErrorCode.POLICY_VIOLATION.code())
                .errorMessage("The answer would be larger than " + maxAnswerBytes
                        + " bytes: ask for fewer resources or keys at once, or leave documentation and synonyms out");
    }

    private static long bytesOf(List<DescribeConfigsResponse.DescribeConfigsResourceResult> entries) {
        long bytes = 0;
        for (DescribeConfigsResponse.DescribeConfigsResourceResult entry : entries) {
            bytes += ENTRY_OVERHEAD_BYTES
                    + entry.name().length()
                    + lengthOf(entry.value())
                    + lengthOf(entry.documentation());
            for (DescribeConfigsResponse.DescribeConfigsSynonym synonym : entry.synonyms()) {
                bytes += ENTRY_OVERHEAD_BYTES + synonym.name().length() + lengthOf(synonym.value());
            }
        }
        return bytes;
    }

    private static int lengthOf(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    private DescribeConfigsResponse.DescribeConfigsResult describe(
            MetadataImage image,
            DescribeConfigsRequest request,
            DescribeConfigsRequest.DescribeConfigsResource resource,
            Answer answer) {
        DescribeConfigsResponse.DescribeConfigsResult result = answerTo(resource);
        ConfigResource known = ConfigResources.of(resource.resourceType(), resource.resourceName());
        if (known == null) {
            return result.errorCode(ErrorCode.INVALID_REQUEST.code())
                    .errorMessage(ConfigResources.refusal(resource.resourceType()));
        }
        return switch (known.type()) {
            case TOPIC -> topic(image, request, resource, result, answer);
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
            DescribeConfigsResponse.DescribeConfigsResult result,
            Answer answer) {
        String topic = resource.resourceName();
        if (image.topic(topic) == null) {
            return result.errorCode(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code())
                    .errorMessage("No topic is called '" + topic + "'");
        }
        TopicShape shape = new TopicShape(image.configs(ConfigResource.topic(topic)), resource.configurationKeys());
        return result.configs(
                answer.shared.computeIfAbsent(shape, ignored -> topicEntries(image, request, resource, shape.set())));
    }

    private List<DescribeConfigsResponse.DescribeConfigsResourceResult> topicEntries(
            MetadataImage image,
            DescribeConfigsRequest request,
            DescribeConfigsRequest.DescribeConfigsResource resource,
            Map<String, String> set) {
        List<DescribeConfigsResponse.DescribeConfigsResourceResult> entries = new ArrayList<>();
        for (ConfigKey<?> key : TopicKeys.TABLE.keys()) {
            if (isAsked(resource, key)) {
                entries.add(entry(request, key, configs.ofTopic(image, set, key), false));
            }
        }
        return entries;
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
