package io.millrace.storage.segment;

import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import java.nio.ByteBuffer;

/**
 * Binary searches over the entries of one segment, in an {@code .idx} file or in a section of a {@code .side} file, by pread of
 * a window of entries (ADR 6 has the numbers; a mapping would be faster and ask for a checksum of the whole section first).
 * One per look-up job. An entry that does not parse counts as "too high", so damage costs a longer walk from an earlier entry
 * and never a wrong answer.
 */
final class SparseIndex {

    /** A search ends within one window, so its last seven steps cost one read. */
    private static final int WINDOW_ENTRIES = 128;

    private static final int NOTHING = -1;

    private final DiskFile file;
    private final long start;
    private final int count;
    private final ByteBuffer window;
    private int windowNumber = NOTHING;
    private boolean damaged;

    /**
     * @param start file position of the first entry
     * @param count entries that may be used
     */
    SparseIndex(DiskFile file, long start, int count) {
        this.file = file;
        this.start = start;
        this.count = count;
        this.window = ByteBuffer.allocate(Math.min(count, WINDOW_ENTRIES) * IndexEntry.BYTES);
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
        if (number / WINDOW_ENTRIES != windowNumber) {
            load(number / WINDOW_ENTRIES);
        }
        int at = number % WINDOW_ENTRIES * IndexEntry.BYTES;
        if (at + IndexEntry.BYTES <= window.limit() && entry.read(window, at)) {
            return true;
        }
        damaged = true;
        return false;
    }

    private void load(int wanted) throws DiskException {
        int first = wanted * WINDOW_ENTRIES;
        windowNumber = NOTHING;
        window.clear().limit(Math.min(WINDOW_ENTRIES, count - first) * IndexEntry.BYTES);
        file.read(start + (long) first * IndexEntry.BYTES, window);
        window.flip();
        windowNumber = wanted;
    }
}
