package io.millrace.storage.append;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.record.BatchFault;
import io.millrace.protocol.record.BatchValidator;
import io.millrace.protocol.record.RecordBatchView;
import io.millrace.protocol.record.TimestampType;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.runtime.Clock;
import io.millrace.storage.AppendResult;
import io.millrace.storage.CheckedBatches;
import io.millrace.storage.epoch.EpochOrderException;
import io.millrace.storage.producer.ProducerCheck;
import io.millrace.storage.tail.TailLog;
import io.millrace.storage.tail.TailWriter;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Appends what producers send. One per shard, owned by its loop; works on whichever log it is given.
 *
 * <p>Order: structure of all batches, idempotent duplicate, place for all of them in the tail, then offsets, epochs,
 * timestamps and observers. Until all have a place nothing can be seen; if one finds none, those placed are taken back. The
 * bytes are copied once, into the tail; the buffer they came in is left as it is.
 */
public final class LeaderAppender {

    /**
     * The answer, to be compared by identity, while the tail's budget is used up: stop reading producers, write tails to
     * segments, try again. Clients retry it.
     */
    public static final AppendResult.Refused TAIL_FULL = new AppendResult.Refused(
            ErrorCode.KAFKA_STORAGE_ERROR, "the tail is full: the disk is slower than the producers, retry", List.of());

    private final TailWriter writer;
    private final BatchChecker checker;
    private final Clock clock;
    private final CheckedBatches checked = new CheckedBatches();
    private final Map<BatchFault, Long> faults = new EnumMap<>(BatchFault.class);
    private final RecordBatchView batch = new RecordBatchView();
    private final RecordBatchView stored = new RecordBatchView();

    /** @param validator owned by this appender */
    public LeaderAppender(TailWriter writer, BatchValidator validator, Clock clock) {
        this.writer = writer;
        this.checker = new BatchChecker(validator);
        this.clock = clock;
    }

    /** Appends under the topic's rules for producers. */
    public AppendResult append(AppendTarget log, ByteBuffer batches, int leaderEpoch) {
        return append(log, batches, leaderEpoch, log.rules());
    }

    /**
     * Appends under other rules: {@link ValidationRules#forBrokers()} for what the broker itself writes.
     *
     * @param batches whole batches, {@code position..limit}, at most one when it has a producer id
     */
    public AppendResult append(AppendTarget log, ByteBuffer batches, int leaderEpoch, ValidationRules rules) {
        if (!writer.mayHold(batches.remaining())) {
            return TAIL_FULL;
        }
        checker.check(batches, rules, clock.wallMs(), checked);
        return append(log, batches, leaderEpoch, checked);
    }

    /**
     * Appends what was checked already, by the rules of the check.
     *
     * @param found of exactly these bytes
     */
    public AppendResult append(AppendTarget log, ByteBuffer batches, int leaderEpoch, CheckedBatches found) {
        if (!writer.mayHold(batches.remaining())) {
            return TAIL_FULL;
        }
        ValidationRules rules = found.rules();
        if (leaderEpoch < log.epochs().latestEpoch()) {
            throw new EpochOrderException("append as leader of epoch " + leaderEpoch + " to a log of epoch "
                    + log.epochs().latestEpoch());
        }
        if (found.refusal() != null) {
            if (found.fault() != null) {
                faults.merge(found.fault(), 1L, Long::sum);
            }
            return found.refusal();
        }
        AppendResult answered = checkProducer(log, batches, rules, found);
        if (answered != null) {
            return answered;
        }
        boolean stampsAppendTime = rules.origin() == ValidationRules.Origin.CLIENT
                && rules.timestampType() == TimestampType.LOG_APPEND_TIME;
        long appendTimeMs = stampsAppendTime ? clock.wallMs() : RecordBatchView.NO_TIMESTAMP;
        TailLog tail = log.tail();
        long baseOffset = tail.endOffset();
        long firstEntry = tail.endEntry();
        AppendResult.Refused noPlace = place(log, batches, leaderEpoch, found, appendTimeMs);
        if (noPlace != null) {
            long returns = writer.memory().returns();
            tail.truncateTo(baseOffset);
            writer.discount(writer.memory().returns() - returns);
            return noPlace;
        }
        boolean fromClient = rules.origin() == ValidationRules.Origin.CLIENT;
        for (long e = firstEntry; e < tail.endEntry(); e++) {
            tail.batchAt(e, stored);
            if (fromClient) {
                stored.maxTimestampMs(rules.timestampType(), tail.maxTimestampAt(e));
            }
            log.beforeBatch(tail.baseOffsetAt(e), tail.endOffsetAt(e), tail.sizeAt(e));
            log.observers().appended(stored, tail.baseOffsetAt(e), leaderEpoch);
        }
        return new AppendResult.Appended(baseOffset, tail.endOffset(), appendTimeMs, log.logStartOffset());
    }

    /** Appends that were refused for a fault of what was sent. */
    public long refused(BatchFault fault) {
        return faults.getOrDefault(fault, 0L);
    }

    /** Frees the validator's native memory. */
    public void close() {
        checker.close();
    }

    private @Nullable AppendResult checkProducer(
            AppendTarget log, ByteBuffer batches, ValidationRules rules, CheckedBatches found) {
        batch.wrap(batches, batches.position());
        if (found.count() > 1) {
            return anyHasProducer(batches, found.count())
                    ? new AppendResult.Refused(
                            ErrorCode.INVALID_RECORD,
                            "batches of idempotent producers are appended one at a time, not " + found.count(),
                            List.of())
                    : null;
        }
        return switch (log.producers().check(batch)) {
            case ProducerCheck.InSequence inSequence -> null;
            case ProducerCheck.Duplicate duplicate ->
                new AppendResult.Duplicate(
                        duplicate.baseOffset(),
                        duplicate.endOffset(),
                        rules.timestampType() == TimestampType.LOG_APPEND_TIME
                                ? duplicate.timestampMs()
                                : RecordBatchView.NO_TIMESTAMP,
                        log.logStartOffset());
            case ProducerCheck.OutOfSequence out -> new AppendResult.Refused(out.error(), out.message(), List.of());
        };
    }

    private boolean anyHasProducer(ByteBuffer batches, int count) {
        int position = batches.position();
        for (int i = 0; i < count; i++) {
            if (batch.wrap(batches, position).hasProducerId()) {
                return true;
            }
            position += batch.sizeBytes();
        }
        return false;
    }

    private AppendResult.@Nullable Refused place(
            AppendTarget log, ByteBuffer batches, int leaderEpoch, CheckedBatches found, long appendTimeMs) {
        TailLog tail = log.tail();
        int position = batches.position();
        for (int i = 0; i < found.count(); i++) {
            batch.wrap(batches, position);
            long maxTimestampMs = appendTimeMs == RecordBatchView.NO_TIMESTAMP ? found.maxTimestampMs(i) : appendTimeMs;
            if (batch.sizeBytes() > writer.memory().budgetBytes() / 2) {
                return tooLarge(batch.sizeBytes());
            }
            int offsetCount = batch.lastOffsetDelta() + 1;
            if (!tail.append(writer, batch, tail.endOffset(), offsetCount, leaderEpoch, maxTimestampMs)) {
                return TAIL_FULL;
            }
            position += batch.sizeBytes();
        }
        return null;
    }

    private AppendResult.Refused tooLarge(int sizeBytes) {
        return new AppendResult.Refused(
                ErrorCode.MESSAGE_TOO_LARGE,
                "a batch of " + sizeBytes + " bytes is more than half of the tail's "
                        + writer.memory().budgetBytes(),
                List.of());
    }
}
