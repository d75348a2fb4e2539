package io.millrace.replication.controller;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Message;
import io.millrace.protocol.Uuid;
import io.millrace.replication.controller.ControllerCommand.CreatePartitions;
import io.millrace.replication.controller.ControllerCommand.CreateTopics;
import io.millrace.replication.controller.ControllerCommand.DeleteTopics;
import io.millrace.replication.controller.ControllerCommand.NewPartitions;
import io.millrace.replication.controller.ControllerCommand.NewTopic;
import io.millrace.replication.controller.ControllerCommand.TopicRef;
import io.millrace.replication.metadata.ConfigResource;
import io.millrace.replication.metadata.IntList;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.PartitionImage;
import io.millrace.replication.metadata.SnapshotRecords;
import io.millrace.replication.metadata.TopicImage;
import io.millrace.replication.record.PartitionsRecord;
import io.millrace.replication.record.RemoveTopicRecord;
import io.millrace.replication.record.TopicRecord;
import io.millrace.runtime.Randomness;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Decides creation, growth and deletion of topics. Stateless but for the source of topic ids; control loop only. */
final class TopicDecider {

    private static final Uuid NO_ID = Uuid.ZERO;

    private final ControllerSettings settings;
    private final ConfigDecider configs;
    private final Randomness ids;

    TopicDecider(ControllerSettings settings, ConfigDecider configs, Randomness ids) {
        this.settings = settings;
        this.configs = configs;
        this.ids = ids;
    }

    /** What the topics of one command have added so far, so that bounds and names hold for the command as a whole. */
    private static final class Added {
        long partitions;
        final TakenNames names;

        Added(MetadataImage image) {
            names = new TakenNames(image);
        }
    }

    Decision<List<TopicOutcome>> create(MetadataImage image, CreateTopics command) {
        Map<String, NewTopic> distinct = new LinkedHashMap<>();
        Set<String> duplicated = new HashSet<>();
        for (NewTopic topic : command.topics()) {
            if (distinct.putIfAbsent(topic.name(), topic) != null) {
                duplicated.add(topic.name());
            }
        }
        List<Message> records = new ArrayList<>();
        List<TopicOutcome> outcomes = new ArrayList<>();
        Added added = new Added(image);
        for (NewTopic topic : distinct.values()) {
            try {
                if (duplicated.contains(topic.name())) {
                    throw new Refusal(
                            ErrorCode.INVALID_REQUEST, "Topic '" + topic.name() + "' is named more than once");
                }
                outcomes.add(create(image, topic, command.validateOnly(), added, records));
            } catch (Refusal refusal) {
                outcomes.add(failed(topic.name(), NO_ID, refusal));
            }
        }
        return new Decision<>(records, new ControllerAnswer.Done<>(List.copyOf(outcomes)));
    }

    private TopicOutcome create(
            MetadataImage image, NewTopic topic, boolean validateOnly, Added added, List<Message> records)
            throws Refusal {
        String nameRefusal = TopicNames.refusal(topic.name());
        if (nameRefusal != null) {
            throw new Refusal(ErrorCode.INVALID_TOPIC_EXCEPTION, nameRefusal);
        }
        if (image.topic(topic.name()) != null) {
            throw new Refusal(ErrorCode.TOPIC_ALREADY_EXISTS, "Topic '" + topic.name() + "' already exists.");
        }
        String taken = added.names.collision(topic.name());
        if (taken != null) {
            throw new Refusal(
                    ErrorCode.INVALID_TOPIC_EXCEPTION,
                    "Topic '" + topic.name() + "' collides with topic '" + taken
                            + "': names that differ only by '.' and '_' are one name in metrics; choose another");
        }
        List<IntList> placed =
                topic.assignments().isEmpty() ? placed(image, topic, added) : assigned(image, topic, added);
        SortedMap<String, String> checked =
                configs.checked(ConfigResource.topic(topic.name()), new TreeMap<>(), topic.configs());
        added.partitions += placed.size();
        added.names.add(topic.name());
        short replicationFactor = (short) placed.getFirst().size();
        if (validateOnly) {
            return new TopicOutcome.Succeeded(topic.name(), NO_ID, placed.size(), replicationFactor);
        }
        Uuid topicId = newTopicId(image);
        records.add(new TopicRecord().name(topic.name()).topicId(topicId));
        addPartitions(topicId, 0, placed, records);
        ConfigResource resource = ConfigResource.topic(topic.name());
        checked.forEach((key, value) -> records.add(SnapshotRecords.config(resource, key, value)));
        return new TopicOutcome.Succeeded(topic.name(), topicId, placed.size(), replicationFactor);
    }

    private List<IntList> placed(MetadataImage image, NewTopic topic, Added added) throws Refusal {
        int partitions = topic.partitionCount() == -1 ? settings.numPartitions() : topic.partitionCount();
        int replicas = topic.replicationFactor() == -1 ? settings.replicationFactor() : topic.replicationFactor();
        if (partitions < 1) {
            throw new Refusal(
                    ErrorCode.INVALID_PARTITIONS,
                    "Number of partitions must be larger than 0, or -1 for the default; " + partitions + " was asked");
        }
        if (replicas < 1) {
            throw new Refusal(
                    ErrorCode.INVALID_REPLICATION_FACTOR,
                    "Replication factor must be larger than 0, or -1 for the default; " + replicas + " was asked");
        }
        checkReachable(image, replicas);
        checkCount(image, added, partitions);
        List<IntList> placed = new ArrayList<>(partitions);
        for (int i = 0; i < partitions; i++) {
            placed.add(Placement.place(image, added.partitions + i, replicas));
        }
        return placed;
    }

    private List<IntList> assigned(MetadataImage image, NewTopic topic, Added added) throws Refusal {
        if (topic.partitionCount() != -1 || topic.replicationFactor() != -1) {
            throw new Refusal(
                    ErrorCode.INVALID_REQUEST,
                    "With an assignment of replicas, partition count and replication factor must both be -1");
        }
        checkCount(image, added, topic.assignments().size());
        List<IntList> assigned = new ArrayList<>(topic.assignments().size());
        for (Map.Entry<Integer, List<Integer>> entry : topic.assignments().entrySet()) {
            if (entry.getKey() != assigned.size()) {
                throw new Refusal(
                        ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                        "Assigned partitions must be numbered from 0 without gaps; " + assigned.size() + " is missing");
            }
            int replicas = assigned.isEmpty()
                    ? entry.getValue().size()
                    : assigned.getFirst().size();
            assigned.add(checkedAssignment(image, entry.getKey(), entry.getValue(), replicas));
        }
        return assigned;
    }

    private static IntList checkedAssignment(MetadataImage image, int partition, List<Integer> brokers, int replicas)
            throws Refusal {
        IntList assigned = IntList.copyOf(brokers);
        String fault = null;
        if (assigned.isEmpty()) {
            fault = "has no replica";
        } else if (assigned.hasDuplicates()) {
            fault = "names a broker more than once: " + assigned;
        } else if (assigned.size() != replicas) {
            fault = "has " + assigned.size() + " replicas where the others have " + replicas;
        }
        for (int i = 0; fault == null && i < assigned.size(); i++) {
            if (image.broker(assigned.get(i)) == null) {
                fault = "names broker " + assigned.get(i) + ", which is not registered";
            }
        }
        if (fault != null) {
            throw new Refusal(
                    ErrorCode.INVALID_REPLICA_ASSIGNMENT, "The assignment of partition " + partition + " " + fault);
        }
        return assigned;
    }

    private static void checkReachable(MetadataImage image, int replicas) throws Refusal {
        if (replicas > image.brokerCount()) {
            throw new Refusal(
                    ErrorCode.INVALID_REPLICATION_FACTOR,
                    "Replication factor " + replicas + " cannot be reached: only " + image.brokerCount()
                            + " broker(s) are registered.");
        }
    }

    private void checkCount(MetadataImage image, Added added, int partitions) throws Refusal {
        ControllerSettings.Limits limits = settings.limits();
        if (added.partitions + partitions > limits.maxPartitionsPerCommand()) {
            throw new Refusal(
                    ErrorCode.POLICY_VIOLATION,
                    "One request may create at most " + limits.maxPartitionsPerCommand() + " partitions");
        }
        if (image.partitionCount() + added.partitions + partitions > limits.maxPartitions()) {
            throw new Refusal(
                    ErrorCode.POLICY_VIOLATION,
                    "The cluster has " + image.partitionCount() + " partitions of at most " + limits.maxPartitions()
                            + ", which is what its heap holds: delete topics, or give brokers more heap (-Xmx)");
        }
    }

    Decision<List<TopicOutcome>> delete(MetadataImage image, DeleteTopics command) {
        List<Message> records = new ArrayList<>();
        Map<TopicRef, TopicOutcome> outcomes = new LinkedHashMap<>();
        Set<Uuid> removed = new HashSet<>();
        for (TopicRef reference : command.topics()) {
            if (outcomes.containsKey(reference)) {
                continue;
            }
            TopicImage topic = find(image, reference);
            if (topic == null) {
                outcomes.put(reference, unknown(reference));
                continue;
            }
            // Named by name and by id in one request: gone once, done twice.
            if (removed.add(topic.topicId())) {
                records.add(new RemoveTopicRecord().topicId(topic.topicId()));
            }
            outcomes.put(reference, succeeded(topic));
        }
        return new Decision<>(records, new ControllerAnswer.Done<>(List.copyOf(outcomes.values())));
    }

    private static @Nullable TopicImage find(MetadataImage image, TopicRef reference) {
        return switch (reference) {
            case TopicRef.ByName(String name) -> image.topic(name);
            case TopicRef.ById(Uuid topicId) -> image.topic(topicId);
        };
    }

    private static TopicOutcome unknown(TopicRef reference) {
        return switch (reference) {
            case TopicRef.ByName(String name) ->
                new TopicOutcome.Failed(
                        name, NO_ID, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "Topic '" + name + "' does not exist.");
            case TopicRef.ById(Uuid topicId) ->
                new TopicOutcome.Failed(
                        null, topicId, ErrorCode.UNKNOWN_TOPIC_ID, "No topic has the id " + topicId + ".");
        };
    }

    Decision<List<TopicOutcome>> grow(MetadataImage image, CreatePartitions command) {
        Map<String, NewPartitions> distinct = new LinkedHashMap<>();
        Set<String> duplicated = new HashSet<>();
        for (NewPartitions topic : command.topics()) {
            if (distinct.putIfAbsent(topic.topic(), topic) != null) {
                duplicated.add(topic.topic());
            }
        }
        List<Message> records = new ArrayList<>();
        List<TopicOutcome> outcomes = new ArrayList<>();
        Added added = new Added(image);
        for (NewPartitions topic : distinct.values()) {
            try {
                if (duplicated.contains(topic.topic())) {
                    throw new Refusal(
                            ErrorCode.INVALID_REQUEST, "Topic '" + topic.topic() + "' is named more than once");
                }
                outcomes.add(grow(image, topic, command.validateOnly(), added, records));
            } catch (Refusal refusal) {
                outcomes.add(failed(topic.topic(), NO_ID, refusal));
            }
        }
        return new Decision<>(records, new ControllerAnswer.Done<>(List.copyOf(outcomes)));
    }

    private TopicOutcome grow(
            MetadataImage image, NewPartitions wanted, boolean validateOnly, Added added, List<Message> records)
            throws Refusal {
        TopicImage topic = image.topic(wanted.topic());
        if (topic == null) {
            throw new Refusal(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "Topic '" + wanted.topic() + "' does not exist.");
        }
        int present = topic.partitionCount();
        int more = wanted.totalCount() - present;
        if (more < 1) {
            throw new Refusal(
                    ErrorCode.INVALID_PARTITIONS,
                    "The topic has " + present + " partition(s); " + wanted.totalCount()
                            + " would not be an increase.");
        }
        checkCount(image, added, more);
        List<IntList> placed = new ArrayList<>(more);
        List<List<Integer>> assignments = wanted.assignments();
        if (assignments == null) {
            checkReachable(image, topic.replicationFactor());
            for (int i = 0; i < more; i++) {
                placed.add(Placement.place(image, added.partitions + i, topic.replicationFactor()));
            }
        } else if (assignments.size() != more) {
            throw new Refusal(
                    ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                    "Of " + more + " partitions to be added, " + assignments.size() + " are assigned");
        } else {
            for (int i = 0; i < more; i++) {
                placed.add(checkedAssignment(image, present + i, assignments.get(i), topic.replicationFactor()));
            }
        }
        added.partitions += more;
        if (!validateOnly) {
            addPartitions(topic.topicId(), present, placed, records);
        }
        return new TopicOutcome.Succeeded(
                topic.name(), topic.topicId(), wanted.totalCount(), topic.replicationFactor());
    }

    private static void addPartitions(Uuid topicId, int first, List<IntList> placed, List<Message> records) {
        List<PartitionsRecord.NewPartition> chunk = new ArrayList<>();
        for (int i = 0; i < placed.size(); i++) {
            PartitionImage partition = Placement.fresh(first + i, placed.get(i));
            chunk.add(SnapshotRecords.newPartition(partition));
            if (chunk.size() == SnapshotRecords.PARTITIONS_PER_RECORD || i == placed.size() - 1) {
                records.add(new PartitionsRecord().topicId(topicId).partitions(chunk));
                chunk = new ArrayList<>();
            }
        }
    }

    /** None that is reserved, and none whose text form starts like a command line option. */
    private Uuid newTopicId(MetadataImage image) {
        Uuid candidate;
        do {
            candidate = Uuid.ofRandom(ids.nextLong(), ids.nextLong());
        } while (candidate.isReserved() || candidate.toString().startsWith("-") || image.topic(candidate) != null);
        return candidate;
    }

    private static TopicOutcome succeeded(TopicImage topic) {
        return new TopicOutcome.Succeeded(
                topic.name(), topic.topicId(), topic.partitionCount(), topic.replicationFactor());
    }

    private static TopicOutcome failed(String name, Uuid topicId, Refusal refusal) {
        return new TopicOutcome.Failed(name, topicId, refusal.error(), refusal.reason());
    }
}
