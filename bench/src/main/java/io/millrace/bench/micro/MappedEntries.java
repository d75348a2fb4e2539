package io.millrace.bench.micro;

import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import net.openhft.chronicle.bytes.MappedBytes;

/**
 * Entries through a read-only mapping of chronicle-bytes. The checksum of the whole section is verified by read() first, so
 * single entries need no check of their own. A page that the disk cannot give later ends in an InternalError.
 */
final class MappedEntries implements EntryReader {

    private static final int COPY_BYTES = 64 * 1024;

    private final int entries;
    private final MappedBytes mapped;

    MappedEntries(DiskFile file, int entries, int crc) throws IOException {
        this.entries = entries;
        long bytes = (long) entries * IndexSection.ENTRY_BYTES;
        try (file) {
            if (crcOf(file, bytes) != crc) {
                throw new IllegalStateException("the section is damaged");
            }
            mapped = MappedBytes.singleMappedBytes(file.path().toFile(), bytes, true);
            mapped.singleThreadedCheckDisabled(true);
        }
    }

    private static int crcOf(DiskFile file, long bytes) throws DiskException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(COPY_BYTES);
        CRC32C crc = new CRC32C();
        for (long at = 0; at < bytes; at += COPY_BYTES) {
            buffer.clear();
            file.read(at, buffer);
            crc.update(buffer.flip());
        }
        return (int) crc.getValue();
    }

    @Override
    public int floor(int offset) {
        int low = 0;
        int high = entries;
        while (low < high) {
            int middle = (low + high) >>> 1;
            // Native order is little endian where Millrace runs; the file's is big endian.
            if (Integer.reverseBytes(mapped.readInt((long) middle * IndexSection.ENTRY_BYTES)) <= offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    @Override
    public void close() {
        mapped.releaseLast();
    }
}
