package io.millrace.broker.boot;

import io.millrace.broker.config.BrokerConfig;
import io.millrace.broker.config.EffectiveConfigs;
import io.millrace.broker.config.TopicConfigs;
import io.millrace.protocol.Uuid;
import io.millrace.replication.controller.Controller;
import io.millrace.replication.controller.ControllerAnswer;
import io.millrace.replication.controller.ControllerCommand;
import io.millrace.replication.controller.ControllerCommand.RegisteredBroker;
import io.millrace.replication.controller.ControllerSettings;
import io.millrace.replication.controller.ControllerStart;
import io.millrace.replication.metadata.Endpoint;
import io.millrace.replication.metadata.MetadataPublisher;
import io.millrace.replication.metadatalog.MetadataLog;
import io.millrace.runtime.EventLoop;
import io.millrace.runtime.Randomness;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The embedded controller and the metadata it publishes. Owned by the thread that starts the broker. */
final class ControlPlane implements AutoCloseable {

    private final BrokerConfig config;
    private final EventLoop controlLoop;
    private final Controller controller;
    private final MetadataPublisher metadata;
    private final TopicConfigs topicConfigs;
    private final Uuid directoryId;

    private ControlPlane(
            BrokerConfig config,
            EventLoop controlLoop,
            Controller controller,
            MetadataPublisher metadata,
            TopicConfigs topicConfigs,
            Uuid directoryId) {
        this.config = config;
        this.controlLoop = controlLoop;
        this.controller = controller;
        this.metadata = metadata;
        this.topicConfigs = topicConfigs;
        this.directoryId = directoryId;
    }

    /** Replays the metadata log; returns once the controller takes commands. */
    static ControlPlane start(
            BrokerConfig config,
            Map<String, String> overrides,
            Persistence persistence,
            EventLoop controlLoop,
            Randomness randomness,
            Consumer<String> fatal)
            throws BrokerStartException {
        TopicConfigs topicConfigs = new TopicConfigs(new EffectiveConfigs(config.nodeId(), overrides));
        MetadataPublisher metadata = new MetadataPublisher(controlLoop);
        MetadataLog log = persistence.metadataLog(controlLoop);
        ControllerSettings settings = new ControllerSettings(
                persistence.clusterId(),
                config.topics().partitions(),
                (short) config.topics().replicationFactor(),
                new TreeMap<>(),
                ControllerSettings.Limits.forHeap(Runtime.getRuntime().maxMemory()));
        Controller controller =
                new Controller(controlLoop, log, settings, topicConfigs, randomness, metadata, fatal::accept);
        CompletableFuture<ControllerStart> started = new CompletableFuture<>();
        controlLoop.post(() -> controller.start(started::complete));
        if (started.join() instanceof ControllerStart.Refused refused) {
            throw new BrokerStartException(refused.reason().getMessage(), refused.reason());
        }
        return new ControlPlane(config, controlLoop, controller, metadata, topicConfigs, persistence.directoryId());
    }

    /** Makes this start of the broker known: bumps the epoch of every partition it leads. Returns the broker epoch. */
    long register(List<Endpoint> endpoints, Uuid incarnationId) throws BrokerStartException {
        CompletableFuture<ControllerAnswer<RegisteredBroker>> answered = new CompletableFuture<>();
        controller.submit(
                new ControllerCommand.RegisterBroker(
                        config.nodeId(), incarnationId, null, endpoints, List.of(directoryId)),
                answered::complete);
        return switch (answered.join()) {
            case ControllerAnswer.Done<RegisteredBroker>(var registered) -> registered.brokerEpoch();
            case ControllerAnswer.Failed<RegisteredBroker>(var error, var message) ->
                throw new BrokerStartException(
                        "The controller refused broker " + config.nodeId() + " with " + error + ": " + message, null);
        };
    }

    Controller controller() {
        return controller;
    }

    MetadataPublisher metadata() {
        return metadata;
    }

    TopicConfigs topicConfigs() {
        return topicConfigs;
    }

    @Override
    public void close() {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        controlLoop.post(() -> controller.close(() -> closed.complete(null)));
        closed.join();
    }
}
