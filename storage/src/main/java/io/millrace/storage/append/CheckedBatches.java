package io.millrace.storage.append;

import io.millrace.storage.AppendResult;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What {@link BatchChecker} found in one buffer of batches. Reusable; one owner at a time: made by a worker, it is handed to
 * the shard together with the unchanged bytes.
 */
public final class CheckedBatches {

    private long[] maxTimestampsMs = new long[1];
    private int count;
    private AppendResult.@Nullable Refused refusal;

    /** Why nothing may be appended, null when all batches are in order. */
    public AppendResult.@Nullable Refused refusal() {
        return refusal;
    }

    /** Batches found. */
    public int count() {
        return count;
    }

    /** The true largest timestamp of a batch's records, whatever its header says. */
    long maxTimestampMs(int batch) {
        return maxTimestampsMs[batch];
    }

    void clear() {
        count = 0;
        refusal = null;
    }

    void add(long maxTimestampMs) {
        if (count == maxTimestampsMs.length) {
            maxTimestampsMs = Arrays.copyOf(maxTimestampsMs, count * 2);
        }
        maxTimestampsMs[count++] = maxTimestampMs;
    }

    CheckedBatches refuse(AppendResult.Refused reason) {
        refusal = reason;
        return this;
    }
}
