package io.millrace.broker.group;

import io.millrace.broker.config.GroupConfig;
import io.millrace.broker.config.InternalTopics;
import io.millrace.broker.request.RequestContext;
import io.millrace.broker.shard.Shards;
import io.millrace.replication.controller.Controller;
import io.millrace.replication.controller.ControllerAnswer;
import io.millrace.replication.controller.ControllerCommand;
import io.millrace.replication.controller.TopicOutcome;
import io.millrace.replication.metadata.MetadataPublisher;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates {@code __consumer_offsets} when somebody first looks for a group's coordinator. Any thread; the controller decides. */
public final class OffsetsTopic {

    private static final Logger LOG = LoggerFactory.getLogger(OffsetsTopic.class);

    private final GroupConfig config;
    private final MetadataPublisher metadata;
    private final Controller controller;
    private final Shards shards;

    public OffsetsTopic(GroupConfig config, MetadataPublisher metadata, Controller controller, Shards shards) {
        this.config = config;
        this.metadata = metadata;
        this.controller = controller;
        this.shards = shards;
    }

    /** Runs {@code done} on the request's loop once the topic is there and opened, or could not be created. */
    void ensure(RequestContext request, Runnable done) {
        if (metadata.image().topic(InternalTopics.CONSUMER_OFFSETS) != null) {
            Shards.onLoop(request.loop(), request.guarded(done));
            return;
        }
        controller.submit(
                new ControllerCommand.CreateTopics(
                        List.of(InternalTopics.newTopic(InternalTopics.CONSUMER_OFFSETS, config)), false),
                answer -> {
                    report(answer);
                    shards.whenSettled(request, done);
                });
    }

    private static void report(ControllerAnswer<List<TopicOutcome>> answer) {
        switch (answer) {
            case ControllerAnswer.Done<List<TopicOutcome>>(var outcomes) -> {
                if (outcomes.getFirst() instanceof TopicOutcome.Failed failed) {
                    // Created by another request meanwhile, or impossible; then clients are told to come again.
                    LOG.info(
                            "event=offsets-topic-not-created error={} message=\"{}\"",
                            failed.error(),
                            failed.message());
                }
            }
            case ControllerAnswer.Failed<List<TopicOutcome>>(var error, var message) ->
                LOG.warn("event=offsets-topic-not-created error={} message=\"{}\"", error, message);
        }
    }
}
