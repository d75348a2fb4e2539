package io.millrace.bench.micro;

import io.millrace.protocol.record.Crc32c;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskFile;
import io.millrace.storage.disk.NioDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file with nothing but index entries as a {@code .side} file has them: 32 bytes, the last 4 a CRC of the others. */
final class IndexSection {

    static final int ENTRY_BYTES = 32;
    static final int CHECKED_BYTES = 28;
    static final int OFFSETS_PER_ENTRY = 40;
    private static final int SEGMENT_BYTES_PER_ENTRY = 4096;

    private final Disk disk = new NioDisk();
    private final Path path;
    private final int entries;
    private final int crc;

    private IndexSection(Path path, int entries, int crc) {
        this.path = path;
        this.entries = entries;
        this.crc = crc;
    }

    static IndexSection write(int entries) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(entries * ENTRY_BYTES);
        for (int i = 0; i < entries; i++) {
            int at = i * ENTRY_BYTES;
            bytes.putInt(at, (i + 1) * OFFSETS_PER_ENTRY);
            bytes.putInt(at + 4, (i + 1) * SEGMENT_BYTES_PER_ENTRY);
            bytes.putLong(at + 16, 1_700_000_000_000L + i);
            bytes.putInt(at + CHECKED_BYTES, Crc32c.of(bytes, at, CHECKED_BYTES));
        }
        Path path = Files.createTempFile("index", ".side");
        Files.write(path, bytes.array());
        return new IndexSection(path, entries, Crc32c.of(bytes, 0, bytes.capacity()));
    }

    EntryReader open(IndexLookupBenchmark.By by) throws IOException {
        DiskFile file = disk.open(path);
        return switch (by) {
            case PREAD -> new PreadEntries(file, entries, ENTRY_BYTES);
            case PREAD_PAGE -> new PreadEntries(file, entries, PreadEntries.PAGE_BYTES);
            case MAPPING -> new MappedEntries(file, entries, crc);
        };
    }

    void delete() throws IOException {
        Files.delete(path);
    }
}
