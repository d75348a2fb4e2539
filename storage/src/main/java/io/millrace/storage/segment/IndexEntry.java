package io.millrace.storage.segment;

import io.millrace.protocol.record.Crc32c;
import java.nio.ByteBuffer;

/**
 * One entry of a sparse index, by offset, by time and by file position at once: where a batch begins, and what is true of
 * all batches of the segment before it. Mutable and reused by its owner.
 *
 * <pre>
 *  offset size field
 *       0    4 offset delta                 base offset of the batch minus that of the segment
 *       4    4 file position                of the batch's first byte
 *       8    4 leader epoch                 of the batch: with the offset it names the batch and all before it
 *      12    4 max timestamp offset delta   first batch with the largest timestamp before this one; -1 none
 *      16    8 max timestamp before, ms     largest of all batches before this one; -1 none
 *      24    4 digest before                over all batches before this one
 *      28    4 crc32c                       of the 28 bytes before
 * </pre>
 *
 * <p>Entries are hints: one is used only if the batch header at its file position has its offset and epoch. By log matching
 * (same offset and epoch, same log before it) everything else in it is then true too, even when the entry is left over from
 * before a crash.
 */
final class IndexEntry {

    static final int BYTES = 32;

    private static final int CHECKED_BYTES = 28;

    int offsetDelta;
    int filePosition;
    int leaderEpoch;
    int maxTimestampOffsetDelta = -1;
    long maxTimestampBeforeMs = -1;
    int digestBefore;

    /** The state at a segment's first byte. */
    IndexEntry segmentStart() {
        offsetDelta = 0;
        filePosition = 0;
        leaderEpoch = -1;
        maxTimestampOffsetDelta = -1;
        maxTimestampBeforeMs = -1;
        digestBefore = SegmentDigest.EMPTY;
        return this;
    }

    /** At index {@code at}, absolute. */
    void write(ByteBuffer out, int at) {
        out.putInt(at, offsetDelta);
        out.putInt(at + 4, filePosition);
        out.putInt(at + 8, leaderEpoch);
        out.putInt(at + 12, maxTimestampOffsetDelta);
        out.putLong(at + 16, maxTimestampBeforeMs);
        out.putInt(at + 24, digestBefore);
        out.putInt(at + CHECKED_BYTES, Crc32c.of(out, at, CHECKED_BYTES));
    }

    /** False when the bytes are not an entry; the fields are then not to be used. */
    boolean read(ByteBuffer in, int at) {
        offsetDelta = in.getInt(at);
        filePosition = in.getInt(at + 4);
        leaderEpoch = in.getInt(at + 8);
        maxTimestampOffsetDelta = in.getInt(at + 12);
        maxTimestampBeforeMs = in.getLong(at + 16);
        digestBefore = in.getInt(at + 24);
        return in.getInt(at + CHECKED_BYTES) == Crc32c.of(in, at, CHECKED_BYTES)
                && offsetDelta > 0
                && filePosition > 0
                && maxTimestampOffsetDelta >= -1;
    }
}
