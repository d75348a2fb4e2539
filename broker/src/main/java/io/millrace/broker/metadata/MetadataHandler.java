package io.millrace.broker.metadata;

import io.millrace.broker.request.AllowedOperations;
import io.millrace.broker.request.ApiHandler;
import io.millrace.broker.request.RequestContext;
import io.millrace.protocol.message.MetadataRequest;
import io.millrace.protocol.message.MetadataResponse;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.MetadataPublisher;
import io.millrace.replication.metadata.TopicImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Metadata, versions 0 to 13: who leads what. A missing topic is created when the client allows it and the broker is set so;
 * the answer then waits until the topic can be used, so clients need no second try.
 */
public final class MetadataHandler implements ApiHandler<MetadataRequest> {

    private static final int FIRST_NULL_IS_ALL_VERSION = 1;
    private static final int FIRST_CREATION_FLAG_VERSION = 4;
    /** Topics that one request may create; for what is beyond it the client asks again. */
    static final int MAX_CREATED = 1_000;

    private final MetadataPublisher metadata;
    private final TopicAutoCreation autoCreation;
    private final int nodeId;

    public MetadataHandler(MetadataPublisher metadata, TopicAutoCreation autoCreation, int nodeId) {
        this.metadata = metadata;
        this.autoCreation = autoCreation;
        this.nodeId = nodeId;
    }

    @Override
    public void handle(RequestContext context, MetadataRequest request) {
        MetadataImage image = metadata.image();
        List<String> missing = missing(context, request, image);
        if (missing.isEmpty()) {
            context.answer(answer(context, request, image, Map.of()));
        } else {
            autoCreation.create(
                    missing, context, refusals -> context.answer(answer(context, request, metadata.image(), refusals)));
        }
    }

    private List<String> missing(RequestContext context, MetadataRequest request, MetadataImage image) {
        boolean allowed = context.version() < FIRST_CREATION_FLAG_VERSION || request.allowAutoTopicCreation();
        Set<String> missing = new LinkedHashSet<>();
        if (allowed && autoCreation.isOn() && request.topics() != null) {
            for (MetadataRequest.MetadataRequestTopic topic : request.topics()) {
                String name = topic.name();
                if (name != null && topic.topicId().isZero() && image.topic(name) == null) {
                    missing.add(name);
                }
                if (missing.size() == MAX_CREATED) {
                    break;
                }
            }
        }
        return new ArrayList<>(missing);
    }

    private MetadataResponse answer(
            RequestContext context,
            MetadataRequest request,
            MetadataImage image,
            Map<String, TopicAutoCreation.Refusal> refusals) {
        TopicAnswers topics = new TopicAnswers(image, refusals);
        MetadataResponse response = new MetadataResponse()
                .clusterId(image.clusterId())
                .controllerId(nodeId)
                .brokers(BrokerAnswers.reachableOn(context.connection().listenerName(), image));
        if (request.includeClusterAuthorizedOperations()) {
            response.clusterAuthorizedOperations(AllowedOperations.CLUSTER);
        }
        List<MetadataRequest.MetadataRequestTopic> asked = request.topics();
        if (asked == null || (asked.isEmpty() && context.version() < FIRST_NULL_IS_ALL_VERSION)) {
            for (TopicImage topic : image.topics()) {
                response.topics().add(topics.found(topic));
            }
        } else {
            // A topic asked for twice is answered once.
            Map<Object, MetadataResponse.MetadataResponseTopic> answers = new LinkedHashMap<>();
            for (MetadataRequest.MetadataRequestTopic topic : asked) {
                Object key = topic.topicId().isZero() ? String.valueOf(topic.name()) : topic.topicId();
                answers.computeIfAbsent(key, ignored -> topics.asked(topic));
            }
            response.topics().addAll(answers.values());
        }
        if (request.includeTopicAuthorizedOperations()) {
            response.topics().forEach(topic -> topic.topicAuthorizedOperations(AllowedOperations.TOPIC));
        }
        return response;
    }
}
