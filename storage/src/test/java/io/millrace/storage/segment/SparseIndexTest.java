package io.millrace.storage.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SparseIndexTest {

    private static final int START = 57;
    private static final int ENTRIES = 5_000;

    /** Entries at 57, each 10 offsets and 100 bytes after the one before; counts what is read. */
    private static final class Entries implements DiskFile {
        final ByteBuffer bytes = ByteBuffer.allocate(START + ENTRIES * IndexEntry.BYTES);
        int reads;

        Entries() {
            IndexEntry entry = new IndexEntry();
            for (int i = 0; i < ENTRIES; i++) {
                entry.offsetDelta = (i + 1) * 10;
                entry.filePosition = (i + 1) * 100;
                entry.maxTimestampBeforeMs = 1_000L + i;
                entry.write(bytes, START + i * IndexEntry.BYTES);
            }
        }

        @Override
        public int read(long filePosition, ByteBuffer target) {
            reads++;
            int count = (int) Math.max(0, Math.min(target.remaining(), bytes.capacity() - filePosition));
            target.put(bytes.array(), (int) Math.min(filePosition, bytes.capacity()), count);
            return count;
        }

        @Override
        public Path path() {
            return Path.of("entries");
        }

        @Override
        public void write(long filePosition, ByteBuffer... sources) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void sync() {}

        @Override
        public void truncate(long lengthBytes) {}

        @Override
        public long length() {
            return bytes.capacity();
        }

        @Override
        public long transferTo(long filePosition, long countBytes, WritableByteChannel target) throws DiskException {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    private final Entries file = new Entries();
    private final IndexEntry entry = new IndexEntry();

    @Test
    void everyEntryIsFoundFromItsFirstOffsetToItsLast() throws IOException {
        SparseIndex index = new SparseIndex(file, START, ENTRIES);
        assertThat(index.floorByOffset(9, entry)).isEqualTo(-1);
        for (int i = 0; i < ENTRIES; i++) {
            assertThat(index.floorByOffset((i + 1) * 10L, entry)).isEqualTo(i);
            assertThat(index.floorByPosition((i + 1) * 100L + 99, entry)).isEqualTo(i);
        }
        assertThat(index.floorByTime(1_500, entry)).isEqualTo(499);
        assertThat(index.damaged()).isFalse();
    }

    @Test
    void theLastStepsOfASearchCostOneRead() throws IOException {
        SparseIndex index = new SparseIndex(file, START, ENTRIES);
        index.floorByOffset(23_456, entry);
        // 13 steps; the last window holds 128 entries, 7 steps' worth.
        assertThat(file.reads).isLessThanOrEqualTo(13 - 7 + 2);
    }

    @Test
    void onlyTheEntriesGivenAreUsedThoughMoreFollow() throws IOException {
        SparseIndex index = new SparseIndex(file, START, 200);
        assertThat(index.floorByOffset(Integer.MAX_VALUE, entry)).isEqualTo(199);
        assertThat(new SparseIndex(file, START, 0).floorByOffset(50, entry)).isEqualTo(-1);
    }

    @Test
    void entriesThatTheFileDoesNotHaveAreDamage() throws IOException {
        SparseIndex index = new SparseIndex(file, START, ENTRIES + 300);
        assertThat(index.floorByOffset(Integer.MAX_VALUE, entry)).isEqualTo(ENTRIES - 1);
        assertThat(index.damaged()).isTrue();
    }
}
