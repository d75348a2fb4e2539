package io.millrace.broker.topics;

import io.millrace.broker.config.InternalTopics;
import io.millrace.broker.request.ApiHandler;
import io.millrace.broker.request.RequestContext;
import io.millrace.broker.shard.Shards;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.CreatePartitionsRequest;
import io.millrace.protocol.message.CreatePartitionsResponse;
import io.millrace.replication.controller.Controller;
import io.millrace.replication.controller.ControllerAnswer;
import io.millrace.replication.controller.ControllerCommand;
import io.millrace.replication.controller.ControllerCommand.NewPartitions;
import io.millrace.replication.controller.TopicOutcome;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** CreatePartitions, versions 0 to 3: more partitions for topics that exist. Answers once the new ones can be used. */
public final class CreatePartitionsHandler implements ApiHandler<CreatePartitionsRequest> {

    private static final String INTERNAL = "What lies in an internal topic is found by a hash over its partitions: with"
            + " another number of them, groups would lose their offsets. Set offsets.topic.num.partitions before the first"
            + " group is used";

    private final Controller controller;
    private final Shards shards;

    public CreatePartitionsHandler(Controller controller, Shards shards) {
        this.controller = controller;
        this.shards = shards;
    }

    @Override
    public void handle(RequestContext context, CreatePartitionsRequest request) {
        List<NewPartitions> topics = new ArrayList<>(request.topics().size());
        CreatePartitionsResponse internal = new CreatePartitionsResponse();
        for (CreatePartitionsRequest.CreatePartitionsTopic topic : request.topics()) {
            if (InternalTopics.contains(topic.name())) {
                internal.results().add(refused(topic.name(), ErrorCode.INVALID_REQUEST, INTERNAL));
            } else {
                topics.add(new NewPartitions(topic.name(), topic.count(), assignments(topic)));
            }
        }
        if (topics.isEmpty()) {
            context.answer(internal);
            return;
        }
        controller.submit(
                new ControllerCommand.CreatePartitions(topics, request.validateOnly()),
                answer -> shards.whenSettled(context, () -> {
                    CreatePartitionsResponse response = response(topics, answer);
                    response.results().addAll(internal.results());
                    context.answer(response);
                }));
    }

    private static @Nullable List<List<Integer>> assignments(CreatePartitionsRequest.CreatePartitionsTopic topic) {
        List<CreatePartitionsRequest.CreatePartitionsAssignment> given = topic.assignments();
        if (given == null) {
            return null;
        }
        List<List<Integer>> assignments = new ArrayList<>(given.size());
        for (CreatePartitionsRequest.CreatePartitionsAssignment assignment : given) {
            List<Integer> brokers = new ArrayList<>();
            for (int broker : assignment.brokerIds()) {
                brokers.add(broker);
            }
            assignments.add(brokers);
        }
        return assignments;
    }

    private static CreatePartitionsResponse response(
            List<NewPartitions> asked, ControllerAnswer<List<TopicOutcome>> answer) {
        CreatePartitionsResponse response = new CreatePartitionsResponse();
        switch (answer) {
            case ControllerAnswer.Done<List<TopicOutcome>>(var outcomes) ->
                outcomes.forEach(outcome -> response.results().add(result(outcome)));
            case ControllerAnswer.Failed<List<TopicOutcome>>(var error, var message) ->
                asked.forEach(topic -> response.results().add(refused(topic.topic(), error, message)));
        }
        return response;
    }

    private static CreatePartitionsResponse.CreatePartitionsTopicResult result(TopicOutcome outcome) {
        return switch (outcome) {
            case TopicOutcome.Succeeded grown ->
                new CreatePartitionsResponse.CreatePartitionsTopicResult().name(grown.name());
            case TopicOutcome.Failed failed ->
                refused(failed.name() == null ? "" : failed.name(), failed.error(), failed.message());
        };
    }

    private static CreatePartitionsResponse.CreatePartitionsTopicResult refused(
            String name, ErrorCode error, String message) {
        return new CreatePartitionsResponse.CreatePartitionsTopicResult()
                .name(name)
                .errorCode(error.code())
                .errorMessage(message);
    }
}
