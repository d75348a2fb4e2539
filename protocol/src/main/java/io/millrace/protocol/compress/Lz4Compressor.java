package io.millrace.protocol.compress;

import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.xxhash.XXHashFactory;

/** Writes one LZ4 frame ({@link Lz4Frame}) of independent 64 KiB blocks without checksums but the header's. */
final class Lz4Compressor extends Compressor {
    private static final int FLAGS = Lz4Frame.FLG_VERSION | Lz4Frame.FLG_INDEPENDENT;
    private static final int DESCRIPTOR = Lz4Frame.BD_64_KIB << 4;
    private static final int BLOCK_BYTES = 64 * 1024;

    private final LZ4Compressor encoder;
    private final int headerChecksum;

    Lz4Compressor(int level) {
        LZ4Factory factory = LZ4Factory.fastestInstance();
        encoder = level == Codec.LZ4.defaultLevel() ? factory.fastCompressor() : factory.highCompressor(level);
        byte[] descriptor = {FLAGS, DESCRIPTOR};
        headerChecksum = XXHashFactory.fastestInstance().hash32().hash(descriptor, 0, descriptor.length, 0) >>> 8;
    }

    @Override
    public void compress(byte[] source, int offset, int length, OutputBuffer out) {
        out.writeIntLittleEndian(Lz4Frame.MAGIC);
        out.writeByte(FLAGS);
        out.writeByte(DESCRIPTOR);
        out.writeByte(headerChecksum);
        int maxPackedBytes = encoder.maxCompressedLength(BLOCK_BYTES);
        for (int done = 0; done < length; done += BLOCK_BYTES) {
            int block = Math.min(BLOCK_BYTES, length - done);
            int sizeAt = out.size();
            out.reserve(4 + maxPackedBytes);
            int packed = encoder.compress(source, offset + done, block, out.array(), sizeAt + 4, maxPackedBytes);
            if (packed < block) {
                out.writeIntLittleEndian(packed);
                out.resize(sizeAt + 4 + packed);
            } else {
                out.writeIntLittleEndian(block | Lz4Frame.STORED_BIT);
                out.write(source, offset + done, block);
            }
        }
        out.writeIntLittleEndian(0);
    }
}
