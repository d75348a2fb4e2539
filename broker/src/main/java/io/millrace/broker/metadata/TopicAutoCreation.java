package io.millrace.broker.metadata;

import io.millrace.broker.config.GroupConfig;
import io.millrace.broker.config.InternalTopics;
import io.millrace.broker.request.RequestContext;
import io.millrace.broker.shard.Shards;
import io.millrace.protocol.ErrorCode;
import io.millrace.replication.controller.Controller;
import io.millrace.replication.controller.ControllerAnswer;
import io.millrace.replication.controller.ControllerCommand;
import io.millrace.replication.controller.ControllerCommand.NewTopic;
import io.millrace.replication.controller.TopicOutcome;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Creates topics that clients asked for by name, with the broker's defaults. Thread-safe; the controller decides. */
public final class TopicAutoCreation {

    /** Why a topic was not created. */
    record Refusal(ErrorCode error) {}

    private final boolean on;
    private final GroupConfig groups;
    private final Controller controller;
    private final Shards shards;

    public TopicAutoCreation(boolean on, GroupConfig groups, Controller controller, Shards shards) {
        this.on = on;
        this.groups = groups;
        this.controller = controller;
        this.shards = shards;
    }

    boolean isOn() {
        return on;
    }

    /** Calls {@code done} on the request's loop with what was refused, once the created topics can be used. */
    void create(List<String> names, RequestContext request, Consumer<Map<String, Refusal>> done) {
        List<NewTopic> topics = names.stream()
                .map(name -> InternalTopics.newTopic(name, groups))
                .toList();
        controller.submit(new ControllerCommand.CreateTopics(topics, false), answer -> {
            Map<String, Refusal> refusals = refusals(names, answer);
            shards.whenSettled(request, () -> done.accept(refusals));
        });
    }

    private static Map<String, Refusal> refusals(List<String> names, ControllerAnswer<List<TopicOutcome>> answer) {
        Map<String, Refusal> refusals = new HashMap<>();
        switch (answer) {
            case ControllerAnswer.Done<List<TopicOutcome>>(var outcomes) -> {
                for (int i = 0; i < names.size(); i++) {
                    // Created meanwhile by somebody else is as good.
                    if (outcomes.get(i) instanceof TopicOutcome.Failed failed
                            && failed.error() != ErrorCode.TOPIC_ALREADY_EXISTS) {
                        refusals.put(names.get(i), new Refusal(failed.error()));
                    }
                }
            }
            case ControllerAnswer.Failed<List<TopicOutcome>> ignored ->
                names.forEach(name -> refusals.put(name, new Refusal(ErrorCode.LEADER_NOT_AVAILABLE)));
        }
        return refusals;
    }
}
