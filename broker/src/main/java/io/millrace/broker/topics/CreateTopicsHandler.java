package io.millrace.broker.topics;

import io.millrace.broker.config.ConfigKey;
import io.millrace.broker.config.EffectiveConfigs;
import io.millrace.broker.config.TopicKeys;
import io.millrace.broker.request.ApiHandler;
import io.millrace.broker.request.RequestContext;
import io.millrace.broker.shard.Shards;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.CreateTopicsRequest;
import io.millrace.protocol.message.CreateTopicsResponse;
import io.millrace.replication.controller.Controller;
import io.millrace.replication.controller.ControllerAnswer;
import io.millrace.replication.controller.ControllerCommand;
import io.millrace.replication.controller.ControllerCommand.NewTopic;
import io.millrace.replication.controller.TopicOutcome;
import io.millrace.replication.metadata.MetadataPublisher;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** CreateTopics, versions 2 to 7. Answers once the topics can be used. */
public final class CreateTopicsHandler implements ApiHandler<CreateTopicsRequest> {

    private final Controller controller;
    private final Shards shards;
    private final MetadataPublisher metadata;
    private final EffectiveConfigs configs;

    public CreateTopicsHandler(
            Controller controller, Shards shards, MetadataPublisher metadata, EffectiveConfigs configs) {
        this.controller = controller;
        this.shards = shards;
        this.metadata = metadata;
        this.configs = configs;
    }

    @Override
    public void handle(RequestContext context, CreateTopicsRequest request) {
        List<NewTopic> topics =
                request.topics().stream().map(CreateTopicsHandler::newTopic).toList();
        controller.submit(
                new ControllerCommand.CreateTopics(topics, request.validateOnly()),
                answer -> shards.whenSettled(context, () -> context.answer(response(request, answer))));
    }

    private static NewTopic newTopic(CreateTopicsRequest.CreatableTopic topic) {
        SortedMap<Integer, List<Integer>> assignments = new TreeMap<>();
        for (CreateTopicsRequest.CreatableReplicaAssignment assignment : topic.assignments()) {
            List<Integer> brokers = new ArrayList<>();
            for (int broker : assignment.brokerIds()) {
                brokers.add(broker);
            }
            assignments.put(assignment.partitionIndex(), brokers);
        }
        SortedMap<String, @Nullable String> configs = new TreeMap<>();
        for (CreateTopicsRequest.CreatableTopicConfig config : topic.configs()) {
            configs.put(config.name(), config.value());
        }
        return new NewTopic(topic.name(), topic.numPartitions(), topic.replicationFactor(), assignments, configs);
    }

    private CreateTopicsResponse response(CreateTopicsRequest request, ControllerAnswer<List<TopicOutcome>> answer) {
        // A topic that is named twice has one outcome, at its first place.
        Map<String, CreateTopicsRequest.CreatableTopic> distinct = new LinkedHashMap<>();
        request.topics().forEach(topic -> distinct.putIfAbsent(topic.name(), topic));
        CreateTopicsResponse response = new CreateTopicsResponse();
        int index = 0;
        for (CreateTopicsRequest.CreatableTopic topic : distinct.values()) {
            response.topics()
                    .add(
                            switch (answer) {
                                case ControllerAnswer.Done<List<TopicOutcome>>(var outcomes) ->
                                    result(topic, outcomes.get(index));
                                case ControllerAnswer.Failed<List<TopicOutcome>>(var error, var message) ->
                                    refused(topic.name(), error, message);
                            });
            index++;
        }
        return response;
    }

    private CreateTopicsResponse.CreatableTopicResult result(
            CreateTopicsRequest.CreatableTopic topic, TopicOutcome outcome) {
        return switch (outcome) {
            case TopicOutcome.Succeeded created ->
                new CreateTopicsResponse.CreatableTopicResult()
                        .name(topic.name())
                        .topicId(created.topicId())
                        .errorMessage(null)
                        .numPartitions(created.partitionCount())
                        .replicationFactor(created.replicationFactor())
                        .configs(configs(topic));
            case TopicOutcome.Failed failed -> refused(topic.name(), failed.error(), failed.message());
        };
    }

    /** What the topic has, or would have, in force (KIP-525). */
    private List<CreateTopicsResponse.CreatableTopicConfigs> configs(CreateTopicsRequest.CreatableTopic topic) {
        Map<String, String> set = new HashMap<>();
        for (CreateTopicsRequest.CreatableTopicConfig config : topic.configs()) {
            String value = config.value();
            if (value != null) {
                set.put(config.name(), value);
            }
        }
        List<CreateTopicsResponse.CreatableTopicConfigs> answered = new ArrayList<>();
        for (ConfigKey<?> key : TopicKeys.TABLE.keys()) {
            EffectiveConfigs.Candidate decides =
                    configs.ofTopic(metadata.image(), set, key).getFirst();
            answered.add(new CreateTopicsResponse.CreatableTopicConfigs()
                    .name(key.name())
                    .value(decides.value())
                    .configSource(decides.source().code()));
        }
        return answered;
    }

    private static CreateTopicsResponse.CreatableTopicResult refused(String name, ErrorCode error, String message) {
        return new CreateTopicsResponse.CreatableTopicResult()
                .name(name)
                .errorCode(error.code())
                .errorMessage(message);
    }
}
