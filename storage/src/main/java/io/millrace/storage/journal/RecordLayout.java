package io.millrace.storage.journal;

import io.millrace.protocol.Uuid;
import io.millrace.storage.LogIdentity;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of a journal record. Big endian; records follow each other without gaps.
 *
 * <pre>
 *  0  int   length of the bytes that follow the header
 *  4  byte  kind ({@link RecordKind})
 *  5  byte  flags, 0
 *  6  short reserved, 0
 *  8  int   log id
 * 12  int   leader epoch, -1 when it has none
 * 16  long  base offset
 * 24  long  end offset, exclusive (APPEND), else 0
 * 32  bytes
 * </pre>
 */
public final class RecordLayout {

    public static final int HEADER_BYTES = 32;

    private static final int KIND_AT = 4;
    private static final int LOG_ID_AT = 8;
    private static final int EPOCH_AT = 12;
    private static final int BASE_OFFSET_AT = 16;
    private static final int END_OFFSET_AT = 24;
    private static final int CREATE_FIXED_BYTES = 20;

    private RecordLayout() {}

    /** Writes a header at {@code at}; the record's bytes lie, or will lie, behind it. */
    public static void write(
            ByteBuffer target, int at, RecordKind kind, int lengthBytes, int logId, int epoch, long baseOffset) {
        target.putInt(at, lengthBytes)
                .put(at + KIND_AT, kind.id())
                .put(at + 5, (byte) 0)
                .putShort(at + 6, (short) 0)
                .putInt(at + LOG_ID_AT, logId)
                .putInt(at + EPOCH_AT, epoch)
                .putLong(at + BASE_OFFSET_AT, baseOffset)
                .putLong(at + END_OFFSET_AT, 0);
    }

    /** Completes or extends an APPEND once its batches are in place. */
    public static void extend(ByteBuffer target, int at, int lengthBytes, long endOffset) {
        target.putInt(at, lengthBytes).putLong(at + END_OFFSET_AT, endOffset);
    }

    public static byte[] createBytes(LogIdentity identity) {
        byte[] name = identity.topic().getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(CREATE_FIXED_BYTES + name.length);
        bytes.putLong(identity.topicId().mostSignificantBits())
                .putLong(identity.topicId().leastSignificantBits())
                .putInt(identity.partition())
                .put(name);
        return bytes.array();
    }

    public static LogIdentity readIdentity(ByteBuffer bytes, int at, int lengthBytes) {
        byte[] name = new byte[lengthBytes - CREATE_FIXED_BYTES];
        bytes.get(at + CREATE_FIXED_BYTES, name);
        return new LogIdentity(
                new Uuid(bytes.getLong(at), bytes.getLong(at + 8)),
                new String(name, StandardCharsets.UTF_8),
                bytes.getInt(at + 16));
    }

    public static int length(ByteBuffer bytes, int at) {
        return bytes.getInt(at);
    }

    public static byte kindId(ByteBuffer bytes, int at) {
        return bytes.get(at + KIND_AT);
    }

    public static int logId(ByteBuffer bytes, int at) {
        return bytes.getInt(at + LOG_ID_AT);
    }

    public static int leaderEpoch(ByteBuffer bytes, int at) {
        return bytes.getInt(at + EPOCH_AT);
    }

    public static long baseOffset(ByteBuffer bytes, int at) {
        return bytes.getLong(at + BASE_OFFSET_AT);
    }

    public static long endOffset(ByteBuffer bytes, int at) {
        return bytes.getLong(at + END_OFFSET_AT);
    }

    /** Whether a CREATE's bytes are long enough to be one. */
    public static boolean isIdentityLength(int lengthBytes) {
        return lengthBytes > CREATE_FIXED_BYTES;
    }
}
