package io.millrace.storage.journal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The bytes of a group's header. Big endian; a group starts on a 4 KiB block and is padded with zeros to the next one.
 *
 * <pre>
 *  0  int   magic "MRJG"
 *  4  short version
 *  6  short reserved, 0
 *  8  int   crc32c of bytes 12 .. 64 + length
 * 12  int   length of the records that follow the header, without padding
 * 16  long  journal id
 * 24  long  generation of the file: moves up at each reuse
 * 32  long  group number, from 0 in each journal
 * 40  int   crc32c of the previous group, 0 for the first
 * 44  int   reserved, 0
 * 48  long  journal position of the first record byte
 * 56  long  reserved, 0
 * 64  records ({@link RecordLayout})
 * </pre>
 */
public final class GroupLayout {

    public static final int BLOCK_BYTES = 4096;
    public static final int HEADER_BYTES = 64;
    public static final int MAGIC = 0x4D524A47;
    public static final short VERSION = 1;

    private static final int VERSION_AT = 4;
    private static final int CRC_AT = 8;
    private static final int LENGTH_AT = 12;
    private static final int JOURNAL_ID_AT = 16;
    private static final int GENERATION_AT = 24;
    private static final int GROUP_NUMBER_AT = 32;
    private static final int PREVIOUS_CRC_AT = 40;
    private static final int POSITION_AT = 48;

    private GroupLayout() {}

    /** The identity of one group: everything in its header but length and checksum. */
    public record Group(long journalId, long generation, long number, int previousCrc, long position) {}

    /** Bytes that a group of {@code lengthBytes} record bytes takes in a file. */
    public static int blockedBytes(int lengthBytes) {
        return (HEADER_BYTES + lengthBytes + BLOCK_BYTES - 1) & -BLOCK_BYTES;
    }

    /** Writes everything but the checksum at {@code 0..64}. */
    static void writeHeader(ByteBuffer header, Group group, int lengthBytes) {
        header.putInt(0, MAGIC)
                .putShort(VERSION_AT, VERSION)
                .putShort(6, (short) 0)
                .putInt(CRC_AT, 0)
                .putInt(LENGTH_AT, lengthBytes)
                .putLong(JOURNAL_ID_AT, group.journalId)
                .putLong(GENERATION_AT, group.generation)
                .putLong(GROUP_NUMBER_AT, group.number)
                .putInt(PREVIOUS_CRC_AT, group.previousCrc)
                .putInt(44, 0)
                .putLong(POSITION_AT, group.position)
                .putLong(56, 0);
    }

    /** Checksums header and records, stores the sum in the header and returns it. Leaves the pieces' positions alone. */
    static int seal(ByteBuffer header, ByteBuffer[] pieces, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(header.duplicate().limit(HEADER_BYTES).position(LENGTH_AT));
        for (int i = from; i < to; i++) {
            crc.update(pieces[i].duplicate());
        }
        int sum = (int) crc.getValue();
        header.putInt(CRC_AT, sum);
        return sum;
    }

    /** Checksum of the group at {@code at}, computed over a buffer that holds all of it. */
    static int computeCrc(ByteBuffer bytes, int at) {
        CRC32C crc = new CRC32C();
        crc.update(
                bytes.duplicate().limit(at + HEADER_BYTES + length(bytes, at)).position(at + LENGTH_AT));
        return (int) crc.getValue();
    }

    static boolean hasMagic(ByteBuffer bytes, int at) {
        return bytes.getInt(at) == MAGIC;
    }

    static short version(ByteBuffer bytes, int at) {
        return bytes.getShort(at + VERSION_AT);
    }

    static int crc(ByteBuffer bytes, int at) {
        return bytes.getInt(at + CRC_AT);
    }

    static int length(ByteBuffer bytes, int at) {
        return bytes.getInt(at + LENGTH_AT);
    }

    static Group group(ByteBuffer bytes, int at) {
        return new Group(
                bytes.getLong(at + JOURNAL_ID_AT),
                bytes.getLong(at + GENERATION_AT),
                bytes.getLong(at + GROUP_NUMBER_AT),
                bytes.getInt(at + PREVIOUS_CRC_AT),
                bytes.getLong(at + POSITION_AT));
    }
}
