package io.millrace.broker.coordinator.group.log;

import io.millrace.broker.coordinator.group.state.GroupRecord;
import io.millrace.broker.coordinator.group.state.GroupRecordCodec;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.record.RecordBatchBuilder;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.replication.replica.DeadlineQueue;
import io.millrace.replication.replica.LeaderReplica;
import io.millrace.replication.replica.ProduceOutcome;
import io.millrace.runtime.EventLoop;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partition's leader replica as a coordinator's log: records go the way of every produce with {@code acks=all}. Owned by
 * the replica's shard loop.
 */
public final class ReplicaOffsetsLog implements OffsetsLog {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaOffsetsLog.class);
    private static final int INITIAL_BATCH_BYTES = 512;
    /** One largest record, or the most small ones, with room for their keys. */
    private static final int MAX_BATCH_BYTES = DecisionLog.MAX_RECORD_BYTES + 512 * 1024;

    private static final int ANY_LEADER_EPOCH = -1;
    private static final short ACKS_ALL = -1;
    /** An append waits as long as the replica leads; how long a client waits for it is {@link DecisionLog}'s. */
    private static final int NO_TIMEOUT_MS = Integer.MAX_VALUE;

    private final EventLoop loop;
    private final DeadlineQueue deadlines;
    private final LeaderReplica replica;

    public ReplicaOffsetsLog(EventLoop loop, DeadlineQueue deadlines, LeaderReplica replica) {
        this.loop = loop;
        this.deadlines = deadlines;
        this.replica = replica;
    }

    @Override
    public ErrorCode append(List<GroupRecord> records, Committed committed) {
        long nowMs = loop.clock().wallMs();
        Append append = new Append(committed);
        try (RecordBatchBuilder batch = new RecordBatchBuilder(INITIAL_BATCH_BYTES, MAX_BATCH_BYTES)) {
            for (GroupRecord record : records) {
                if (!batch.append(nowMs, GroupRecordCodec.key(record), GroupRecordCodec.value(record), List.of())) {
                    return ErrorCode.UNKNOWN_SERVER_ERROR;
                }
            }
            long endBefore = replica.logEndOffset();
            replica.append(
                    batch.build(),
                    ValidationRules.Origin.BROKER,
                    ANY_LEADER_EPOCH,
                    ACKS_ALL,
                    NO_TIMEOUT_MS,
                    (slot, outcome) -> append.outcome(outcome),
                    0);
            return append.taken(replica.logEndOffset() > endBefore);
        }
    }

    /** Tells what came of one append, but not before it is known whether it was taken at all. */
    private static final class Append {
        private final Committed committed;
        private boolean taken;
        private boolean told;
        private ErrorCode error = ErrorCode.NONE;

        Append(Committed committed) {
            this.committed = committed;
        }

        void outcome(ProduceOutcome outcome) {
            error = switch (outcome) {
                case ProduceOutcome.Accepted accepted -> ErrorCode.NONE;
                case ProduceOutcome.TailFull full -> ErrorCode.COORDINATOR_NOT_AVAILABLE;
                case ProduceOutcome.Refused refused -> ofClient(refused.error());
            };
            told = true;
            if (taken) {
                committed.done(error);
            }
        }

        ErrorCode taken(boolean inLog) {
            if (!inLog) {
                return error == ErrorCode.NONE ? ErrorCode.COORDINATOR_NOT_AVAILABLE : error;
            }
            taken = true;
            if (told) {
                committed.done(error);
            }
            return ErrorCode.NONE;
        }

        /** What a member makes the right thing of: look the coordinator up again, or repeat. */
        private static ErrorCode ofClient(ErrorCode error) {
            return switch (error) {
                case NOT_LEADER_OR_FOLLOWER, KAFKA_STORAGE_ERROR, FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH ->
                    ErrorCode.NOT_COORDINATOR;
                case NOT_ENOUGH_REPLICAS, NOT_ENOUGH_REPLICAS_AFTER_APPEND, REQUEST_TIMED_OUT ->
                    ErrorCode.COORDINATOR_NOT_AVAILABLE;
                default -> {
                    LOG.warn("event=coordinator-append-refused error={}", error);
                    yield ErrorCode.UNKNOWN_SERVER_ERROR;
                }
            };
        }
    }

    @Override
    public void load(Consumer<GroupRecord> sink, Consumer<ErrorCode> loaded) {
        new LogLoading(loop, deadlines, replica, sink, loaded).step();
    }
}
