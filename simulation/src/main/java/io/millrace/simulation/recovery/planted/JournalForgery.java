package io.millrace.simulation.recovery.planted;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * Rewrites the groups of a journal file so that a recovery that checks everything behaves like one that does not. Knows the
 * layout of {@code storage.journal.GroupLayout} and {@code RecordLayout} by number, on purpose: a layout change makes these
 * lies harmless, and the test that expects them to be found says so.
 */
final class JournalForgery {

    private static final int BLOCK_BYTES = 4096;
    private static final int MAGIC = 0x4D524A47;
    private static final int CRC_AT = 8;
    private static final int LENGTH_AT = 12;
    private static final int NUMBER_AT = 32;
    private static final int PREVIOUS_CRC_AT = 40;
    private static final int HEADER_BYTES = 64;
    private static final int RECORD_HEADER_BYTES = 32;
    private static final int RECORD_KIND_AT = 4;
    private static final int RECORD_OFFSET_AT = 16;
    private static final byte TRUNCATE = 2;
    private static final byte LOG_START = 3;

    private JournalForgery() {}

    /** Every group gets the checksum that its bytes, torn or not, have. */
    static byte[] checksumsTrusted(byte[] content) {
        ByteBuffer file = ByteBuffer.wrap(content);
        eachGroup(file, at -> file.putInt(at + CRC_AT, crc(file, at)));
        return content;
    }

    /** Every group with a good checksum, of whatever generation, seems to follow the one that lies before it. */
    static byte[] chainTrusted(byte[] content) {
        ByteBuffer file = ByteBuffer.wrap(content);
        int[] previous = {-1};
        eachGroup(file, at -> {
            if (crc(file, at) != file.getInt(at + CRC_AT)) {
                return;
            }
            if (previous[0] >= 0) {
                // Journal id and generation, then the number.
                file.putLong(at + 16, file.getLong(previous[0] + 16));
                file.putLong(at + 24, file.getLong(previous[0] + 24));
                file.putLong(at + NUMBER_AT, file.getLong(previous[0] + NUMBER_AT) + 1);
                file.putInt(at + PREVIOUS_CRC_AT, file.getInt(previous[0] + CRC_AT));
                file.putInt(at + CRC_AT, crc(file, at));
            }
            previous[0] = at;
        });
        return content;
    }

    /** Truncations become moves of the log start to 0, which change nothing. */
    static byte[] truncationsIgnored(byte[] content) {
        ByteBuffer file = ByteBuffer.wrap(content);
        int[] previousOld = {0};
        int[] previousNew = {0};
        eachGroup(file, at -> {
            if (crc(file, at) != file.getInt(at + CRC_AT)) {
                return;
            }
            int old = file.getInt(at + CRC_AT);
            int end = at + HEADER_BYTES + file.getInt(at + LENGTH_AT);
            int record = at + HEADER_BYTES;
            while (record + RECORD_HEADER_BYTES <= end) {
                if (file.get(record + RECORD_KIND_AT) == TRUNCATE) {
                    file.put(record + RECORD_KIND_AT, LOG_START);
                    file.putLong(record + RECORD_OFFSET_AT, 0);
                }
                record += RECORD_HEADER_BYTES + file.getInt(record);
            }
            if (file.getInt(at + PREVIOUS_CRC_AT) == previousOld[0]) {
                file.putInt(at + PREVIOUS_CRC_AT, previousNew[0]);
            }
            file.putInt(at + CRC_AT, crc(file, at));
            previousOld[0] = old;
            previousNew[0] = file.getInt(at + CRC_AT);
        });
        return content;
    }

    private static void eachGroup(ByteBuffer file, Consumer<Integer> group) {
        int at = 0;
        while (at + BLOCK_BYTES <= file.capacity()) {
            int length = file.getInt(at + LENGTH_AT);
            boolean fits = file.getInt(at) == MAGIC && length >= 0 && at + HEADER_BYTES + length <= file.capacity();
            if (fits) {
                group.accept(at);
            }
            at += fits ? (HEADER_BYTES + length + BLOCK_BYTES - 1) & -BLOCK_BYTES : BLOCK_BYTES;
        }
    }

    private static int crc(ByteBuffer file, int at) {
        CRC32C crc = new CRC32C();
        crc.update(file.slice(at + LENGTH_AT, HEADER_BYTES - LENGTH_AT + file.getInt(at + LENGTH_AT)));
        return (int) crc.getValue();
    }
}
