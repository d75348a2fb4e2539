package io.millrace.replication.metadatalog;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One checksummed step of a metadata file. Immutable.
 *
 * <pre>
 *  0 magic       int32   "MRMF"
 *  4 version     int16   1
 *  6 kind        int16   {@link Kind}
 *  8 bodyBytes   int32
 * 12 previousCrc int32   crc of the frame before it in this log, whatever file holds that
 * 16 baseOffset  int64   metadata offset of the first record
 * 24 wallMs      int64   when it was appended; for people, never for decisions
 * 32 recordCount int32
 * 36 crc         int32   CRC32C over bytes 0..36 and the body
 * 40 body                records, see {@link RecordCodec}
 *
 * log file:      LOG_START, then RECORDS frames, each written after the one before is synced
 * snapshot file: SNAPSHOT_START, SNAPSHOT_RECORDS frames, SNAPSHOT_END (body: digest int64)
 * </pre>
 *
 * @param position of its first byte in the file
 */
record Frame(Kind kind, int previousCrc, long baseOffset, int recordCount, ByteBuffer body, int crc, long position) {

    static final int HEADER_BYTES = 40;
    static final int MAGIC = 0x4d524d46;
    static final short VERSION = 1;
    private static final int CRC_POSITION = 36;

    enum Kind {
        LOG_START(0),
        RECORDS(1),
        SNAPSHOT_START(2),
        SNAPSHOT_RECORDS(3),
        SNAPSHOT_END(4);

        private final short code;

        Kind(int code) {
            this.code = (short) code;
        }

        static @Nullable Kind of(short code) {
            return switch (code) {
                case 0 -> LOG_START;
                case 1 -> RECORDS;
                case 2 -> SNAPSHOT_START;
                case 3 -> SNAPSHOT_RECORDS;
                case 4 -> SNAPSHOT_END;
                default -> null;
            };
        }
    }

    int sizeBytes() {
        return HEADER_BYTES + body.limit();
    }

    long endPosition() {
        return position + sizeBytes();
    }

    /** A whole frame, ready to write: {@code position..limit}. */
    static ByteBuffer encode(
            Kind kind, int previousCrc, long baseOffset, long wallMs, int recordCount, ByteBuffer body) {
        ByteBuffer frame = ByteBuffer.allocate(HEADER_BYTES + body.remaining());
        frame.putInt(MAGIC).putShort(VERSION).putShort(kind.code).putInt(body.remaining());
        frame.putInt(previousCrc)
                .putLong(baseOffset)
                .putLong(wallMs)
                .putInt(recordCount)
                .putInt(0);
        frame.put(body.duplicate());
        frame.putInt(CRC_POSITION, crc(frame, 0, frame.capacity()));
        return frame.flip();
    }

    static int crcOf(ByteBuffer encoded) {
        return encoded.getInt(CRC_POSITION);
    }

    /** The frame that starts at {@code position}, or null when there is no whole and intact one. */
    static @Nullable Frame parse(ByteBuffer file, int position) {
        int left = file.limit() - position;
        if (left < HEADER_BYTES || file.getInt(position) != MAGIC) {
            return null;
        }
        int bodyBytes = file.getInt(position + 8);
        if (bodyBytes < 0 || bodyBytes > left - HEADER_BYTES) {
            return null;
        }
        int crc = file.getInt(position + CRC_POSITION);
        Kind kind = Kind.of(file.getShort(position + 6));
        if (kind == null || crc != crc(file, position, HEADER_BYTES + bodyBytes)) {
            return null;
        }
        return new Frame(
                kind,
                file.getInt(position + 12),
                file.getLong(position + 16),
                file.getInt(position + 32),
                file.slice(position + HEADER_BYTES, bodyBytes),
                crc,
                position);
    }

    /** The format version of a frame that {@link #parse} found intact. */
    static short version(ByteBuffer file, Frame frame) {
        return file.getShort((int) frame.position() + 4);
    }

    private static int crc(ByteBuffer buffer, int position, int lengthBytes) {
        CRC32C crc = new CRC32C();
        crc.update(buffer.slice(position, CRC_POSITION));
        crc.update(buffer.slice(position + HEADER_BYTES, lengthBytes - HEADER_BYTES));
        return (int) crc.getValue();
    }
}
