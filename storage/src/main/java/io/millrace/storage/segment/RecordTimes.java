package io.millrace.storage.segment;

import io.millrace.protocol.record.CorruptBatchException;
import io.millrace.protocol.record.RecordBatchView;
import io.millrace.protocol.record.RecordCursor;
import io.millrace.protocol.record.RecordView;

/**
 * Finds a record inside one whole batch by its timestamp; unpacks the batch, so not for a shard when that is large.
 *
 * <p>A batch with a right CRC whose records do not parse is as its producer made it, where {@code millrace.validate=header} lets
 * that in: its header answers for it.
 */
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
        } catch (CorruptBatchException e) {
            return byHeader(batch, fromOffset);
        }
        return TimestampMatch.NONE;
    }

    /** The first of the records with the largest timestamp among those whose offset is at least {@code fromOffset}. */
    public static TimestampMatch firstOfLatest(RecordBatchView batch, long fromOffset) {
        long offset = -1;
        long latestMs = Long.MIN_VALUE;
        try (RecordCursor cursor = new RecordCursor()) {
            cursor.reset(batch);
            while (cursor.next()) {
                RecordView record = cursor.record();
                if (record.timestampMs() > latestMs && record.offset() >= fromOffset) {
                    latestMs = record.timestampMs();
                    offset = record.offset();
                }
            }
        } catch (CorruptBatchException e) {
            return byHeader(batch, fromOffset);
        }
        return offset < 0 ? TimestampMatch.NONE : new TimestampMatch(offset, latestMs, batch.partitionLeaderEpoch());
    }

    /** No record of the batch lies before the offset given, and none is later. */
    private static TimestampMatch byHeader(RecordBatchView batch, long fromOffset) {
        long offset = Math.max(batch.baseOffset(), fromOffset);
        return offset > batch.lastOffset()
                ? TimestampMatch.NONE
                : new TimestampMatch(offset, batch.maxTimestampMs(), batch.partitionLeaderEpoch());
    }
}
