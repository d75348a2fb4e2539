package io.millrace.protocol.compress;

import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Writes one gzip member (RFC 1952) without name or time. */
final class GzipCompressor extends Compressor {
    private static final byte[] HEADER = {0x1F, (byte) 0x8B, 8, 0, 0, 0, 0, 0, 0, (byte) 255};
    private static final int STEP_BYTES = 8 * 1024;

    private final Deflater deflater;
    private final CRC32 crc = new CRC32();

    GzipCompressor(int level) {
        deflater = new Deflater(level, true);
    }

    @Override
    public void compress(byte[] source, int offset, int length, OutputBuffer out) {
        deflater.reset();
        deflater.setInput(source, offset, length);
        deflater.finish();
        out.write(HEADER, 0, HEADER.length);
        while (!deflater.finished()) {
            out.reserve(STEP_BYTES);
            int size = out.size();
            out.resize(size + deflater.deflate(out.array(), size, STEP_BYTES));
        }
        crc.reset();
        crc.update(source, offset, length);
        out.writeIntLittleEndian((int) crc.getValue());
        out.writeIntLittleEndian(length);
    }

    @Override
    public void close() {
        deflater.end();
    }
}
