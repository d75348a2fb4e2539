package io.millrace.protocol.compress;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks one compressed range after another, as a stream. One owner, reusable by {@link #start}; closing frees native
 * memory where the format has any. Uses a fixed amount of memory: sizes the input declares are checked, never allocated.
 */
public abstract sealed class Decompressor implements AutoCloseable
        permits GzipDecompressor, Lz4Decompressor, SnappyDecompressor, StoredDecompressor, ZstdDecompressor {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private ByteBuffer source = NOTHING;
    private int position;
    private int end;
    private int compressedBytes;
    private long unpackedBytes;
    private long allowedBytes;
    private boolean finished = true;
    private @Nullable DecompressionLimits limits;

    Decompressor() {}

    /**
     * Begins with a new input, whatever became of the last one. The buffer is read by absolute access from {@code from} on,
     * may be direct or heap, and must not change until the last {@link #read}.
     *
     * @throws IndexOutOfBoundsException when the range is not within the buffer's limit
     */
    public final void start(ByteBuffer newSource, int from, int length, DecompressionLimits newLimits)
            throws CorruptCompressionException {
        if (from < 0 || length < 0 || from > newSource.limit() - length) {
            throw new IndexOutOfBoundsException(
                    "range " + from + "+" + length + " outside a buffer with limit " + newSource.limit());
        }
        source = newSource;
        position = from;
        end = from + length;
        compressedBytes = length;
        unpackedBytes = 0;
        allowedBytes = newLimits.allowedBytes(length);
        limits = newLimits;
        finished = false;
        begin();
    }

    /**
     * Unpacks up to {@code length} bytes.
     *
     * @return how many, at least 1; or -1 at the end, when every checksum was right and every input byte was used
     * @throws CorruptCompressionException when the input cannot be read or exceeds the limits; start anew after it
     */
    public final int read(byte[] target, int offset, int length) throws CorruptCompressionException {
        if (finished || length == 0) {
            return finished ? -1 : 0;
        }
        // Until it is known to go on: whatever is thrown, the input is let go of.
        finished = true;
        try {
            int read = unpack(target, offset, length);
            if (read < 0) {
                return -1;
            }
            unpackedBytes += read;
            if (unpackedBytes > allowedBytes) {
                throw CorruptCompressionException.overLimit(compressedBytes + " compressed bytes unpack to more than "
                        + allowedBytes + " bytes, the most that " + limits + " allow");
            }
            finished = false;
            return read;
        } finally {
            if (finished) {
                source = NOTHING;
            }
        }
    }

    /** Bytes unpacked since {@link #start}. */
    public final long unpackedBytes() {
        return unpackedBytes;
    }

    /** Frees native memory; the decompressor cannot be used afterwards. */
    @Override
    public void close() {}

    /** Prepares for a new input; may look at its first bytes. */
    abstract void begin() throws CorruptCompressionException;

    /** Unpacks between 1 and {@code length} bytes, or returns -1 at the end of the input. */
    abstract int unpack(byte[] target, int offset, int length) throws CorruptCompressionException;

    /** The input buffer; use absolute access and {@link #position}. */
    final ByteBuffer source() {
        return source;
    }

    /** Index of the next input byte. */
    final int position() {
        return position;
    }

    final void advance(int bytes) {
        position += bytes;
    }

    /** Input bytes left. */
    final int left() {
        return end - position;
    }

    /** Fails unless this many input bytes are left. */
    final void require(int bytes, String what) throws CorruptCompressionException {
        if (bytes > left()) {
            throw new CorruptCompressionException(
                    what + " needs " + bytes + " bytes, " + left() + " are left of " + compressedBytes);
        }
    }

    final int readUnsignedByte(String what) throws CorruptCompressionException {
        require(1, what);
        return source.get(position++) & 0xFF;
    }

    final int readIntLittleEndian(String what) throws CorruptCompressionException {
        require(4, what);
        int value = peekIntLittleEndian(position);
        position += 4;
        return value;
    }

    final int readInt(String what) throws CorruptCompressionException {
        return Integer.reverseBytes(readIntLittleEndian(what));
    }

    /** 32 bits at an index that was checked before, least significant byte first, whatever the buffer's order. */
    final int peekIntLittleEndian(int index) {
        return (source.get(index) & 0xFF)
                | (source.get(index + 1) & 0xFF) << 8
                | (source.get(index + 2) & 0xFF) << 16
                | (source.get(index + 3) & 0xFF) << 24;
    }
}
