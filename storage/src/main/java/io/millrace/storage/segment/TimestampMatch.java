package io.millrace.storage.segment;

import io.millrace.protocol.record.RecordBatchView;
import io.millrace.protocol.record.TimestampType;

/** A record found by its timestamp. Immutable; {@link #NONE} when there is none. */
public record TimestampMatch(long offset, long timestampMs, int leaderEpoch) {

    public static final TimestampMatch NONE = new TimestampMatch(-1, -1, -1);

    /** When a batch was written: its first record's time, or its append time; -1 when its records have none. */
    public static TimestampMatch firstOf(RecordBatchView batch) {
        long timestampMs = batch.timestampType() == TimestampType.LOG_APPEND_TIME || batch.hasDeleteHorizon()
                ? batch.maxTimestampMs()
                : batch.baseTimestampMs();
        return new TimestampMatch(batch.baseOffset(), timestampMs, batch.partitionLeaderEpoch());
    }

    public boolean found() {
        return offset >= 0;
    }
}
