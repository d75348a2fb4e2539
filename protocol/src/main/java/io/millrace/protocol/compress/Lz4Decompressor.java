package io.millrace.protocol.compress;

import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import net.jpountz.xxhash.StreamingXXHash32;
import net.jpountz.xxhash.XXHash32;
import net.jpountz.xxhash.XXHashFactory;

/**
 * Reads one LZ4 frame ({@link Lz4Frame}), verifying header, block and content checksums. Refused, as Kafka's own readers
 * refuse them: linked blocks, dictionaries, skippable frames, a second frame.
 *
 * <p>Keeps one packed and one unpacked block, which grow with what blocks really hold, to at most 4 MiB each. The decoder is
 * the library's safe one over liblz4, 1.4 to 2 GB/s where its plain Java form reaches 0.6 to 0.7; where the native library does
 * not load, it falls back to that.
 */
final class Lz4Decompressor extends Decompressor {
    private static final int INITIAL_BLOCK_BYTES = 64 * 1024;
    /** A block of n bytes cannot unpack to more: one length byte stands for at most 255 bytes. */
    private static final int MAX_EXPANSION = 255;

    private final LZ4SafeDecompressor decoder = LZ4Factory.fastestInstance().safeDecompressor();
    private final XXHash32 hash = XXHashFactory.fastestInstance().hash32();
    private final StreamingXXHash32 contentHash =
            XXHashFactory.fastestInstance().newStreamingHash32(0);

    private byte[] packed = new byte[INITIAL_BLOCK_BYTES];
    private byte[] block = new byte[INITIAL_BLOCK_BYTES];
    private int blockBytes;
    private int taken;
    private int maxBlockBytes;
    private boolean blockChecksums;
    private boolean contentChecksum;
    private long contentBytes;

    @Override
    void begin() throws CorruptCompressionException {
        blockBytes = 0;
        taken = 0;
        contentHash.reset();
        int headerStart = position() + 4;
        int magic = readIntLittleEndian("lz4 frame header");
        if (magic != Lz4Frame.MAGIC) {
            throw new CorruptCompressionException(
                    (magic & ~0xF) == Lz4Frame.FIRST_SKIPPABLE_MAGIC
                            ? "lz4 skippable frames are not taken"
                            : "not an lz4 frame: it starts with 0x" + Integer.toHexString(magic));
        }
        int flags = readUnsignedByte("lz4 frame header");
        int descriptor = readUnsignedByte("lz4 frame header");
        checkFlags(flags, descriptor);
        blockChecksums = (flags & Lz4Frame.FLG_BLOCK_CHECKSUM) != 0;
        contentChecksum = (flags & Lz4Frame.FLG_CONTENT_CHECKSUM) != 0;
        contentBytes = -1;
        if ((flags & Lz4Frame.FLG_CONTENT_SIZE) != 0) {
            long low = readIntLittleEndian("lz4 content size") & 0xFFFF_FFFFL;
            contentBytes = low | (long) readIntLittleEndian("lz4 content size") << 32;
        }
        int headerBytes = position() - headerStart;
        source().get(headerStart, packed, 0, headerBytes);
        int expected = hash.hash(packed, 0, headerBytes, 0) >>> 8 & 0xFF;
        if (readUnsignedByte("lz4 header checksum") != expected) {
            throw new CorruptCompressionException("lz4 header checksum is wrong");
        }
    }

    @Override
    int unpack(byte[] target, int offset, int length) throws CorruptCompressionException {
        while (taken == blockBytes) {
            int size = readIntLittleEndian("lz4 block size");
            if (size == 0) {
                endFrame();
                return -1;
            }
            readBlock(size & ~Lz4Frame.STORED_BIT, (size & Lz4Frame.STORED_BIT) != 0);
        }
        int bytes = Math.min(length, blockBytes - taken);
        System.arraycopy(block, taken, target, offset, bytes);
        taken += bytes;
        return bytes;
    }

    private void checkFlags(int flags, int descriptor) throws CorruptCompressionException {
        if ((flags & Lz4Frame.FLG_VERSION_MASK) != Lz4Frame.FLG_VERSION
                || (flags & Lz4Frame.FLG_RESERVED) != 0
                || (descriptor & Lz4Frame.BD_RESERVED) != 0
                || descriptor >>> 4 < Lz4Frame.BD_64_KIB) {
            throw new CorruptCompressionException("lz4 frame header has unknown flags 0x" + Integer.toHexString(flags)
                    + ", 0x" + Integer.toHexString(descriptor));
        }
        if ((flags & Lz4Frame.FLG_INDEPENDENT) == 0) {
            throw new CorruptCompressionException(
                    "lz4 frame has linked blocks, which Kafka's clients cannot read; write independent blocks");
        }
        if ((flags & Lz4Frame.FLG_DICTIONARY) != 0) {
            throw new CorruptCompressionException("lz4 frame needs a dictionary");
        }
        maxBlockBytes = Lz4Frame.maxBlockBytes(descriptor >>> 4);
    }

    private void readBlock(int packedBytes, boolean stored) throws CorruptCompressionException {
        if (packedBytes > maxBlockBytes) {
            throw new CorruptCompressionException(
                    "lz4 block of " + packedBytes + " bytes, the frame allows " + maxBlockBytes);
        }
        require(packedBytes, "lz4 block");
        if (packed.length < packedBytes) {
            packed = new byte[grown(packed.length, packedBytes)];
        }
        source().get(position(), packed, 0, packedBytes);
        advance(packedBytes);
        if (blockChecksums && readIntLittleEndian("lz4 block checksum") != hash.hash(packed, 0, packedBytes, 0)) {
            throw new CorruptCompressionException("lz4 block checksum is wrong");
        }
        int mayUnpackTo = stored ? packedBytes : (int) Math.min(maxBlockBytes, (long) packedBytes * MAX_EXPANSION);
        if (block.length < mayUnpackTo) {
            block = new byte[grown(block.length, mayUnpackTo)];
        }
        if (stored) {
            System.arraycopy(packed, 0, block, 0, packedBytes);
            blockBytes = packedBytes;
        } else {
            try {
                blockBytes = decoder.decompress(packed, 0, packedBytes, block, 0, mayUnpackTo);
            } catch (LZ4Exception e) {
                throw new CorruptCompressionException("lz4 block is damaged: " + e.getMessage(), e);
            }
        }
        taken = 0;
        if (contentChecksum) {
            contentHash.update(block, 0, blockBytes);
        }
    }

    private void endFrame() throws CorruptCompressionException {
        if (contentChecksum && readIntLittleEndian("lz4 content checksum") != contentHash.getValue()) {
            throw new CorruptCompressionException("lz4 content checksum is wrong");
        }
        if (contentBytes >= 0 && contentBytes != unpackedBytes()) {
            throw new CorruptCompressionException(
                    "lz4 frame declares " + contentBytes + " bytes and has " + unpackedBytes());
        }
        if (left() != 0) {
            throw new CorruptCompressionException(left() + " bytes follow the lz4 frame");
        }
    }

    private static int grown(int length, int needed) {
        return Math.max(needed, Math.min(2 * length, Lz4Frame.maxBlockBytes(7)));
    }
}
