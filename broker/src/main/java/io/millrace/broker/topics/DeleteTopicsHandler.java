package io.millrace.broker.topics;

import io.millrace.broker.request.ApiHandler;
import io.millrace.broker.request.RequestContext;
import io.millrace.broker.shard.Shards;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Uuid;
import io.millrace.protocol.message.DeleteTopicsRequest;
import io.millrace.protocol.message.DeleteTopicsResponse;
import io.millrace.replication.controller.Controller;
import io.millrace.replication.controller.ControllerAnswer;
import io.millrace.replication.controller.ControllerCommand;
import io.millrace.replication.controller.ControllerCommand.TopicRef;
import io.millrace.replication.controller.TopicOutcome;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** DeleteTopics, versions 1 to 6: by name, or by id from version 6 on. */
public final class DeleteTopicsHandler implements ApiHandler<DeleteTopicsRequest> {

    private static final int FIRST_DISABLED_VERSION = 3;
    private static final int FIRST_ID_VERSION = 6;

    private final boolean enabled;
    private final Controller controller;
    private final Shards shards;

    public DeleteTopicsHandler(boolean enabled, Controller controller, Shards shards) {
        this.enabled = enabled;
        this.controller = controller;
        this.shards = shards;
    }

    @Override
    public void handle(RequestContext context, DeleteTopicsRequest request) {
        List<TopicRef> topics = topics(context, request);
        if (!enabled) {
            // Older clients do not know the error.
            ErrorCode error = context.version() < FIRST_DISABLED_VERSION
                    ? ErrorCode.INVALID_REQUEST
                    : ErrorCode.TOPIC_DELETION_DISABLED;
            context.answer(refusedAll(topics, error, "The broker is started with delete.topic.enable=false"));
            return;
        }
        controller.submit(
                new ControllerCommand.DeleteTopics(topics),
                answer -> shards.whenSettled(context, () -> context.answer(response(topics, answer))));
    }

    private static List<TopicRef> topics(RequestContext context, DeleteTopicsRequest request) {
        List<TopicRef> topics = new ArrayList<>();
        if (context.version() >= FIRST_ID_VERSION) {
            for (DeleteTopicsRequest.DeleteTopicState topic : request.topics()) {
                String name = topic.name();
                topics.add(name != null ? new TopicRef.ByName(name) : new TopicRef.ById(topic.topicId()));
            }
        } else {
            request.topicNames().forEach(name -> topics.add(new TopicRef.ByName(name)));
        }
        return topics;
    }

    private static DeleteTopicsResponse response(List<TopicRef> topics, ControllerAnswer<List<TopicOutcome>> answer) {
        return switch (answer) {
            case ControllerAnswer.Failed<List<TopicOutcome>>(var error, var message) ->
                refusedAll(topics, error, message);
            case ControllerAnswer.Done<List<TopicOutcome>>(var outcomes) -> {
                DeleteTopicsResponse response = new DeleteTopicsResponse();
                for (TopicOutcome outcome : outcomes) {
                    response.responses()
                            .add(
                                    switch (outcome) {
                                        case TopicOutcome.Succeeded deleted ->
                                            result(deleted.name(), deleted.topicId());
                                        case TopicOutcome.Failed failed ->
                                            result(failed.name(), failed.topicId())
                                                    .errorCode(failed.error().code())
                                                    .errorMessage(failed.message());
                                    });
                }
                yield response;
            }
        };
    }

    private static DeleteTopicsResponse refusedAll(List<TopicRef> topics, ErrorCode error, String message) {
        DeleteTopicsResponse response = new DeleteTopicsResponse();
        for (TopicRef topic : topics) {
            DeleteTopicsResponse.DeletableTopicResult result = switch (topic) {
                case TopicRef.ByName(var name) -> result(name, Uuid.ZERO);
                case TopicRef.ById(var id) -> result(null, id);
            };
            response.responses().add(result.errorCode(error.code()).errorMessage(message));
        }
        return response;
    }

    private static DeleteTopicsResponse.DeletableTopicResult result(@Nullable String name, Uuid topicId) {
        return new DeleteTopicsResponse.DeletableTopicResult().name(name).topicId(topicId);
    }
}
