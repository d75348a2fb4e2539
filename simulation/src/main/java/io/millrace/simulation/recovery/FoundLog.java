package io.millrace.simulation.recovery;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a started store answers for one log, read through the public interface. Immutable.
 *
 * @param batches bytes of every batch that a reader reaches from {@code startOffset} to {@code endOffset}
 * @param damage null when the log says that it is intact
 */
record FoundLog(
        boolean exists,
        long startOffset,
        long endOffset,
        long highWatermark,
        List<byte[]> batches,
        @Nullable String damage) {

    static final FoundLog ABSENT = new FoundLog(false, 0, 0, 0, List.of(), null);

    boolean sameRecords(FoundLog other) {
        if (exists != other.exists
                || startOffset != other.startOffset
                || endOffset != other.endOffset
                || batches.size() != other.batches.size()) {
            return false;
        }
        for (int i = 0; i < batches.size(); i++) {
            if (!Arrays.equals(batches.get(i), other.batches.get(i))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        if (!exists) {
            return "absent";
        }
        StringBuilder text = new StringBuilder()
                .append(startOffset)
                .append("..")
                .append(endOffset)
                .append(" [");
        for (byte[] batch : batches) {
            ByteBuffer bytes = ByteBuffer.wrap(batch);
            long base = bytes.getLong(0);
            text.append(base).append("..").append(base + bytes.getInt(23) + 1).append(' ');
        }
        return text.append(']')
                .append(damage == null ? "" : " damage: " + damage)
                .toString();
    }
}
