package io.millrace.broker.produce;

import io.millrace.broker.config.InternalTopics;
import io.millrace.broker.request.RequestContext;
import io.millrace.broker.shard.Shard;
import io.millrace.broker.shard.Shards;
import io.millrace.broker.shard.SlotGather;
import io.millrace.protocol.BufferRecords;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.message.ProduceRequest;
import io.millrace.protocol.message.ProduceResponse;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.TopicImage;
import io.millrace.replication.replica.LeaderReplica;
import io.millrace.replication.replica.ProduceCompletion;
import io.millrace.replication.replica.ProduceOutcome;
import io.millrace.replication.replica.ShardReplicas;
import io.millrace.storage.AppendResult;
import io.millrace.storage.CheckedBatches;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One produce request between its arrival and its answer. A slot is one partition of the request, in request order. Slots are
 * filled on the loops of their shards and read on the connection's loop after the last one is done.
 */
final class PendingProduce implements ProduceCompletion, CheckQueue.Request {

    /** First version in which a client may send zstd (KIP-110). */
    private static final int FIRST_ZSTD_VERSION = 7;
    /** First version that names topics by id (KIP-516). */
    private static final int FIRST_TOPIC_ID_VERSION = 13;

    private static final int NO_LEADER_EPOCH = -1;
    private static final long NO_LOG_START = -1;
    private static final long NANOS_PER_MS = 1_000_000;

    private final RequestContext context;
    private final ProduceRequest request;
    private final Shards shards;
    private final List<CheckQueue> queues;

    private final int[] partitions;
    private final @Nullable TopicImage[] topics;
    private final @Nullable BufferRecords[] records;
    private final @Nullable CheckedBatches[] checked;
    private final @Nullable ProduceOutcome[] outcomes;
    /** Filled where a replica was asked, on its loop, before its outcome. */
    private final long[] logStarts;

    private final SlotGather gather;

    PendingProduce(RequestContext context, ProduceRequest request, Shards shards, List<CheckQueue> queues) {
        this.context = context;
        this.request = request;
        this.shards = shards;
        this.queues = queues;
        int slots = 0;
        for (ProduceRequest.TopicProduceData topic : request.topicData()) {
            slots += topic.partitionData().size();
        }
        partitions = new int[slots];
        topics = new @Nullable TopicImage[slots];
        records = new @Nullable BufferRecords[slots];
        checked = new @Nullable CheckedBatches[slots];
        outcomes = new @Nullable ProduceOutcome[slots];
        logStarts = new long[slots];
        Arrays.fill(logStarts, NO_LOG_START);
        // One more than the slots: held by start() so that the answer cannot leave while slots are still being handed
        // out.
        gather = new SlotGather(context, slots + 1, this::answer);
    }

    void start(MetadataImage image) {
        int[] shardOfSlot = new int[partitions.length];
        int slot = 0;
        for (ProduceRequest.TopicProduceData topic : request.topicData()) {
            TopicImage found = context.version() >= FIRST_TOPIC_ID_VERSION
                    ? image.topic(topic.topicId())
                    : image.topic(topic.name());
            for (ProduceRequest.PartitionProduceData partition : topic.partitionData()) {
                partitions[slot] = partition.index();
                topics[slot] = found;
                records[slot] = (BufferRecords) partition.records();
                ProduceOutcome.Refused refusal = refusal(found, partition);
                shardOfSlot[slot] = Shards.NONE;
                if (refusal != null) {
                    letGo(slot);
                    done(slot, refusal);
                } else if (found != null) {
                    shardOfSlot[slot] = shards.shardOf(found.name(), partition.index());
                }
                slot++;
            }
        }
        if (request.acks() != 0) {
            context.whenDropped(this::dropped);
        }
        shards.scatter(
                context, shardOfSlot, (each, shard) -> queues.get(shard.index()).take(this, each));
        gather.slotDone();
    }

    /** Nobody reads the answer any more, and what was not appended yet was never acked: it need not wait for room. */
    private void dropped() {
        for (Shard shard : shards.all()) {
            Shards.onLoop(shard.loop(), () -> queues.get(shard.index()).withdraw(this));
        }
    }

    /**
     * Whether the client is gone. On other shards its requests are withdrawn one by one: nothing of a later one may be appended
     * once an earlier one was withdrawn. With acks=0 nothing is withdrawn.
     */
    private boolean isAbandoned() {
        return request.acks() != 0 && !context.connection().isOpen();
    }

    /** What can be refused before the partition's owner is asked; null when nothing. */
    private ProduceOutcome.@Nullable Refused refusal(
            @Nullable TopicImage topic, ProduceRequest.PartitionProduceData partition) {
        if (request.transactionalId() != null) {
            return refused(
                    ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
                    "Transactions are not built yet: remove transactional.id from the producer");
        }
        if (topic == null) {
            return context.version() >= FIRST_TOPIC_ID_VERSION
                    ? refused(ErrorCode.UNKNOWN_TOPIC_ID, "No topic has this id: refresh metadata")
                    : refused(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "No such topic: create it first");
        }
        if (InternalTopics.contains(topic.name())) {
            return refused(
                    ErrorCode.INVALID_TOPIC_EXCEPTION, "Topic " + topic.name() + " is written by the broker only");
        }
        if (topic.partition(partition.index()) == null) {
            return refused(
                    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                    "Topic " + topic.name() + " has " + topic.partitionCount() + " partitions, counted from 0");
        }
        if (!(partition.records() instanceof BufferRecords batch) || batch.sizeBytes() == 0) {
            return refused(ErrorCode.INVALID_RECORD, "No record batch for this partition: send one");
        }
        if (ProducedBatch.isSeveral(batch.buffer())) {
            return refused(
                    ErrorCode.INVALID_RECORD,
                    "Exactly one record batch per partition is taken: send one after another");
        }
        if (context.version() < FIRST_ZSTD_VERSION && ProducedBatch.isZstd(batch.buffer())) {
            return refused(
                    ErrorCode.UNSUPPORTED_COMPRESSION_TYPE,
                    "zstd needs Produce version " + FIRST_ZSTD_VERSION + " or later: upgrade the client");
        }
        return null;
    }

    private static ProduceOutcome.Refused refused(ErrorCode error, String message) {
        return new ProduceOutcome.Refused(error, message, List.of());
    }

    @Override
    public CheckQueue.Place place(int slot) {
        return new CheckQueue.Place(topic(slot).topicId(), partitions[slot]);
    }

    @Override
    public ByteBuf batch(int slot) {
        return records(slot).buffer();
    }

    private TopicImage topic(int slot) {
        TopicImage topic = topics[slot];
        if (topic == null) {
            throw new IllegalStateException("slot " + slot + " was handed to a shard without topic");
        }
        return topic;
    }

    private BufferRecords records(int slot) {
        BufferRecords batch = records[slot];
        if (batch == null) {
            throw new IllegalStateException("slot " + slot + " was handed to a shard without records");
        }
        return batch;
    }

    @Override
    public @Nullable ValidationRules rules(int slot, ShardReplicas replicas) {
        LeaderReplica replica = replicas.leader(topic(slot).topicId(), partitions[slot]);
        return replica == null ? null : replica.log().config().rules(ValidationRules.Origin.CLIENT);
    }

    @Override
    public void checked(int slot, CheckedBatches found) {
        checked[slot] = found;
    }

    @Override
    public void broken(int slot, RuntimeException defect) {
        letGo(slot);
        context.broken(defect);
    }

    /**
     * Appends one partition's batches, on its shard's loop, and lets go of them: every append copies what it takes.
     *
     * @return false when the tail had no room: nothing happened, to be tried again
     */
    @Override
    public boolean tryAppend(int slot, ShardReplicas replicas) {
        if (isAbandoned()) {
            giveUp(slot);
            return true;
        }
        boolean over = true;
        try {
            over = append(slot, replicas);
        } catch (RuntimeException e) {
            context.broken(e);
        }
        if (over) {
            letGo(slot);
        }
        return over;
    }

    private boolean append(int slot, ShardReplicas replicas) {
        BufferRecords batch = records(slot);
        LeaderReplica replica = replicas.leader(topic(slot).topicId(), partitions[slot]);
        if (replica == null) {
            done(
                    slot,
                    refused(
                            ErrorCode.NOT_LEADER_OR_FOLLOWER,
                            "This broker does not lead the partition: refresh metadata"));
            return true;
        }
        outcomes[slot] = null;
        logStarts[slot] = replica.logStartOffset();
        CheckedBatches found = checked[slot];
        if (found == null) {
            replica.append(batch.nioBuffer(), NO_LEADER_EPOCH, request.acks(), request.timeoutMs(), this, slot);
        } else {
            replica.append(batch.nioBuffer(), found, request.acks(), request.timeoutMs(), this, slot);
        }
        return !(outcomes[slot] instanceof ProduceOutcome.TailFull);
    }

    /** Gives up this slot's hold on the request's frame, so that waiting for acks pins no memory but the tail's. */
    private void letGo(int slot) {
        BufferRecords batch = records[slot];
        if (batch != null) {
            batch.release();
            records[slot] = null;
        }
    }

    /** The tail stayed full for as long as the client waits: it is told so, and may send again. */
    @Override
    public void giveUp(int slot) {
        letGo(slot);
        done(slot, refused(ErrorCode.KAFKA_STORAGE_ERROR, "The disk is slower than the producers: send again"));
    }

    @Override
    public long timeoutNs() {
        return Math.max(0, request.timeoutMs()) * NANOS_PER_MS;
    }

    @Override
    public void done(int slot, ProduceOutcome outcome) {
        outcomes[slot] = outcome;
        if (!(outcome instanceof ProduceOutcome.TailFull)) {
            gather.slotDone();
        }
    }

    /** On the connection's loop, after the last slot. */
    private void answer() {
        if (request.acks() == 0) {
            answerByConnection();
            return;
        }
        ProduceResponse response = new ProduceResponse();
        int slot = 0;
        for (ProduceRequest.TopicProduceData topic : request.topicData()) {
            ProduceResponse.TopicProduceResponse answered = new ProduceResponse.TopicProduceResponse();
            answered.name(topic.name()).topicId(topic.topicId());
            for (int i = 0; i < topic.partitionData().size(); i++) {
                answered.partitionResponses().add(partitionAnswer(slot, outcome(slot)));
                slot++;
            }
            response.responses().add(answered);
        }
        context.answer(response);
    }

    private void answerByConnection() {
        for (int slot = 0; slot < outcomes.length; slot++) {
            if (outcome(slot) instanceof ProduceOutcome.Refused(var error, var message, var ignored)) {
                context.close(
                        "acks=0 produce to partition " + partitions[slot] + " failed with " + error + ": " + message);
                return;
            }
        }
        context.noAnswer();
    }

    private ProduceOutcome outcome(int slot) {
        ProduceOutcome outcome = outcomes[slot];
        if (outcome == null) {
            throw new IllegalStateException("slot " + slot + " was never completed");
        }
        return outcome;
    }

    private ProduceResponse.PartitionProduceResponse partitionAnswer(int slot, ProduceOutcome outcome) {
        ProduceResponse.PartitionProduceResponse answer =
                new ProduceResponse.PartitionProduceResponse().index(partitions[slot]);
        switch (outcome) {
            case ProduceOutcome.Accepted accepted ->
                answer.baseOffset(accepted.baseOffset())
                        .logAppendTimeMs(accepted.logAppendTimeMs())
                        .logStartOffset(accepted.logStartOffset());
            case ProduceOutcome.TailFull ignored ->
                throw new IllegalStateException("a slot was answered while it waits for room");
            case ProduceOutcome.Refused refused -> {
                // Without the log's start, a Java producer that is told UNKNOWN_PRODUCER_ID repeats the same batch for
                // ever
                // instead of taking a new epoch.
                answer.errorCode(refused.error().code())
                        .baseOffset(-1)
                        .logStartOffset(logStarts[slot])
                        .errorMessage(refused.message());
                for (AppendResult.RecordError error : refused.recordErrors()) {
                    answer.recordErrors()
                            .add(new ProduceResponse.BatchIndexAndErrorMessage()
                                    .batchIndex(error.batchIndex())
                                    .batchIndexErrorMessage(error.message()));
                }
            }
        }
        return answer;
    }
}
