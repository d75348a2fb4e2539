package io.millrace.protocol.compress;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;

/**
 * Reads zstd frames (RFC 8878), one or several, without dictionary. Loads the native library.
 *
 * <p>The native decoder allocates the window that a frame declares, so the frame header is looked at first and the window
 * held to {@link #MAX_WINDOW_BYTES}. Producers at level 20 and above declare up to 128 MiB even for small batches, because
 * they stream and do not know the size; such a header is passed on with the smaller window. A frame whose matches really
 * reach further back then fails as damaged. Above 128 MiB Kafka's consumers refuse a frame, so it is refused here too.
 */
final class ZstdDecompressor extends Decompressor {
    /** 8 MiB, what RFC 8878 recommends every decoder to support and levels up to 19 stay in. */
    static final int MAX_WINDOW_BYTES = 8 << 20;

    /** What zstd's decoders accept unless told otherwise. */
    private static final long MAX_DECLARED_WINDOW_BYTES = 128L << 20;

    private static final int MAGIC = 0xFD2FB528;
    private static final int SINGLE_SEGMENT_BIT = 0x20;
    private static final int RESERVED_BIT = 0x08;
    private static final int DICTIONARY_MASK = 0x03;
    /** Window descriptor of 8 MiB: exponent 13 over 1 KiB, mantissa 0. */
    private static final int MAX_WINDOW_DESCRIPTOR = 13 << 3;

    private static final int STAGE_BYTES = 64 * 1024;

    private final ZstdDecompressCtx context = new ZstdDecompressCtx();
    private final ByteBuffer packed = ByteBuffer.allocateDirect(STAGE_BYTES);
    private final ByteBuffer unpacked = ByteBuffer.allocateDirect(STAGE_BYTES);
    private boolean inFrame;

    @Override
    void begin() throws CorruptCompressionException {
        context.reset();
        packed.clear().limit(0);
        unpacked.clear().limit(0);
        inFrame = false;
        if (left() == 0) {
            throw new CorruptCompressionException("no zstd frame");
        }
    }

    @Override
    int unpack(byte[] target, int offset, int length) throws CorruptCompressionException {
        while (!unpacked.hasRemaining()) {
            if (!inFrame) {
                if (packed.hasRemaining()) {
                    // Bytes staged past a frame's end: give them back, the next header may need changing.
                    advance(-packed.remaining());
                    packed.clear().limit(0);
                }
                if (left() == 0) {
                    return -1;
                }
                beginFrame();
            }
            decode();
        }
        int bytes = Math.min(length, unpacked.remaining());
        unpacked.get(target, offset, bytes);
        return bytes;
    }

    @Override
    public void close() {
        context.close();
    }

    private void decode() throws CorruptCompressionException {
        if (!packed.hasRemaining()) {
            stage();
        }
        int before = packed.remaining();
        unpacked.clear();
        try {
            inFrame = !context.decompressDirectByteBufferStream(unpacked, packed);
        } catch (ZstdException e) {
            throw new CorruptCompressionException("zstd data is damaged: " + e.getMessage(), e);
        }
        unpacked.flip();
        if (inFrame && !unpacked.hasRemaining() && packed.remaining() == before) {
            throw new CorruptCompressionException("zstd data ends inside a frame");
        }
    }

    private void stage() {
        int bytes = Math.min(STAGE_BYTES, left());
        packed.clear().limit(bytes);
        packed.put(0, source(), position(), bytes);
        advance(bytes);
    }

    private void beginFrame() throws CorruptCompressionException {
        int start = position();
        int magic = readIntLittleEndian("zstd frame header");
        if (magic != MAGIC) {
            throw new CorruptCompressionException("not a zstd frame: it starts with 0x" + Integer.toHexString(magic));
        }
        int descriptor = readUnsignedByte("zstd frame header");
        if ((descriptor & RESERVED_BIT) != 0 || (descriptor & DICTIONARY_MASK) != 0) {
            throw new CorruptCompressionException("zstd frame has reserved bits set or needs a dictionary");
        }
        boolean narrow = false;
        if ((descriptor & SINGLE_SEGMENT_BIT) != 0) {
            checkContentSize(descriptor >>> 6);
        } else {
            long windowBytes = windowBytes(readUnsignedByte("zstd frame header"));
            if (windowBytes > MAX_DECLARED_WINDOW_BYTES) {
                throw tooWide(windowBytes);
            }
            narrow = windowBytes > MAX_WINDOW_BYTES;
        }
        advance(start - position());
        stage();
        if (narrow) {
            packed.put(5, (byte) MAX_WINDOW_DESCRIPTOR);
        }
        inFrame = true;
    }

    /** In a single segment the content size is the window. */
    private void checkContentSize(int sizeCode) throws CorruptCompressionException {
        // Codes 0 and 1 are sizes of one and two bytes.
        if (sizeCode < 2) {
            return;
        }
        long low = readIntLittleEndian("zstd content size") & 0xFFFF_FFFFL;
        long high = sizeCode == 2 ? 0 : readIntLittleEndian("zstd content size") & 0xFFFF_FFFFL;
        if (high != 0 || low > MAX_WINDOW_BYTES) {
            throw tooWide(high << 32 | low);
        }
    }

    private static CorruptCompressionException tooWide(long windowBytes) {
        return new CorruptCompressionException(
                "zstd frame needs a window of " + windowBytes + " bytes, more than is allowed");
    }

    private static long windowBytes(int descriptor) {
        long base = 1L << (10 + (descriptor >>> 3));
        return base + base / 8 * (descriptor & 7);
    }
}
