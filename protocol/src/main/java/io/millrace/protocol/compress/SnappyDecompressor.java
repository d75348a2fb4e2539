package io.millrace.protocol.compress;

import java.nio.ByteBuffer;

/**
 * Reads snappy as Kafka's clients write it: xerial's framing (Java, Python, JavaScript clients) or one raw block
 * (librdkafka). A raw block cannot be taken for a frame: the frame's first bytes, read as a block, would begin with a copy
 * from before its start.
 *
 * <pre>
 *  frame:  0x82 "SNAPPY" 0x00 | version int32 | lowest compatible version int32 | chunks
 *  chunk:  length int32 | raw block
 *  block:  unpacked length varint | literals and copies
 * </pre>
 *
 * <p>The decoder is our own because the native one needs the whole unpacked block in memory, as large as the block says.
 * This one streams through a window of twice 64 KiB. Copies may reach back at most 64 KiB: the format allows more, but its
 * encoders work in pieces of 64 KiB. Formats: Google's format_description.txt, SnappyOutputStream of snappy-java.
 */
final class SnappyDecompressor extends Decompressor {
    private static final int HISTORY_BYTES = 64 * 1024;
    private static final int MAGIC_HEAD = 0x82534E41;
    private static final int MAGIC_TAIL = 0x50505900;

    private final byte[] window = new byte[2 * HISTORY_BYTES];
    private boolean framed;
    private int blockEnd;
    private long blockBytesLeft;
    private int written;
    private int taken;
    private int pendingLiteral;
    private int pendingCopy;
    private int copyDistance;

    @Override
    void begin() throws CorruptCompressionException {
        written = 0;
        taken = 0;
        pendingLiteral = 0;
        pendingCopy = 0;
        blockBytesLeft = 0;
        blockEnd = position();
        framed = left() >= 8
                && Integer.reverseBytes(peekIntLittleEndian(position())) == MAGIC_HEAD
                && Integer.reverseBytes(peekIntLittleEndian(position() + 4)) == MAGIC_TAIL;
        if (framed) {
            advance(4);
            readRestOfFrameHeader();
            blockEnd = position();
        } else {
            beginBlock(left());
        }
    }

    @Override
    int unpack(byte[] target, int offset, int length) throws CorruptCompressionException {
        while (taken == written) {
            if (position() == blockEnd && pendingLiteral == 0 && pendingCopy == 0) {
                endBlock();
                if (left() == 0) {
                    return -1;
                }
                beginChunk();
            }
            fill();
        }
        int bytes = Math.min(length, written - taken);
        System.arraycopy(window, taken, target, offset, bytes);
        taken += bytes;
        return bytes;
    }

    private void beginChunk() throws CorruptCompressionException {
        int chunkBytes = readInt("snappy chunk length");
        if (chunkBytes == MAGIC_HEAD) {
            // Frames one after another are one stream.
            readRestOfFrameHeader();
            blockEnd = position();
            return;
        }
        if (chunkBytes <= 0) {
            throw new CorruptCompressionException("snappy chunk length is " + chunkBytes);
        }
        require(chunkBytes, "snappy chunk");
        beginBlock(chunkBytes);
    }

    private void readRestOfFrameHeader() throws CorruptCompressionException {
        int tail = readInt("snappy frame header");
        int version = readInt("snappy frame header");
        int compatibleVersion = readInt("snappy frame header");
        if (tail != MAGIC_TAIL || version < 1 || compatibleVersion < 1) {
            throw new CorruptCompressionException(
                    "snappy frame header has version " + version + ", compatible " + compatibleVersion);
        }
    }

    private void beginBlock(int blockBytes) throws CorruptCompressionException {
        blockEnd = position() + blockBytes;
        written = 0;
        taken = 0;
        long declared = 0;
        int shift = 0;
        int next;
        do {
            if (shift > 28) {
                throw new CorruptCompressionException("snappy block length is longer than 32 bits");
            }
            next = nextBlockByte();
            declared |= (long) (next & 0x7F) << shift;
            shift += 7;
        } while ((next & 0x80) != 0);
        blockBytesLeft = declared;
    }

    private void endBlock() throws CorruptCompressionException {
        if (blockBytesLeft != 0) {
            throw new CorruptCompressionException("snappy block ends " + blockBytesLeft + " bytes early");
        }
        if (!framed && left() != 0) {
            throw new CorruptCompressionException("bytes follow the snappy block");
        }
    }

    /** Decodes until the window is full or the block ends. */
    private void fill() throws CorruptCompressionException {
        if (written == window.length) {
            System.arraycopy(window, written - HISTORY_BYTES, window, 0, HISTORY_BYTES);
            written = HISTORY_BYTES;
            taken = HISTORY_BYTES;
        }
        int before = written;
        while (written < window.length) {
            if (pendingLiteral > 0) {
                copyLiteral();
            } else if (pendingCopy > 0) {
                copyEarlier();
            } else if (position() < blockEnd) {
                readTag();
            } else {
                break;
            }
        }
        blockBytesLeft -= written - before;
        if (blockBytesLeft < 0) {
            throw new CorruptCompressionException("snappy block unpacks to more than it declares");
        }
    }

    private void readTag() throws CorruptCompressionException {
        int tag = nextBlockByte();
        int high = tag >>> 2;
        switch (tag & 3) {
            case 0 -> {
                long length = high < 60 ? high : littleEndian(high - 59);
                if (length >= blockEnd - position()) {
                    throw new CorruptCompressionException("snappy literal is longer than its block");
                }
                pendingLiteral = (int) length + 1;
            }
            case 1 -> setCopy((high & 7) + 4, (long) (high >>> 3) << 8 | nextBlockByte());
            case 2 -> setCopy(high + 1, littleEndian(2));
            default -> setCopy(high + 1, littleEndian(4));
        }
    }

    private void setCopy(int length, long distance) throws CorruptCompressionException {
        if (distance == 0 || distance > written || distance > HISTORY_BYTES) {
            throw new CorruptCompressionException("snappy copy reaches back " + distance + " bytes, " + written
                    + " are there and at most " + HISTORY_BYTES + " are allowed");
        }
        pendingCopy = length;
        copyDistance = (int) distance;
    }

    private void copyLiteral() {
        int bytes = Math.min(pendingLiteral, window.length - written);
        ByteBuffer source = source();
        source.get(position(), window, written, bytes);
        advance(bytes);
        written += bytes;
        pendingLiteral -= bytes;
    }

    private void copyEarlier() {
        int bytes = Math.min(pendingCopy, window.length - written);
        int from = written - copyDistance;
        if (copyDistance >= bytes) {
            System.arraycopy(window, from, window, written, bytes);
        } else {
            // The copy reads what it writes: a run.
            for (int i = 0; i < bytes; i++) {
                window[written + i] = window[from + i];
            }
        }
        written += bytes;
        pendingCopy -= bytes;
    }

    private int nextBlockByte() throws CorruptCompressionException {
        if (position() >= blockEnd) {
            throw new CorruptCompressionException("snappy block ends inside an element");
        }
        return readUnsignedByte("snappy block");
    }

    private long littleEndian(int bytes) throws CorruptCompressionException {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (long) nextBlockByte() << (8 * i);
        }
        return value;
    }
}
