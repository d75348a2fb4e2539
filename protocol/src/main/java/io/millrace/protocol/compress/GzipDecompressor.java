package io.millrace.protocol.compress;

import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Reads gzip (RFC 1952), one member or several; verifies each member's CRC-32 and length. */
final class GzipDecompressor extends Decompressor {
    private static final int MAGIC = 0x8B1F;
    private static final int DEFLATE = 8;
    private static final int FLAG_HEADER_CRC = 2;
    private static final int FLAG_EXTRA = 4;
    private static final int FLAG_NAME = 8;
    private static final int FLAG_COMMENT = 16;
    private static final int RESERVED_FLAGS = 0xE0;

    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();

    @Override
    void begin() throws CorruptCompressionException {
        readHeader();
    }

    @Override
    int unpack(byte[] target, int offset, int length) throws CorruptCompressionException {
        try {
            while (true) {
                int read = inflater.inflate(target, offset, length);
                if (read > 0) {
                    crc.update(target, offset, read);
                    return read;
                }
                if (inflater.finished()) {
                    if (!nextMember()) {
                        return -1;
                    }
                } else {
                    throw new CorruptCompressionException("gzip data ends inside a deflate stream");
                }
            }
        } catch (DataFormatException e) {
            throw new CorruptCompressionException("gzip data is damaged: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        inflater.end();
    }

    /** Checks the trailer of the member that ended and begins the next; false when there is none. */
    private boolean nextMember() throws CorruptCompressionException {
        advance(left() - inflater.getRemaining());
        int expectedCrc = readIntLittleEndian("gzip trailer");
        int expectedLength = readIntLittleEndian("gzip trailer");
        if (expectedCrc != (int) crc.getValue() || expectedLength != (int) inflater.getBytesWritten()) {
            throw new CorruptCompressionException("gzip trailer does not match the data");
        }
        if (left() == 0) {
            return false;
        }
        readHeader();
        return true;
    }

    private void readHeader() throws CorruptCompressionException {
        require(10, "gzip header");
        int magic = readUnsignedByte("gzip header") | readUnsignedByte("gzip header") << 8;
        int method = readUnsignedByte("gzip header");
        int flags = readUnsignedByte("gzip header");
        if (magic != MAGIC || method != DEFLATE || (flags & RESERVED_FLAGS) != 0) {
            throw new CorruptCompressionException("not a gzip header");
        }
        advance(6); // modification time, extra flags, operating system
        if ((flags & FLAG_EXTRA) != 0) {
            int extraBytes = readUnsignedByte("gzip extra field") | readUnsignedByte("gzip extra field") << 8;
            require(extraBytes, "gzip extra field");
            advance(extraBytes);
        }
        if ((flags & FLAG_NAME) != 0) {
            skipText();
        }
        if ((flags & FLAG_COMMENT) != 0) {
            skipText();
        }
        if ((flags & FLAG_HEADER_CRC) != 0) {
            require(2, "gzip header checksum");
            advance(2);
        }
        inflater.reset();
        crc.reset();
        inflater.setInput(source().slice(position(), left()));
    }

    private void skipText() throws CorruptCompressionException {
        int next;
        do {
            next = readUnsignedByte("gzip name or comment");
        } while (next != 0);
    }
}
