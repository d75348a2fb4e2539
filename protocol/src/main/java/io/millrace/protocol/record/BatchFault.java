package io.millrace.protocol.record;

import io.millrace.protocol.ErrorCode;

/**
 * What can be wrong with a batch, and the Kafka error its sender is told. {@code CORRUPT_MESSAGE} makes clients send again,
 * so it is used only where the bytes may have changed on the way; what a second try cannot mend is {@code INVALID_RECORD}.
 */
public enum BatchFault {
    /** Fewer bytes than the batch says it has. */
    TRUNCATED(ErrorCode.CORRUPT_MESSAGE),
    /** A batch length that no batch can have. */
    BAD_LENGTH(ErrorCode.CORRUPT_MESSAGE),
    /** The checksum is not that of the bytes. */
    CRC_MISMATCH(ErrorCode.CORRUPT_MESSAGE),
    /** Not magic 2: message formats 0 and 1 are gone since Kafka 4. */
    UNSUPPORTED_MAGIC(ErrorCode.UNSUPPORTED_FOR_MESSAGE_FORMAT),
    /** Bytes follow the batch; a produce request carries exactly one per partition. */
    MORE_THAN_ONE_BATCH(ErrorCode.INVALID_RECORD),
    /** Larger than the topic's {@code max.message.bytes}; clients split the batch. */
    TOO_LARGE(ErrorCode.MESSAGE_TOO_LARGE),
    /** A codec number that means nothing. */
    UNKNOWN_CODEC(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE),
    /** Attribute bits that have no meaning, or that only brokers set. */
    BAD_ATTRIBUTES(ErrorCode.INVALID_RECORD),
    /** A control batch from a client. */
    CONTROL_FROM_CLIENT(ErrorCode.INVALID_RECORD),
    /** Record count and last offset delta do not fit each other or the bytes. */
    BAD_COUNT(ErrorCode.INVALID_RECORD),
    /** Producer id, epoch, sequence and the transactional bit contradict each other. */
    BAD_PRODUCER_FIELDS(ErrorCode.INVALID_RECORD),
    /** A client set log append time, which is the broker's to set. */
    BAD_TIMESTAMP_TYPE(ErrorCode.INVALID_TIMESTAMP),
    /** A record's timestamp is negative or outside the topic's window. */
    TIMESTAMP_OUT_OF_RANGE(ErrorCode.INVALID_TIMESTAMP),
    /** A length, count or varint inside a record is impossible. */
    MALFORMED_RECORD(ErrorCode.INVALID_RECORD),
    /** Offset deltas are not 0, 1, 2, ... (or, in a compacted batch, not increasing). */
    BAD_OFFSET_DELTA(ErrorCode.INVALID_RECORD),
    /** A record without key in a compacted topic. */
    KEY_MISSING(ErrorCode.INVALID_RECORD),
    /** Bytes are left after the last record. */
    BYTES_LEFT_OVER(ErrorCode.INVALID_RECORD),
    /** The records cannot be decompressed. */
    CORRUPT_COMPRESSION(ErrorCode.INVALID_RECORD),
    /** The records unpack to more than the limits allow. */
    DECOMPRESSION_LIMIT(ErrorCode.MESSAGE_TOO_LARGE);

    private final ErrorCode errorCode;

    BatchFault(ErrorCode errorCode) {
        this.errorCode = errorCode;
    }

    /** The error code for the answer to the sender. */
    public ErrorCode errorCode() {
        return errorCode;
    }

    /** Name of {@link #errorCode()}. */
    public String errorName() {
        return errorCode.name();
    }
}
