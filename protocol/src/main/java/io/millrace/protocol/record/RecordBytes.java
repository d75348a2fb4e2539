package io.millrace.protocol.record;

import io.millrace.protocol.compress.CorruptCompressionException;
import io.millrace.protocol.compress.Decompressor;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a batch's records as a forward walk sees them: either a range of a buffer, or what a decompressor yields,
 * one scratch window at a time. Skipping in a stream throws the skipped bytes away, so a record may be larger than the
 * window. Owned by its {@link BatchValidator}.
 */
final class RecordBytes {
    private static final int WINDOW_BYTES = 16 * 1024;

    private final byte[] scratch = new byte[WINDOW_BYTES];
    private final ByteBuffer scratchWindow = ByteBuffer.wrap(scratch);
    private ByteBuffer window = scratchWindow;
    private int position;
    private int limit;
    /** What position must be added to for the number of bytes consumed since the start. */
    private long consumedBase;

    private @Nullable Decompressor source;

    void overBuffer(ByteBuffer buffer, int from, int end) {
        window = buffer;
        position = from;
        limit = end;
        consumedBase = -from;
        source = null;
    }

    void overStream(Decompressor decompressor) {
        window = scratchWindow;
        position = 0;
        limit = 0;
        consumedBase = 0;
        source = decompressor;
    }

    /** Lets go of the buffer. */
    void release() {
        overBuffer(scratchWindow, 0, 0);
    }

    /** Bytes consumed since the start. */
    long consumedBytes() {
        return consumedBase + position;
    }

    /** True when no byte is left; reads on to find out, so checksums at a stream's end are verified by it. */
    boolean atEnd() throws CorruptCompressionException {
        return position == limit && !refill();
    }

    int readByte() throws InvalidRecordException, CorruptCompressionException {
        if (position == limit && !refill()) {
            throw endedEarly();
        }
        return window.get(position++);
    }

    int readVarint() throws InvalidRecordException, CorruptCompressionException {
        int next = readByte();
        if (next >= 0) {
            return Varints.decodeZigZag(next);
        }
        int raw = next & 0x7F;
        for (int shift = 7; shift <= 28; shift += 7) {
            next = readByte();
            if (shift == 28 && (next & 0xF0) != 0) {
                break;
            }
            raw |= (next & 0x7F) << shift;
            if (next >= 0) {
                return Varints.decodeZigZag(raw);
            }
        }
        throw new InvalidRecordException(BatchFault.MALFORMED_RECORD, "a varint is longer than 32 bits");
    }

    long readVarlong() throws InvalidRecordException, CorruptCompressionException {
        int next = readByte();
        if (next >= 0) {
            return Varints.decodeZigZag(next);
        }
        long raw = next & 0x7F;
        for (int shift = 7; shift <= 63; shift += 7) {
            next = readByte();
            if (shift == 63 && (next & 0xFE) != 0) {
                break;
            }
            raw |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return Varints.decodeZigZag(raw);
            }
        }
        throw new InvalidRecordException(BatchFault.MALFORMED_RECORD, "a varlong is longer than 64 bits");
    }

    void skip(int bytes) throws InvalidRecordException, CorruptCompressionException {
        int left = bytes;
        while (left > limit - position) {
            left -= limit - position;
            position = limit;
            if (!refill()) {
                throw endedEarly();
            }
        }
        position += left;
    }

    private boolean refill() throws CorruptCompressionException {
        if (source == null) {
            return false;
        }
        int read = source.read(scratch, 0, scratch.length);
        if (read <= 0) {
            return false;
        }
        consumedBase += position;
        position = 0;
        limit = read;
        return true;
    }

    private static InvalidRecordException endedEarly() {
        return new InvalidRecordException(BatchFault.MALFORMED_RECORD, "the batch's bytes end inside a record");
    }
}
