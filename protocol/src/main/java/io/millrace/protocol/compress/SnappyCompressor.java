package io.millrace.protocol.compress;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.xerial.snappy.Snappy;

/** Writes snappy in xerial's framing, in chunks of 32 KiB, as Java clients do. Loads the native library. */
final class SnappyCompressor extends Compressor {
    private static final byte[] HEADER = {
        (byte) 0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0, 0, 0, 0, 1, 0, 0, 0, 1,
    };
    private static final int CHUNK_BYTES = 32 * 1024;

    @Override
    public void compress(byte[] source, int offset, int length, OutputBuffer out) {
        out.write(HEADER, 0, HEADER.length);
        try {
            for (int done = 0; done < length; done += CHUNK_BYTES) {
                int chunk = Math.min(CHUNK_BYTES, length - done);
                int lengthAt = out.size();
                out.reserve(4 + Snappy.maxCompressedLength(chunk));
                int packed = Snappy.compress(source, offset + done, chunk, out.array(), lengthAt + 4);
                out.writeInt(packed);
                out.resize(lengthAt + 4 + packed);
            }
        } catch (IOException e) {
            // Declared by the library for its checks of arguments; arrays and ranges are ours.
            throw new UncheckedIOException(e);
        }
    }
}
