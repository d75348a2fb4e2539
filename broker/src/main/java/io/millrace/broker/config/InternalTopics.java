package io.millrace.broker.config;

import io.millrace.replication.controller.ControllerCommand.NewTopic;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Topics that brokers write themselves: marked in Metadata, closed to clients' produce, never deleted by time or size. Stateless. */
public final class InternalTopics {

    /** The groups' log (Kafka's name and record formats). */
    public static final String CONSUMER_OFFSETS = "__consumer_offsets";

    /** The transactions' log; nothing writes it yet, and nobody else may. */
    public static final String TRANSACTION_STATE = "__transaction_state";

    private InternalTopics() {}

    public static boolean contains(String topic) {
        return topic.equals(CONSUMER_OFFSETS) || topic.equals(TRANSACTION_STATE);
    }

    /** How a missing topic is created when a client's use asks for it: with the broker's defaults unless it is internal. */
    public static NewTopic newTopic(String name, GroupConfig groups) {
        if (!name.equals(CONSUMER_OFFSETS)) {
            return NewTopic.of(name);
        }
        GroupConfig.OffsetsTopic settings = groups.offsetsTopic();
        SortedMap<String, @Nullable String> configs = new TreeMap<>();
        configs.put(TopicKeys.CLEANUP_POLICY.name(), "compact");
        configs.put(TopicKeys.SEGMENT_BYTES.name(), Integer.toString(settings.segmentBytes()));
        return new NewTopic(
                name,
                settings.partitions(),
                (short) settings.replicationFactor(),
                Collections.emptySortedMap(),
                configs);
    }
}
