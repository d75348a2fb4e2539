package io.millrace.protocol.record;

import io.millrace.protocol.compress.CorruptCompressionException;
import io.millrace.protocol.record.BatchValidation.Invalid;
import io.millrace.protocol.record.ValidationRules.Origin;

/**
 * The walk of {@link BatchValidator} over the records of one batch. Owned by its validator, reused for every batch.
 *
 * <pre>
 *  record:  length varint | attributes int8 | timestamp delta varlong | offset delta varint
 *           | key length varint (-1 null) | key | value length varint (-1 null) | value
 *           | header count varint | headers
 *  header:  name length varint | name | value length varint (-1 null) | value
 * </pre>
 *
 * The length counts what follows it. Every inner length is held against the bytes left of its record before it is
 * followed.
 */
final class RecordWalk {
    private static final int MIN_BODY_BYTES = HeaderRules.MIN_RECORD_BYTES - 1;
    private static final int MIN_HEADER_BYTES = 2;

    private final RecordBytes bytes;

    private boolean fromClient;
    private boolean keysRequired;
    private boolean checkTimestamps;
    private long oldestMs;
    private long newestMs;
    private long baseTimestampMs;
    private int recordCount;
    private int lastOffsetDelta;

    private int recordIndex;
    private int previousOffsetDelta;
    private long maxTimestampMs;
    private int maxTimestampOffsetDelta;
    private long recordBytes;

    RecordWalk(RecordBytes bytes) {
        this.bytes = bytes;
    }

    void start(RecordBatchView batch, ValidationRules rules, long nowMs) {
        fromClient = rules.origin() == Origin.CLIENT;
        keysRequired = rules.keysRequired();
        checkTimestamps = fromClient && rules.timestampType() == TimestampType.CREATE_TIME;
        oldestMs = Math.max(0, nowMs - rules.timestampBeforeMaxMs());
        newestMs = rules.timestampAfterMaxMs() > Long.MAX_VALUE - nowMs
                ? Long.MAX_VALUE
                : nowMs + rules.timestampAfterMaxMs();
        baseTimestampMs = batch.baseTimestampMs();
        recordCount = batch.recordCount();
        lastOffsetDelta = batch.lastOffsetDelta();
        recordIndex = 0;
        previousOffsetDelta = -1;
        maxTimestampMs = RecordBatchView.NO_TIMESTAMP;
        maxTimestampOffsetDelta = lastOffsetDelta;
        recordBytes = 0;
    }

    void run() throws InvalidRecordException, CorruptCompressionException {
        for (; recordIndex < recordCount; recordIndex++) {
            walkRecord();
        }
        recordIndex = Invalid.WHOLE_BATCH;
        if (!bytes.atEnd()) {
            throw new InvalidRecordException(
                    BatchFault.BYTES_LEFT_OVER, "bytes are left after the last of " + recordCount + " records");
        }
        recordBytes = bytes.consumedBytes();
    }

    /** The record being walked, or {@link Invalid#WHOLE_BATCH} after the last. */
    int recordIndex() {
        return recordIndex;
    }

    long maxTimestampMs() {
        return maxTimestampMs;
    }

    int maxTimestampOffsetDelta() {
        return maxTimestampOffsetDelta;
    }

    long recordBytes() {
        return recordBytes;
    }

    private void walkRecord() throws InvalidRecordException, CorruptCompressionException {
        int bodyBytes = bytes.readVarint();
        if (bodyBytes < MIN_BODY_BYTES) {
            throw malformed("record length " + bodyBytes + " is less than the smallest record");
        }
        long bodyEnd = bytes.consumedBytes() + bodyBytes;
        bytes.readByte(); // record attributes: no bit has a meaning, and Kafka does not look either
        long timestampMs = baseTimestampMs + bytes.readVarlong();
        int offsetDelta = bytes.readVarint();
        checkOffsetDelta(offsetDelta);
        int keyBytes = skipNullable("key", bodyEnd);
        if (keyBytes < 0 && keysRequired) {
            throw new InvalidRecordException(BatchFault.KEY_MISSING, "a compacted topic takes no record without a key");
        }
        skipNullable("value", bodyEnd);
        walkHeaders(bodyEnd);
        if (bytes.consumedBytes() != bodyEnd) {
            throw malformed("record length " + bodyBytes + " differs from its contents by "
                    + (bytes.consumedBytes() - bodyEnd) + " bytes");
        }
        if (checkTimestamps) {
            checkTimestamp(timestampMs);
        }
        if (timestampMs > maxTimestampMs) {
            maxTimestampMs = timestampMs;
            maxTimestampOffsetDelta = offsetDelta;
        }
    }

    private void walkHeaders(long bodyEnd) throws InvalidRecordException, CorruptCompressionException {
        int headerCount = bytes.readVarint();
        if (headerCount < 0 || (long) headerCount * MIN_HEADER_BYTES > bodyEnd - bytes.consumedBytes()) {
            throw malformed("header count " + headerCount + " with " + (bodyEnd - bytes.consumedBytes())
                    + " bytes left of the record");
        }
        for (int i = 0; i < headerCount; i++) {
            if (skipNullable("header name", bodyEnd) < 0) {
                throw malformed("header " + i + " has no name");
            }
            skipNullable("header value", bodyEnd);
        }
    }

    /** Skips a length and its bytes; the length, -1 for null. */
    private int skipNullable(String what, long bodyEnd) throws InvalidRecordException, CorruptCompressionException {
        int length = bytes.readVarint();
        if (length < -1 || length > bodyEnd - bytes.consumedBytes()) {
            throw malformed(what + " length " + length + " with " + (bodyEnd - bytes.consumedBytes())
                    + " bytes left of the record");
        }
        if (length > 0) {
            bytes.skip(length);
        }
        return length;
    }

    private void checkOffsetDelta(int offsetDelta) throws InvalidRecordException {
        boolean fits = fromClient
                ? offsetDelta == recordIndex
                : offsetDelta > previousOffsetDelta && offsetDelta <= lastOffsetDelta;
        if (!fits) {
            throw new InvalidRecordException(
                    BatchFault.BAD_OFFSET_DELTA, "offset delta " + offsetDelta + " after " + previousOffsetDelta);
        }
        previousOffsetDelta = offsetDelta;
    }

    private void checkTimestamp(long timestampMs) throws InvalidRecordException {
        if (timestampMs == RecordBatchView.NO_TIMESTAMP) {
            return;
        }
        if (timestampMs < oldestMs || timestampMs > newestMs) {
            throw new InvalidRecordException(
                    BatchFault.TIMESTAMP_OUT_OF_RANGE,
                    "timestamp " + timestampMs + " is outside " + oldestMs + " to " + newestMs);
        }
    }

    private static InvalidRecordException malformed(String message) {
        return new InvalidRecordException(BatchFault.MALFORMED_RECORD, message);
    }
}
