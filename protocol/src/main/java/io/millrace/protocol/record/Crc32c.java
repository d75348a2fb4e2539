package io.millrace.protocol.record;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * CRC-32C (Castagnoli) over ranges of buffers, by the processor's own instruction where it has one. One owner; an instance
 * exists to be reused, so that a checksum allocates nothing.
 */
public final class Crc32c {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final CRC32C crc = new CRC32C();
    /** The last buffer without an array, and a duplicate whose position may move: the buffer's own belongs to others. */
    private ByteBuffer direct = NOTHING;

    private ByteBuffer window = NOTHING;

    /** The checksum of a range, by an instance of its own. */
    public static int of(ByteBuffer buffer, int from, int length) {
        return new Crc32c().compute(buffer, from, length);
    }

    /**
     * The checksum of {@code length} bytes from index {@code from}, as raw 32 bits. The buffer's position and limit are
     * neither used nor moved, so buffers shared between readers are safe here.
     *
     * @throws IndexOutOfBoundsException when the range is not within the buffer's limit
     */
    @SuppressWarnings("ReferenceEquality") // the same object, not equal bytes
    public int compute(ByteBuffer buffer, int from, int length) {
        if (from < 0 || length < 0 || from > buffer.limit() - length) {
            throw new IndexOutOfBoundsException(
                    "range " + from + "+" + length + " outside a buffer with limit " + buffer.limit());
        }
        crc.reset();
        if (buffer.hasArray()) {
            crc.update(buffer.array(), buffer.arrayOffset() + from, length);
        } else {
            if (buffer != direct) {
                direct = buffer;
                window = buffer.duplicate();
            }
            crc.update(window.clear().limit(from + length).position(from));
        }
        return (int) crc.getValue();
    }

    /** Lets go of the last buffer. */
    void release() {
        direct = NOTHING;
        window = NOTHING;
    }
}
