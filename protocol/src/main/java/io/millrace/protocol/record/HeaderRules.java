package io.millrace.protocol.record;

import static io.millrace.protocol.record.BatchValidation.Invalid.WHOLE_BATCH;

import io.millrace.protocol.compress.Codec;
import io.millrace.protocol.record.BatchValidation.Invalid;
import org.jspecify.annotations.Nullable;

/** The checks of {@link BatchValidator} that need the batch's header and checksum only. Stateless. */
final class HeaderRules {
    /** Length, attributes, timestamp delta, offset delta, key length, value length, header count: one byte each. */
    static final int MIN_RECORD_BYTES = 7;

    private HeaderRules() {}

    /** The first fault found, or null. After null the batch's length can be trusted. */
    static @Nullable Invalid check(RecordBatchView batch, int availableBytes, ValidationRules rules) {
        Invalid fault = checkLength(batch, availableBytes, rules);
        if (fault == null && !batch.crcValid()) {
            fault = invalid(
                    BatchFault.CRC_MISMATCH,
                    "checksum is " + hex(batch.computeCrc()) + ", the batch says " + hex(batch.crc()));
        }
        if (fault == null) {
            fault = checkAttributes(batch, rules);
        }
        if (fault == null) {
            fault = checkCounts(batch, rules);
        }
        return fault == null ? checkProducer(batch, rules) : fault;
    }

    private static @Nullable Invalid checkLength(RecordBatchView batch, int availableBytes, ValidationRules rules) {
        if (availableBytes < RecordBatchView.MAGIC_POSITION + 1) {
            return invalid(BatchFault.TRUNCATED, "only " + availableBytes + " bytes, too few for a record batch");
        }
        if (batch.magic() != RecordBatchView.MAGIC) {
            return invalid(
                    BatchFault.UNSUPPORTED_MAGIC,
                    "message format " + batch.magic() + " is not supported, only format 2; use a newer client");
        }
        long sizeBytes = (long) RecordBatchView.LOG_OVERHEAD_BYTES + batch.batchLength();
        if (sizeBytes < RecordBatchView.HEADER_BYTES) {
            return invalid(BatchFault.BAD_LENGTH, "batch length " + batch.batchLength() + " is less than a header");
        }
        if (sizeBytes > rules.maxBatchBytes()) {
            return invalid(
                    BatchFault.TOO_LARGE,
                    "batch of " + sizeBytes + " bytes, the topic takes at most " + rules.maxBatchBytes());
        }
        if (sizeBytes > availableBytes) {
            return invalid(
                    BatchFault.TRUNCATED, "batch of " + sizeBytes + " bytes, of which " + availableBytes + " arrived");
        }
        if (sizeBytes < availableBytes) {
            return invalid(
                    BatchFault.MORE_THAN_ONE_BATCH,
                    (availableBytes - sizeBytes) + " bytes follow the batch; exactly one batch is taken");
        }
        return null;
    }

    private static @Nullable Invalid checkAttributes(RecordBatchView batch, ValidationRules rules) {
        int codecId = batch.codecId();
        if (Codec.byId(codecId) == null) {
            return invalid(BatchFault.UNKNOWN_CODEC, "compression codec " + codecId + " is not known");
        }
        if (rules.origin() == ValidationRules.Origin.BROKER) {
            return null;
        }
        if (batch.isControl()) {
            return invalid(BatchFault.CONTROL_FROM_CLIENT, "clients must not send control batches");
        }
        int attributes = batch.attributes();
        if ((attributes & ~RecordBatchView.KNOWN_ATTRIBUTES) != 0 || batch.hasDeleteHorizon()) {
            return invalid(
                    BatchFault.BAD_ATTRIBUTES, "attribute bits " + hex(attributes & 0xFFFF) + " are not a client's");
        }
        if (batch.timestampType() == TimestampType.LOG_APPEND_TIME) {
            return invalid(BatchFault.BAD_TIMESTAMP_TYPE, "clients must not set the timestamp type log append time");
        }
        return null;
    }

    private static @Nullable Invalid checkCounts(RecordBatchView batch, ValidationRules rules) {
        int count = batch.recordCount();
        int lastOffsetDelta = batch.lastOffsetDelta();
        // Compaction keeps the last offset of a batch while its records go, up to none at all.
        boolean fit = rules.origin() == ValidationRules.Origin.CLIENT
                ? count > 0 && lastOffsetDelta == count - 1
                : count >= 0 && lastOffsetDelta >= Math.max(0, count - 1);
        if (!fit) {
            return invalid(
                    BatchFault.BAD_COUNT, "record count " + count + " with last offset delta " + lastOffsetDelta);
        }
        if (batch.codecId() == Codec.NONE.id() && (long) count * MIN_RECORD_BYTES > batch.recordsBytes()) {
            return invalid(BatchFault.BAD_COUNT, count + " records cannot fit in " + batch.recordsBytes() + " bytes");
        }
        return null;
    }

    private static @Nullable Invalid checkProducer(RecordBatchView batch, ValidationRules rules) {
        if (rules.origin() == ValidationRules.Origin.BROKER) {
            return null;
        }
        long producerId = batch.producerId();
        boolean fit = producerId == RecordBatchView.NO_PRODUCER_ID
                ? !batch.isTransactional()
                : producerId >= 0 && batch.producerEpoch() >= 0 && batch.baseSequence() >= 0;
        if (fit) {
            return null;
        }
        return invalid(
                BatchFault.BAD_PRODUCER_FIELDS,
                "producer id " + producerId + ", epoch " + batch.producerEpoch() + ", base sequence "
                        + batch.baseSequence() + ", transactional " + batch.isTransactional()
                        + " do not go together");
    }

    private static Invalid invalid(BatchFault fault, String message) {
        return new Invalid(fault, WHOLE_BATCH, message);
    }

    private static String hex(int bits) {
        return "0x" + Integer.toHexString(bits);
    }
}
