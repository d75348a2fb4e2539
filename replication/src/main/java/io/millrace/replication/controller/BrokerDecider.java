package io.millrace.replication.controller;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.Message;
import io.millrace.replication.controller.ControllerCommand.AllocateProducerIds;
import io.millrace.replication.controller.ControllerCommand.ProducerIdBlock;
import io.millrace.replication.controller.ControllerCommand.RegisterBroker;
import io.millrace.replication.controller.ControllerCommand.RegisteredBroker;
import io.millrace.replication.metadata.BrokerImage;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.PartitionImage;
import io.millrace.replication.metadata.SnapshotRecords;
import io.millrace.replication.metadata.TopicImage;
import io.millrace.replication.record.PartitionChangesRecord;
import io.millrace.replication.record.ProducerIdsRecord;
import java.util.ArrayList;
import java.util.List;

/** Decides what brokers ask for themselves. Stateless; control loop only. */
final class BrokerDecider {

    /** Kafka's block size: large enough that allocation is rare, small enough that a crash wastes little of 2^63. */
    static final int PRODUCER_IDS_PER_BLOCK = 1_000;

    /**
     * Registers a start. The broker epoch is the metadata offset of the registration, so it grows with every start of any
     * broker.
     */
    Decision<RegisteredBroker> register(MetadataImage image, RegisterBroker command) {
        if (command.brokerId() < 0
                || command.endpoints().isEmpty()
                || command.logDirectoryIds().isEmpty()) {
            return refused(
                    ErrorCode.INVALID_REQUEST,
                    "a broker registers with an id of at least 0, an endpoint and a log directory");
        }
        long brokerEpoch = image.endOffset();
        List<Message> records = new ArrayList<>();
        records.add(SnapshotRecords.registration(new BrokerImage(
                command.brokerId(),
                brokerEpoch,
                command.incarnationId(),
                command.rack(),
                command.endpoints(),
                command.logDirectoryIds())));
        for (TopicImage topic : image.topics()) {
            addNewLeaderships(topic, command.brokerId(), records);
        }
        return new Decision<>(records, new ControllerAnswer.Done<>(new RegisteredBroker(brokerEpoch)));
    }

    /**
     * A new leader epoch for what the broker leads, so that no replica leads twice in one epoch: its unsynced end may be
     * gone, and the same offsets may get other records. A partition without a leader gets this one if it is in sync.
     */
    private static void addNewLeaderships(TopicImage topic, int brokerId, List<Message> records) {
        List<PartitionChangesRecord.PartitionChange> changes = new ArrayList<>();
        for (PartitionImage partition : topic.partitions()) {
            boolean leads = partition.leader() == brokerId;
            boolean mayLead = !partition.hasLeader() && partition.isr().contains(brokerId);
            if (leads || mayLead) {
                changes.add(new PartitionChangesRecord.PartitionChange()
                        .partition(partition.partition())
                        .leader(brokerId)
                        .leaderEpoch(partition.leaderEpoch() + 1)
                        .partitionEpoch(partition.partitionEpoch() + 1)
                        .isr(null)
                        .replicas(null));
            }
            if (changes.size() == SnapshotRecords.PARTITIONS_PER_RECORD) {
                records.add(
                        new PartitionChangesRecord().topicId(topic.topicId()).changes(changes));
                changes = new ArrayList<>();
            }
        }
        if (!changes.isEmpty()) {
            records.add(new PartitionChangesRecord().topicId(topic.topicId()).changes(changes));
        }
    }

    Decision<ProducerIdBlock> allocate(MetadataImage image, AllocateProducerIds command) {
        BrokerImage broker = image.broker(command.brokerId());
        if (broker == null) {
            return refused(
                    ErrorCode.BROKER_ID_NOT_REGISTERED, "No broker with id " + command.brokerId() + " is registered.");
        }
        if (broker.brokerEpoch() != command.brokerEpoch()) {
            return refused(
                    ErrorCode.STALE_BROKER_EPOCH,
                    "broker " + command.brokerId() + " has epoch " + broker.brokerEpoch() + ", not "
                            + command.brokerEpoch());
        }
        long first = image.nextProducerId();
        if (first > Long.MAX_VALUE - PRODUCER_IDS_PER_BLOCK) {
            return refused(ErrorCode.UNKNOWN_SERVER_ERROR, "all producer ids are used up");
        }
        Message record = new ProducerIdsRecord()
                .brokerId(command.brokerId())
                .brokerEpoch(command.brokerEpoch())
                .nextProducerId(first + PRODUCER_IDS_PER_BLOCK);
        return new Decision<>(
                List.of(record), new ControllerAnswer.Done<>(new ProducerIdBlock(first, PRODUCER_IDS_PER_BLOCK)));
    }

    private static <A> Decision<A> refused(ErrorCode error, String message) {
        return new Decision<>(List.of(), new ControllerAnswer.Failed<>(error, message));
    }
}
