package io.millrace.storage.append;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.compress.DecompressionLimits;
import io.millrace.protocol.record.BatchValidator;
import io.millrace.protocol.record.RecordBatchView;
import io.millrace.protocol.record.TimestampType;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.storage.AppendResult;
import io.millrace.storage.CheckedBatches;
import io.millrace.storage.tail.TailLog;
import io.millrace.storage.tail.TailWriter;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Appends what the leader has laid out, byte for byte, and what recovery replays. One per shard, owned by its loop. Checks
 * header and CRC (the leader has walked the records), that offsets follow the log end and that epochs never fall (A3).
 */
public final class FollowerAppender {

    private static final ValidationRules RULES = new ValidationRules(
            ValidationRules.Origin.BROKER,
            Integer.MAX_VALUE,
            false,
            TimestampType.CREATE_TIME,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            true,
            DecompressionLimits.DEFAULT);

    private final TailWriter writer;
    private final BatchChecker checker = new BatchChecker(new BatchValidator());
    private final CheckedBatches checked = new CheckedBatches();
    private final RecordBatchView batch = new RecordBatchView();
    private final RecordBatchView stored = new RecordBatchView();

    public FollowerAppender(TailWriter writer) {
        this.writer = writer;
    }

    /**
     * Appends all batches or none.
     *
     * @return {@link LeaderAppender#TAIL_FULL} at the tail's bound; otherwise Refused means that leader and follower disagree
     */
    public AppendResult append(AppendTarget log, ByteBuffer batches) {
        checker.check(batches, RULES, 0, checked);
        if (checked.refusal() != null) {
            return checked.refusal();
        }
        TailLog tail = log.tail();
        long baseOffset = tail.endOffset();
        AppendResult.Refused disorder = checkOrder(log, batches);
        if (disorder != null) {
            return disorder;
        }
        long firstEntry = tail.endEntry();
        int position = batches.position();
        for (int i = 0; i < checked.count(); i++) {
            batch.wrap(batches, position);
            if (!tail.append(writer, batch)) {
                tail.truncateTo(baseOffset);
                return LeaderAppender.TAIL_FULL;
            }
            position += batch.sizeBytes();
        }
        for (long e = firstEntry; e < tail.endEntry(); e++) {
            tail.batchAt(e, stored);
            log.beforeBatch(tail.baseOffsetAt(e), tail.endOffsetAt(e), tail.sizeAt(e));
            log.observers().appended(stored, stored.baseOffset(), stored.partitionLeaderEpoch());
        }
        return new AppendResult.Appended(
                baseOffset, tail.endOffset(), RecordBatchView.NO_TIMESTAMP, log.logStartOffset());
    }

    /** Frees what checking holds. */
    public void close() {
        checker.close();
    }

    private AppendResult.@Nullable Refused checkOrder(AppendTarget log, ByteBuffer batches) {
        int position = batches.position();
        long expectedOffset = log.tail().endOffset();
        int epoch = log.epochs().latestEpoch();
        for (int i = 0; i < checked.count(); i++) {
            batch.wrap(batches, position);
            if (batch.baseOffset() != expectedOffset) {
                return new AppendResult.Refused(
                        ErrorCode.OFFSET_OUT_OF_RANGE,
                        "a batch at offset " + batch.baseOffset() + " does not follow log end " + expectedOffset,
                        List.of());
            }
            if (batch.lastOffsetDelta() == Integer.MAX_VALUE || batch.nextOffset() < 0) {
                return new AppendResult.Refused(
                        ErrorCode.CORRUPT_MESSAGE,
                        "a batch at offset " + batch.baseOffset() + " spans impossible offsets",
                        List.of());
            }
            if (batch.partitionLeaderEpoch() < epoch) {
                return new AppendResult.Refused(
                        ErrorCode.FENCED_LEADER_EPOCH,
                        "a batch of epoch " + batch.partitionLeaderEpoch() + " at offset " + batch.baseOffset()
                                + " follows epoch " + epoch,
                        List.of());
            }
            epoch = batch.partitionLeaderEpoch();
            expectedOffset = batch.nextOffset();
            position += batch.sizeBytes();
        }
        return null;
    }
}
