package io.millrace.bench.micro;

import io.millrace.protocol.record.Crc32c;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Entries by pread into a window that holds one entry, or the page around it. */
final class PreadEntries implements EntryReader {

    static final int PAGE_BYTES = 4096;

    private final DiskFile file;
    private final int entries;
    private final int windowBytes;
    private final ByteBuffer window;
    private long windowStart = -1;

    PreadEntries(DiskFile file, int entries, int windowBytes) {
        this.file = file;
        this.entries = entries;
        this.windowBytes = windowBytes;
        this.window = ByteBuffer.allocate(windowBytes);
    }

    @Override
    public int floor(int offset) throws IOException {
        int low = 0;
        int high = entries;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (offsetOf(middle) <= offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    private int offsetOf(int number) throws DiskException {
        long position = (long) number * IndexSection.ENTRY_BYTES;
        long start = position / windowBytes * windowBytes;
        if (start != windowStart) {
            window.clear();
            file.read(start, window);
            windowStart = start;
        }
        int at = (int) (position - start);
        if (window.getInt(at + IndexSection.CHECKED_BYTES) != Crc32c.of(window, at, IndexSection.CHECKED_BYTES)) {
            throw new IllegalStateException("entry " + number + " is damaged");
        }
        return window.getInt(at);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
