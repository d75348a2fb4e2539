package io.millrace.protocol.record;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC-32C (Castagnoli) over a range of a buffer, by the processor's own instruction where it has one. */
public final class Crc32c {
    private Crc32c() {}

    /**
     * The checksum of {@code length} bytes from index {@code from}, as raw 32 bits. The buffer's position and limit are
     * neither used nor moved, so buffers shared between readers are safe here.
     *
     * @throws IndexOutOfBoundsException when the range is not within the buffer's limit
     */
    public static int of(ByteBuffer buffer, int from, int length) {
        CRC32C crc = new CRC32C();
        if (buffer.hasArray()) {
            if (from < 0 || length < 0 || from > buffer.limit() - length) {
                throw new IndexOutOfBoundsException(
                        "range " + from + "+" + length + " outside a buffer with limit " + buffer.limit());
            }
            crc.update(buffer.array(), buffer.arrayOffset() + from, length);
        } else {
            crc.update(buffer.slice(from, length));
        }
        return (int) crc.getValue();
    }
}
