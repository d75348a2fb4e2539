package io.millrace.broker.configs;

import io.millrace.broker.request.ApiHandler;
import io.millrace.broker.request.RequestContext;
import io.millrace.broker.shard.Shards;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.IncrementalAlterConfigsRequest;
import io.millrace.protocol.message.IncrementalAlterConfigsResponse;
import io.millrace.replication.controller.ConfigOutcome;
import io.millrace.replication.controller.Controller;
import io.millrace.replication.controller.ControllerAnswer;
import io.millrace.replication.controller.ControllerCommand;
import io.millrace.replication.controller.ControllerCommand.ConfigAlteration;
import io.millrace.replication.controller.ControllerCommand.ConfigOperation;
import io.millrace.replication.metadata.ConfigResource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * IncrementalAlterConfigs, versions 0 and 1 (KIP-339): sets, deletes, adds to and takes from single configurations of topics
 * and brokers. Answers once every shard works by them.
 */
public final class IncrementalAlterConfigsHandler implements ApiHandler<IncrementalAlterConfigsRequest> {

    private final Controller controller;
    private final Shards shards;

    public IncrementalAlterConfigsHandler(Controller controller, Shards shards) {
        this.controller = controller;
        this.shards = shards;
    }

    @Override
    public void handle(RequestContext context, IncrementalAlterConfigsRequest request) {
        IncrementalAlterConfigsResponse response = new IncrementalAlterConfigsResponse();
        List<ConfigAlteration> alterations = new ArrayList<>();
        for (IncrementalAlterConfigsRequest.AlterConfigsResource asked : request.resources()) {
            ConfigResource resource = ConfigResources.of(asked.resourceType(), asked.resourceName());
            String refusal = resource == null ? ConfigResources.refusal(asked.resourceType()) : operationRefusal(asked);
            if (resource == null || refusal != null) {
                response.responses().add(refused(asked, ErrorCode.INVALID_REQUEST, refusal));
            } else {
                alterations.add(new ConfigAlteration(resource, operations(asked)));
            }
        }
        if (alterations.isEmpty()) {
            context.answer(response);
            return;
        }
        controller.submit(
                new ControllerCommand.AlterConfigs(alterations, request.validateOnly()),
                answer -> shards.whenSettled(context, () -> {
                    addOutcomes(request, answer, response);
                    context.answer(response);
                }));
    }

    private static @Nullable String operationRefusal(IncrementalAlterConfigsRequest.AlterConfigsResource asked) {
        for (IncrementalAlterConfigsRequest.AlterableConfig config : asked.configs()) {
            if (kind(config.configOperation()) == null) {
                return "Operation " + config.configOperation() + " on '" + config.name()
                        + "' is not known: 0 sets, 1 deletes, 2 appends, 3 subtracts";
            }
        }
        return null;
    }

    private static ConfigOperation.@Nullable Kind kind(byte operation) {
        return switch (operation) {
            case 0 -> ConfigOperation.Kind.SET;
            case 1 -> ConfigOperation.Kind.DELETE;
            case 2 -> ConfigOperation.Kind.APPEND;
            case 3 -> ConfigOperation.Kind.SUBTRACT;
            default -> null;
        };
    }

    private static List<ConfigOperation> operations(IncrementalAlterConfigsRequest.AlterConfigsResource asked) {
        List<ConfigOperation> operations = new ArrayList<>(asked.configs().size());
        for (IncrementalAlterConfigsRequest.AlterableConfig config : asked.configs()) {
            ConfigOperation.Kind kind = kind(config.configOperation());
            if (kind != null) {
                operations.add(new ConfigOperation(kind, config.name(), config.value()));
            }
        }
        return operations;
    }

    private static void addOutcomes(
            IncrementalAlterConfigsRequest request,
            ControllerAnswer<List<ConfigOutcome>> answer,
            IncrementalAlterConfigsResponse response) {
        switch (answer) {
            case ControllerAnswer.Done<List<ConfigOutcome>>(var outcomes) ->
                outcomes.forEach(outcome -> response.responses()
                        .add(new IncrementalAlterConfigsResponse.AlterConfigsResourceResponse()
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

    private static IncrementalAlterConfigsResponse.AlterConfigsResourceResponse refused(
            IncrementalAlterConfigsRequest.AlterConfigsResource asked, ErrorCode error, @Nullable String message) {
        return new IncrementalAlterConfigsResponse.AlterConfigsResourceResponse()
                .resourceType(asked.resourceType())
                .resourceName(asked.resourceName())
                .errorCode(error.code())
                .errorMessage(message);
    }
}
