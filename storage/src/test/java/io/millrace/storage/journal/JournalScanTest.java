package io.millrace.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class JournalScanTest {

    private static final int BLOCKS = 1024;
    private static final int BYTES = BLOCKS * GroupLayout.BLOCK_BYTES;
    private static final long OLD_JOURNAL = 42;
    private static final long JOURNAL = 43;

    /** A file in memory that counts what is read of it. */
    private static final class CountingFile implements DiskFile {
        private final ByteBuffer bytes;
        private long readBytes;

        CountingFile(ByteBuffer bytes) {
            this.bytes = bytes;
        }

        @Override
        public Path path() {
            return Path.of("0-0.journal");
        }

        @Override
        public int read(long filePosition, ByteBuffer target) {
            int count = (int) Math.min(target.remaining(), Math.max(0, bytes.limit() - filePosition));
            target.put(bytes.slice((int) Math.min(filePosition, bytes.limit()), count));
            readBytes += count;
            return count;
        }

        @Override
        public long length() {
            return bytes.limit();
        }

        @Override
        public void write(long filePosition, ByteBuffer... sources) {
            throw new UnsupportedOperationException("only read from");
        }

        @Override
        public void sync() {
            throw new UnsupportedOperationException("only read from");
        }

        @Override
        public void truncate(long lengthBytes) {
            throw new UnsupportedOperationException("only read from");
        }

        @Override
        public long transferTo(long filePosition, long countBytes, WritableByteChannel target) {
            throw new UnsupportedOperationException("only read from");
        }

        @Override
        public void close() {}
    }

    private static final class Nothing implements JournalVisitor {
        private int damages;

        @Override
        public void record(JournalRecord record) {
            throw new AssertionError("no group has a record");
        }

        @Override
        public void damaged(String message) {
            damages++;
        }
    }

    /** An empty group in each block. */
    private static ByteBuffer blocks(long journalId, int from, int to, long generation, ByteBuffer target) {
        int previousCrc = 0;
        for (int block = from; block < to; block++) {
            ByteBuffer header = ByteBuffer.allocate(GroupLayout.HEADER_BYTES);
            GroupLayout.writeHeader(header, new GroupLayout.Group(journalId, generation, block, previousCrc, 0), 0);
            header.clear();
            previousCrc = GroupLayout.computeCrc(header, 0);
            header.putInt(8, previousCrc);
            target.put(block * GroupLayout.BLOCK_BYTES, header, 0, GroupLayout.HEADER_BYTES);
        }
        return target;
    }

    private static long scan(CountingFile file, Nothing visitor) throws DiskException, JournalFormatException {
        return new JournalScan(List.of(file), JOURNAL, 1, visitor).run();
    }

    @Test
    void aFileOfTheBootBeforeIsReadOnce() throws Exception {
        CountingFile file = new CountingFile(blocks(OLD_JOURNAL, 0, BLOCKS, 7, ByteBuffer.allocate(BYTES)));
        Nothing visitor = new Nothing();
        assertThat(scan(file, visitor)).isZero();
        assertThat(visitor.damages).isZero();
        assertThat(file.readBytes).isLessThanOrEqualTo(BYTES + 2 * GroupLayout.BLOCK_BYTES);
    }

    @Test
    void theRestOfAReusedFileIsReadOnce() throws Exception {
        ByteBuffer bytes = blocks(JOURNAL, 10, BLOCKS, 1, ByteBuffer.allocate(BYTES));
        CountingFile file = new CountingFile(blocks(JOURNAL, 0, 10, 2, bytes));
        Nothing visitor = new Nothing();
        assertThat(new JournalScan(List.of(file), JOURNAL, 2, visitor).run()).isEqualTo(10);
        assertThat(visitor.damages).isZero();
        assertThat(file.readBytes).isLessThanOrEqualTo(BYTES + 100 * GroupLayout.BLOCK_BYTES);
    }

    @Test
    void aGroupBehindADamagedOneIsStillFound() throws Exception {
        ByteBuffer bytes = blocks(JOURNAL, 0, 300, 1, ByteBuffer.allocate(BYTES));
        bytes.put(100 * GroupLayout.BLOCK_BYTES + 20, (byte) 1);
        Nothing visitor = new Nothing();
        assertThat(scan(new CountingFile(bytes), visitor)).isEqualTo(299);
        assertThat(visitor.damages).isEqualTo(1);
    }
}
