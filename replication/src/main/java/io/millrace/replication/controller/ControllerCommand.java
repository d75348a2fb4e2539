package io.millrace.replication.controller;

import io.millrace.protocol.Uuid;
import io.millrace.replication.metadata.ConfigResource;
import io.millrace.replication.metadata.Endpoint;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What the controller can be asked for. Immutable.
 *
 * @param <A> the answer when the command was carried out; commands over several topics or resources answer for each of
 *     them, so that one that is refused does not stop the others
 */
public sealed interface ControllerCommand<A> {

    /**
     * A broker process started and does not serve yet. Every partition that it leads, or can lead again, gets a new leader
     * epoch, so that no replica leads twice in one epoch.
     */
    record RegisterBroker(
            int brokerId,
            Uuid incarnationId,
            @Nullable String rack,
            List<Endpoint> endpoints,
            List<Uuid> logDirectoryIds)
            implements ControllerCommand<RegisteredBroker> {}

    /**
     * A registered start.
     *
     * @param brokerEpoch names this start of the broker; larger than every earlier one
     */
    record RegisteredBroker(long brokerEpoch) {}

    /** One outcome for each distinct name, in the order of first appearance; a name given twice is refused as a whole. */
    record CreateTopics(List<NewTopic> topics, boolean validateOnly) implements ControllerCommand<List<TopicOutcome>> {}

    /** One outcome for each distinct reference, in the order of first appearance. */
    record DeleteTopics(List<TopicRef> topics) implements ControllerCommand<List<TopicOutcome>> {}

    /** One outcome for each distinct name, in the order of first appearance. */
    record CreatePartitions(List<NewPartitions> topics, boolean validateOnly)
            implements ControllerCommand<List<TopicOutcome>> {}

    /** Changes single config keys (KIP-339). One outcome for each distinct resource. */
    record AlterConfigs(List<ConfigAlteration> resources, boolean validateOnly)
            implements ControllerCommand<List<ConfigOutcome>> {}

    /** Replaces all configs of each resource: keys that are not named go back to their default. */
    record SetConfigs(List<ConfigReplacement> resources, boolean validateOnly)
            implements ControllerCommand<List<ConfigOutcome>> {}

    /** Gives a registered broker the next block of producer ids; durable before it is answered. */
    record AllocateProducerIds(int brokerId, long brokerEpoch) implements ControllerCommand<ProducerIdBlock> {}

    /** Never given to anybody else. */
    record ProducerIdBlock(long firstProducerId, int count) {}

    /**
     * A topic to be created.
     *
     * @param partitionCount -1 for the cluster's default, or when {@code assignments} are given
     * @param replicationFactor -1 likewise
     * @param assignments brokers by partition, preferred leader first; empty to let the controller place replicas
     * @param configs a null value is refused
     */
    record NewTopic(
            String name,
            int partitionCount,
            short replicationFactor,
            SortedMap<Integer, List<Integer>> assignments,
            SortedMap<String, @Nullable String> configs) {

        /** With every default. */
        public static NewTopic of(String name) {
            return new NewTopic(name, -1, (short) -1, Collections.emptySortedMap(), Collections.emptySortedMap());
        }
    }

    /** Names a topic one way or the other. */
    sealed interface TopicRef {

        record ByName(String name) implements TopicRef {}

        record ById(Uuid topicId) implements TopicRef {}
    }

    /**
     * A topic to be given more partitions.
     *
     * @param totalCount of partitions after the change
     * @param assignments one list of brokers for each partition that is added, or null to let the controller place them
     */
    record NewPartitions(
            String topic, int totalCount, @Nullable List<List<Integer>> assignments) {}

    record ConfigAlteration(ConfigResource resource, List<ConfigOperation> operations) {}

    /**
     * A change of one config key.
     *
     * @param value null only for {@link Kind#DELETE}
     */
    record ConfigOperation(Kind kind, String key, @Nullable String value) {

        /** The last two change lists: comma-separated values. */
        public enum Kind {
            SET,
            DELETE,
            APPEND,
            SUBTRACT
        }
    }

    record ConfigReplacement(ConfigResource resource, SortedMap<String, @Nullable String> configs) {}
}
