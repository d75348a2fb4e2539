package io.millrace.replication.controller;

import io.millrace.protocol.Message;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.MetadataReplay;
import io.millrace.replication.record.FeatureLevelRecord;
import io.millrace.replication.record.FormatRecord;
import io.millrace.runtime.Randomness;
import java.util.ArrayList;
import java.util.List;

/**
 * The controller's state machine: {@code decide(command) -> records + answer}, then {@code replay(record)}. Owned by the
 * control loop.
 *
 * <p>Deciding reads the state and changes nothing; replaying is the only change, is pure, and gives the same state on every
 * node. The state is one immutable image, so running ahead of the commit and falling back is taking another reference.
 */
final class ControllerMachine {

    private final ControllerSettings settings;
    private final TopicDecider topics;
    private final ConfigDecider configs;
    private final BrokerDecider brokers = new BrokerDecider();
    private MetadataImage image = MetadataImage.EMPTY;

    ControllerMachine(ControllerSettings settings, ConfigSchema schema, Randomness ids) {
        this.settings = settings;
        this.configs = new ConfigDecider(schema);
        this.topics = new TopicDecider(settings, configs, ids);
    }

    MetadataImage image() {
        return image;
    }

    /** Falls back, or forward, to a state that came from replay before. */
    void reset(MetadataImage image) {
        this.image = image;
    }

    void replay(Message record) {
        image = MetadataReplay.replay(image, record);
    }

    void replay(List<Message> records) {
        image = MetadataReplay.replay(image, records);
    }

    /** What to append to a log without a record. */
    List<Message> firstRecords() {
        List<Message> records = new ArrayList<>();
        records.add(new FormatRecord().clusterId(settings.clusterId()).metadataFormat(MetadataReplay.METADATA_FORMAT));
        settings.initialFeatures()
                .forEach((name, level) ->
                        records.add(new FeatureLevelRecord().name(name).level(level)));
        return records;
    }

    /** Decides on the present state; changes nothing. */
    @SuppressWarnings("unchecked")
    <A> Decision<A> decide(ControllerCommand<A> command) {
        // Each case answers its own command's type; the compiler cannot carry A through the switch.
        return (Decision<A>)
                switch (command) {
                    case ControllerCommand.RegisterBroker register -> brokers.register(image, register);
                    case ControllerCommand.AllocateProducerIds allocate -> brokers.allocate(image, allocate);
                    case ControllerCommand.CreateTopics create -> topics.create(image, create);
                    case ControllerCommand.DeleteTopics delete -> topics.delete(image, delete);
                    case ControllerCommand.CreatePartitions grow -> topics.grow(image, grow);
                    case ControllerCommand.AlterConfigs alter -> configs.alter(image, alter);
                    case ControllerCommand.SetConfigs set -> configs.set(image, set);
                };
    }
}
