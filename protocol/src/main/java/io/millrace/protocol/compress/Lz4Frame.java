package io.millrace.protocol.compress;

/**
 * Constants of the LZ4 frame format 1.6.
 *
 * <pre>
 *  frame:  magic 0x184D2204 | FLG | BD | [content size int64] | HC | blocks | end mark 0 | [content checksum]
 *  block:  size int32, top bit set when stored | bytes | [block checksum]
 *  FLG:    7..6 version 1 | 5 blocks independent | 4 block checksums | 3 content size | 2 content checksum | 1 - | 0 dictionary
 *  BD:     7 - | 6..4 largest block: 4 64 KiB, 5 256 KiB, 6 1 MiB, 7 4 MiB | 3..0 -
 *  HC:     second byte of xxHash32 over FLG to the byte before HC
 * </pre>
 *
 * Numbers are little endian; every checksum is xxHash32 with seed 0.
 */
final class Lz4Frame {
    static final int MAGIC = 0x184D2204;
    static final int FIRST_SKIPPABLE_MAGIC = 0x184D2A50;
    static final int FLG_VERSION_MASK = 0xC0;
    static final int FLG_VERSION = 0x40;
    static final int FLG_INDEPENDENT = 0x20;
    static final int FLG_BLOCK_CHECKSUM = 0x10;
    static final int FLG_CONTENT_SIZE = 0x08;
    static final int FLG_CONTENT_CHECKSUM = 0x04;
    static final int FLG_RESERVED = 0x02;
    static final int FLG_DICTIONARY = 0x01;
    static final int BD_RESERVED = 0x8F;
    static final int BD_64_KIB = 4;
    static final int STORED_BIT = 0x80000000;

    private Lz4Frame() {}

    /** Bytes of the largest block for a size code of 4 to 7. */
    static int maxBlockBytes(int sizeCode) {
        return 1 << (2 * sizeCode + 8);
    }
}
