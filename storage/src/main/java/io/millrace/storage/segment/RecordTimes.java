package io.millrace.storage.segment;

import io.millrace.protocol.record.RecordBatchView;
import io.millrace.protocol.record.RecordCursor;
import io.millrace.protocol.record.RecordView;

/** Finds a record inside one whole batch by its timestamp; unpacks the batch, so not for a shard when that is large. */
public final class RecordTimes {

    private RecordTimes() {}

    /** The first record at or after {@code timestampMs} whose offset is at least {@code fromOffset}. */
    public static TimestampMatch firstAtOrAfter(RecordBatchView batch, long timestampMs, long fromOffset) {
        try (RecordCursor cursor = new RecordCursor()) {
            cursor.reset(batch);
            while (cursor.next()) {
                RecordView record = cursor.record();
                if (record.timestampMs() >= timestampMs && record.offset() >= fromOffset) {
                    return new TimestampMatch(record.offset(), record.timestampMs(), batch.partitionLeaderEpoch());
                }
            }
        }
        return TimestampMatch.NONE;
    }

    /** The first of the records with the largest timestamp. */
    public static TimestampMatch firstOfLatest(RecordBatchView batch) {
        long offset = -1;
        long latestMs = Long.MIN_VALUE;
        try (RecordCursor cursor = new RecordCursor()) {
            cursor.reset(batch);
            while (cursor.next()) {
                RecordView record = cursor.record();
                if (record.timestampMs() > latestMs) {
                    latestMs = record.timestampMs();
                    offset = record.offset();
                }
            }
        }
        return offset < 0 ? TimestampMatch.NONE : new TimestampMatch(offset, latestMs, batch.partitionLeaderEpoch());
    }
}
