package io.millrace.broker.configs;

import io.millrace.broker.request.ApiHandler;
import io.millrace.broker.request.RequestContext;
import io.millrace.broker.shard.Shards;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.AlterConfigsRequest;
import io.millrace.protocol.message.AlterConfigsResponse;
import io.millrace.replication.controller.ConfigOutcome;
import io.millrace.replication.controller.Controller;
import io.millrace.replication.controller.ControllerAnswer;
import io.millrace.replication.controller.ControllerCommand;
import io.millrace.replication.controller.ControllerCommand.ConfigReplacement;
import io.millrace.replication.metadata.ConfigResource;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * AlterConfigs, versions 0 to 2: replaces all configurations of a topic or broker; what is not named goes back to its default.
 * Older clients know nothing else. Answers once every shard works by them.
 */
public final class AlterConfigsHandler implements ApiHandler<AlterConfigsRequest> {

    private final Controller controller;
    private final Shards shards;

    public AlterConfigsHandler(Controller controller, Shards shards) {
        this.controller = controller;
        this.shards = shards;
    }

    @Override
    public void handle(RequestContext context, AlterConfigsRequest request) {
        AlterConfigsResponse response = new AlterConfigsResponse();
        List<ConfigReplacement> replacements = new ArrayList<>();
        for (AlterConfigsRequest.AlterConfigsResource asked : request.resources()) {
            ConfigResource resource = ConfigResources.of(asked.resourceType(), asked.resourceName());
            if (resource == null) {
                response.responses()
                        .add(refused(asked, ErrorCode.INVALID_REQUEST, ConfigResources.refusal(asked.resourceType())));
                continue;
            }
            SortedMap<String, @Nullable String> configs = new TreeMap<>();
            for (AlterConfigsRequest.AlterableConfig config : asked.configs()) {
                configs.put(config.name(), config.value());
            }
            replacements.add(new ConfigReplacement(resource, configs));
        }
        if (replacements.isEmpty()) {
            context.answer(response);
            return;
        }
        controller.submit(
                new ControllerCommand.SetConfigs(replacements, request.validateOnly()),
                answer -> shards.whenSettled(context, () -> {
                    addOutcomes(request, answer, response);
                    context.answer(response);
                }));
    }

    private static void addOutcomes(
            AlterConfigsRequest request, ControllerAnswer<List<ConfigOutcome>> answer, AlterConfigsResponse response) {
        switch (answer) {
            case ControllerAnswer.Done<List<ConfigOutcome>>(var outcomes) ->
                outcomes.forEach(outcome -> response.responses()
                        .add(new AlterConfigsResponse.AlterConfigsResourceResponse()
                                .resourceType(outcome.resource().type().code())
                                .resourceName(outcome.resource().name())
                                .errorCode(outcome.error().code())
                                .errorMessage(outcome.message())));
            case ControllerAnswer.Failed<List<ConfigOutcome>>(var error, var message) -> {
                response.responses().clear();
                request.resources().forEach(asked -> response.responses().add(refused(asked, error, message)));
            }
        }
    }

    private static AlterConfigsResponse.AlterConfigsResourceResponse refused(
            AlterConfigsRequest.AlterConfigsResource asked, ErrorCode error, String message) {
        return new AlterConfigsResponse.AlterConfigsResourceResponse()
                .resourceType(asked.resourceType())
                .resourceName(asked.resourceName())
                .errorCode(error.code())
                .errorMessage(message);
    }
}
