package io.millrace.protocol.record;

import io.millrace.protocol.compress.Codec;
import io.millrace.protocol.compress.CorruptCompressionException;
import io.millrace.protocol.compress.Decompressor;
import io.millrace.protocol.compress.DecompressorSet;
import io.millrace.protocol.record.BatchValidation.Invalid;
import io.millrace.protocol.record.BatchValidation.Valid;
import io.millrace.protocol.record.ValidationRules.Origin;

/**
 * Checks the structure of one record batch in one pass, before anything is appended. One owner (a shard or a worker); keeps
 * a 16 KiB window and one decompressor per codec it has met, freed by {@link #close}.
 *
 * <p>Order: length and magic, CRC, attributes, counts, producer fields; then every record: lengths, varints, offset delta,
 * timestamp, key, headers, and that the bytes end with the last record. Wrong bytes never throw. A valid uncompressed batch
 * is checked without allocation; compressed ones are unpacked window by window, so memory does not depend on the batch or
 * on what it says of itself, and time is bounded by the decompression limits. Fencing, sequence numbers and offsets are the
 * appender's.
 */
public final class BatchValidator implements AutoCloseable {
    private final RecordBytes bytes = new RecordBytes();
    private final RecordWalk walk = new RecordWalk(bytes);
    private final Valid valid = new Valid();
    private final DecompressorSet decompressors = new DecompressorSet();

    /**
     * Checks one batch.
     *
     * @param batch put on the batch's first byte, unchecked
     * @param availableBytes bytes that arrived, counted from the batch's first byte; must lie within the buffer's limit
     * @param rules what is asked besides structure
     * @param nowMs wall clock, for the timestamp window
     * @return {@link Valid}, reused by the next call, or {@link Invalid}
     */
    public BatchValidation validate(RecordBatchView batch, int availableBytes, ValidationRules rules, long nowMs) {
        if (availableBytes < 0 || availableBytes > batch.buffer().limit() - batch.position()) {
            throw new IndexOutOfBoundsException("availableBytes=" + availableBytes + " is outside the buffer");
        }
        Invalid headerFault = HeaderRules.check(batch, availableBytes, rules);
        if (headerFault != null) {
            return headerFault;
        }
        if (!rules.looksIntoRecords()) {
            return valid.set(
                    batch.recordCount(), batch.recordsBytes(), batch.maxTimestampMs(), batch.lastOffsetDelta(), false);
        }
        walk.start(batch, rules, nowMs);
        try {
            open(batch, rules);
            walk.run();
        } catch (InvalidRecordException e) {
            return new Invalid(e.fault(), walk.recordIndex(), e.text());
        } catch (CorruptCompressionException e) {
            BatchFault fault = e.limitExceeded() ? BatchFault.DECOMPRESSION_LIMIT : BatchFault.CORRUPT_COMPRESSION;
            return new Invalid(fault, Invalid.WHOLE_BATCH, "records cannot be unpacked: " + e.getMessage());
        } finally {
            bytes.release();
        }
        boolean fromClient = rules.origin() == Origin.CLIENT;
        return valid.set(
                batch.recordCount(),
                walk.recordBytes(),
                fromClient ? walk.maxTimestampMs() : batch.maxTimestampMs(),
                walk.maxTimestampOffsetDelta(),
                fromClient && walk.maxTimestampMs() != batch.maxTimestampMs());
    }

    /** Frees the decompressors' native memory; the validator may be used on and then makes new ones. */
    @Override
    public void close() {
        decompressors.close();
    }

    private void open(RecordBatchView batch, ValidationRules rules) throws CorruptCompressionException {
        Codec codec = batch.codec();
        if (codec == null || codec == Codec.NONE) {
            // Unknown codecs were refused with the header.
            bytes.overBuffer(batch.buffer(), batch.recordsPosition(), batch.endPosition());
            return;
        }
        Decompressor decompressor = decompressors.of(codec);
        decompressor.start(batch.buffer(), batch.recordsPosition(), batch.recordsBytes(), rules.decompression());
        bytes.overStream(decompressor);
    }
}
