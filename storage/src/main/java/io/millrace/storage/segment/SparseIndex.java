package io.millrace.storage.segment;

import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import java.nio.ByteBuffer;

/**
 * Binary searches over the entries of one segment, in an {@code .idx} file or in a section of a {@code .side} file, by pread:
 * nothing is loaded or kept. One per look-up job. An entry that does not parse counts as "too high", so damage costs a longer
 * walk from an earlier entry and never a wrong answer.
 */
final class SparseIndex {

    private final DiskFile file;
    private final long start;
    private final int count;
    private final ByteBuffer bytes = ByteBuffer.allocate(IndexEntry.BYTES);
    private boolean damaged;

    /**
     * @param start file position of the first entry
     * @param count entries that may be used
     */
    SparseIndex(DiskFile file, long start, int count) {
        this.file = file;
        this.start = start;
        this.count = count;
    }

    int count() {
        return count;
    }

    /** Whether a search met an entry that does not parse: rebuild the index. */
    boolean damaged() {
        return damaged;
    }

    /** Number of the last entry at or below an offset, -1 when there is none. */
    int floorByOffset(long offsetDelta, IndexEntry entry) throws DiskException {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (read(middle, entry) && entry.offsetDelta <= offsetDelta) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    /** Number of the last entry at or below a file position, -1 when there is none. */
    int floorByPosition(long filePosition, IndexEntry entry) throws DiskException {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (read(middle, entry) && entry.filePosition <= filePosition) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    /** Number of the last entry before which all timestamps are lower, -1 when there is none. */
    int floorByTime(long timestampMs, IndexEntry entry) throws DiskException {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (read(middle, entry) && entry.maxTimestampBeforeMs < timestampMs) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    /** Reads an entry; false when it does not parse. */
    boolean read(int number, IndexEntry entry) throws DiskException {
        bytes.clear();
        if (file.read(start + (long) number * IndexEntry.BYTES, bytes) == IndexEntry.BYTES && entry.read(bytes, 0)) {
            return true;
        }
        damaged = true;
        return false;
    }
}
