package io.millrace.protocol.record;

import io.millrace.protocol.compress.Codec;
import io.millrace.protocol.compress.CorruptCompressionException;
import io.millrace.protocol.compress.DecompressionLimits;
import io.millrace.protocol.compress.Decompressor;
import io.millrace.protocol.compress.DecompressorSet;
import io.millrace.protocol.compress.OutputBuffer;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Walks the records of one batch after another. One owner, reusable; {@link #close} frees native memory.
 *
 * <p>Uncompressed records are read where they lie. Compressed ones are unpacked as a whole into a buffer that is kept and
 * grows with the bytes that really come out, under the limits. The batch's length must have been checked (by
 * {@link RecordBatchScanner} or {@link BatchValidator}); what its records say is checked here, and wrong bytes give
 * {@link CorruptBatchException}.
 */
public final class RecordCursor implements AutoCloseable {
    private static final int UNPACK_STEP_BYTES = 32 * 1024;
    private static final int MIN_RECORD_BYTES = HeaderRules.MIN_RECORD_BYTES;

    private final DecompressionLimits limits;
    private final RecordView record = new RecordView();
    private final DecompressorSet decompressors = new DecompressorSet();
    private @Nullable OutputBuffer unpacked;
    private ByteBuffer in = ByteBuffer.allocate(0);

    private long baseOffset;
    private long baseTimestampMs;
    private long appendTimeMs;
    private boolean logAppendTime;
    private int baseSequence;
    private int recordsLeft;

    /** A cursor with the default limits. */
    public RecordCursor() {
        this(DecompressionLimits.DEFAULT);
    }

    /** A cursor that unpacks under these limits; what a batch unpacks to must also fit in an array. */
    public RecordCursor(DecompressionLimits limits) {
        this.limits = limits;
    }

    /**
     * Starts in front of the first record of a batch.
     *
     * @throws CorruptBatchException when the codec is unknown, or the records cannot be unpacked, or not within the limits
     */
    public RecordCursor reset(RecordBatchView batch) {
        baseOffset = batch.baseOffset();
        baseTimestampMs = batch.baseTimestampMs();
        appendTimeMs = batch.maxTimestampMs();
        logAppendTime = batch.timestampType() == TimestampType.LOG_APPEND_TIME;
        baseSequence = batch.baseSequence();
        recordsLeft = batch.recordCount();
        Codec codec = batch.codec();
        if (codec == null) {
            throw new CorruptBatchException("unknown codec " + batch.codecId() + " in " + batch);
        }
        if (codec == Codec.NONE) {
            in = batch.buffer().duplicate().limit(batch.endPosition()).position(batch.recordsPosition());
        } else {
            in = unpack(batch, codec);
        }
        if (recordsLeft < 0 || (long) recordsLeft * MIN_RECORD_BYTES > in.remaining()) {
            throw new CorruptBatchException(
                    recordsLeft + " records cannot be in " + in.remaining() + " bytes of " + batch);
        }
        return this;
    }

    /**
     * Moves to the next record; false after the last.
     *
     * @throws CorruptBatchException when the record is malformed or bytes are left after the last
     */
    public boolean next() {
        if (recordsLeft == 0) {
            if (in.hasRemaining()) {
                throw new CorruptBatchException(
                        in.remaining() + " bytes are left after the last record of the batch at offset " + baseOffset);
            }
            return false;
        }
        recordsLeft--;
        readRecord();
        return true;
    }

    /** The record that {@link #next()} moved to. */
    public RecordView record() {
        return record;
    }

    @Override
    public void close() {
        decompressors.close();
    }

    private void readRecord() {
        int start = in.position();
        int bodyBytes = Varints.readVarint(in);
        if (bodyBytes < MIN_RECORD_BYTES - 1 || bodyBytes > in.remaining()) {
            throw new CorruptBatchException("record length " + bodyBytes + " with " + in.remaining()
                    + " bytes left in the batch at offset " + baseOffset);
        }
        int end = in.position() + bodyBytes;
        in.position(in.position() + 1);
        long timestampDelta = Varints.readVarlong(in);
        int offsetDelta = Varints.readVarint(in);
        int keyBytes = Varints.readVarint(in);
        int keyPosition = skip(keyBytes, end);
        int valueBytes = Varints.readVarint(in);
        int valuePosition = skip(valueBytes, end);
        int headerCount = Varints.readVarint(in);
        if (headerCount < 0 || headerCount > end - in.position()) {
            throw new CorruptBatchException("header count " + headerCount + " in the batch at offset " + baseOffset);
        }
        if (headerCount == 0 && in.position() != end) {
            throw new CorruptBatchException("record length " + bodyBytes + " differs from its contents by "
                    + (in.position() - end) + " bytes in the batch at offset " + baseOffset);
        }
        record.setPlace(
                baseOffset + offsetDelta,
                logAppendTime ? appendTimeMs : baseTimestampMs + timestampDelta,
                baseSequence < 0
                        ? RecordBatchView.NO_SEQUENCE
                        : RecordBatchView.sequenceAfter(baseSequence, offsetDelta),
                end - start);
        record.setContents(in, keyPosition, keyBytes, valuePosition, valueBytes);
        record.setHeaders(headerCount, in.position(), end);
        in.position(end);
    }

    /** Moves past key or value and returns where it starts. */
    private int skip(int length, int end) {
        int position = in.position();
        if (length < -1 || length > end - position) {
            throw new CorruptBatchException("key or value length " + length + " with " + (end - position)
                    + " bytes left of a record in the batch at offset " + baseOffset);
        }
        in.position(position + Math.max(0, length));
        return position;
    }

    private ByteBuffer unpack(RecordBatchView batch, Codec codec) {
        Decompressor decompressor = decompressors.of(codec);
        OutputBuffer out = unpacked;
        if (out == null) {
            int maxBytes = (int) Math.min(limits.maxBytes(), Integer.MAX_VALUE - 8 - UNPACK_STEP_BYTES);
            out = new OutputBuffer(UNPACK_STEP_BYTES, maxBytes + UNPACK_STEP_BYTES);
            unpacked = out;
        }
        out.resize(0);
        try {
            decompressor.start(batch.buffer(), batch.recordsPosition(), batch.recordsBytes(), limits);
            while (true) {
                if (out.size() > out.maxBytes() - UNPACK_STEP_BYTES) {
                    throw new CorruptBatchException("records unpack to more than an array holds: " + batch);
                }
                out.reserve(UNPACK_STEP_BYTES);
                int size = out.size();
                int read = decompressor.read(out.array(), size, UNPACK_STEP_BYTES);
                if (read < 0) {
                    return out.view();
                }
                out.resize(size + read);
            }
        } catch (CorruptCompressionException e) {
            throw new CorruptBatchException("records cannot be unpacked: " + e.getMessage() + ", in " + batch, e);
        }
    }
}
