package io.millrace.storage;

import io.millrace.protocol.record.BatchFault;
import io.millrace.protocol.record.ValidationRules;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What {@link io.millrace.storage.append.BatchChecker} found in one buffer of batches, and under which rules. Reusable; one owner at a
 * time: made by a worker, it is handed to the shard together with the unchanged bytes.
 */
public final class CheckedBatches {

    private long[] maxTimestampsMs = new long[1];
    private int count;
    private @Nullable BatchFault fault;
    private @Nullable ValidationRules rules;
    private AppendResult.@Nullable Refused refusal;

    /** Why nothing may be appended, null when all batches are in order. */
    public AppendResult.@Nullable Refused refusal() {
        return refusal;
    }

    /** Whether they are refused because they unpack to more than the rules allow: under others they may be in order. */
    public boolean unpackLimitMet() {
        return fault == BatchFault.DECOMPRESSION_LIMIT;
    }

    /** What is wrong with the first batch that is not in order; null when all are, or there is none. */
    public @Nullable BatchFault fault() {
        return fault;
    }

    /** Batches found. */
    public int count() {
        return count;
    }

    /** The true largest timestamp of a batch's records, whatever its header says. */
    public long maxTimestampMs(int batch) {
        return maxTimestampsMs[batch];
    }

    /** What they were checked by, and are to be appended by. */
    public ValidationRules rules() {
        if (rules == null) {
            throw new IllegalStateException("nothing was checked");
        }
        return rules;
    }

    /** A check under {@code newRules} begins. */
    public void start(ValidationRules newRules) {
        rules = newRules;
        count = 0;
        fault = null;
        refusal = null;
    }

    /** One more batch is in order. */
    public void add(long maxTimestampMs) {
        if (count == maxTimestampsMs.length) {
            maxTimestampsMs = Arrays.copyOf(maxTimestampsMs, count * 2);
        }
        maxTimestampsMs[count++] = maxTimestampMs;
    }

    /** The next batch is not. */
    public CheckedBatches refuse(AppendResult.Refused reason, @Nullable BatchFault newFault) {
        refusal = reason;
        fault = newFault;
        return this;
    }
}
