package io.millrace.broker.topics;

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
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** CreateTopics, versions 2 to 7. Answers once the topics can be used. */
public final class CreateTopicsHandler implements ApiHandler<CreateTopicsRequest> {

    private final Controller controller;
    private final Shards shards;

    public CreateTopicsHandler(Controller controller, Shards shards) {
        this.controller = controller;
        this.shards = shards;
    }

    @Override
    public void handle(RequestContext context, CreateTopicsRequest request) {
        List<NewTopic> topics =
                request.topics().stream().map(CreateTopicsHandler::newTopic).toList();
        controller.submit(
                new ControllerCommand.CreateTopics(topics, request.validateOnly()),
                answer -> shards.whenSettled(context.loop(), () -> context.answer(response(request, answer))));
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

    private static CreateTopicsResponse response(
            CreateTopicsRequest request, ControllerAnswer<List<TopicOutcome>> answer) {
        CreateTopicsResponse response = new CreateTopicsResponse();
        for (int i = 0; i < request.topics().size(); i++) {
            String name = request.topics().get(i).name();
            response.topics()
                    .add(
                            switch (answer) {
                                case ControllerAnswer.Done<List<TopicOutcome>>(var outcomes) ->
                                    result(name, outcomes.get(i));
                                case ControllerAnswer.Failed<List<TopicOutcome>>(var error, var message) ->
                                    refused(name, error, message);
                            });
        }
        return response;
    }

    private static CreateTopicsResponse.CreatableTopicResult result(String name, TopicOutcome outcome) {
        return switch (outcome) {
            case TopicOutcome.Succeeded created ->
                new CreateTopicsResponse.CreatableTopicResult()
                        .name(name)
                        .topicId(created.topicId())
                        .numPartitions(created.partitionCount())
                        .replicationFactor(created.replicationFactor());
            case TopicOutcome.Failed failed -> refused(name, failed.error(), failed.message());
        };
    }

    private static CreateTopicsResponse.CreatableTopicResult refused(String name, ErrorCode error, String message) {
        return new CreateTopicsResponse.CreatableTopicResult()
                .name(name)
                .errorCode(error.code())
                .errorMessage(message);
    }
}
