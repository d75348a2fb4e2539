package io.millrace.storage.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SteadyWriteOutTest {

    private static final int PIECE = SteadyWriteOut.PIECE_BYTES;
    private static final int SMALL = SteadyWriteOut.MIN_PIECE_BYTES;

    private final List<String> asked = new ArrayList<>();
    private final DiskFile first = new AskedFile("a");
    private final DiskFile second = new AskedFile("b");
    private final SteadyWriteOut writeOut = new SteadyWriteOut();

    @Test
    void aPieceIsBegunWhenItIsFullAndTheOneBeforeItHasArrived() {
        writeOut.wrote(first, 0, PIECE - 4096);
        assertThat(asked).isEmpty();
        writeOut.wrote(first, PIECE - 4096, 4096);
        writeOut.wrote(first, PIECE, 2L * PIECE);
        assertThat(asked)
                .containsExactly("begin a 0 " + PIECE, "await a 0 " + PIECE, "begin a " + PIECE + " " + 2 * PIECE);
    }

    @Test
    void theLastPageWaitsUntilItIsWhole() {
        writeOut.wrote(first, 100, PIECE);
        writeOut.wrote(first, 100 + PIECE, PIECE);
        assertThat(asked)
                .containsExactly(
                        "begin a 100 " + (PIECE - 100),
                        "await a 100 " + (PIECE - 100),
                        "begin a " + PIECE + " " + PIECE);
    }

    @Test
    void whatLiesReadyIsBegunWhenAnotherFileComes() {
        writeOut.wrote(first, 0, SMALL);
        writeOut.wrote(second, 0, PIECE);
        assertThat(asked).containsExactly("begin a 0 " + SMALL, "await a 0 " + SMALL, "begin b 0 " + PIECE);
    }

    @Test
    void aLittleIsLeftToTheSync() {
        writeOut.wrote(first, 0, SMALL - 1);
        writeOut.wrote(second, 0, SMALL - 1);
        writeOut.wrote(first, SMALL - 1, 10);
        assertThat(asked).isEmpty();
    }

    @Test
    void aFileThatIsCutAndWrittenAgainBeginsAnew() {
        writeOut.wrote(first, 0, SMALL);
        writeOut.wrote(first, 4096, PIECE);
        assertThat(asked).containsExactly("begin a 0 " + SMALL, "await a 0 " + SMALL, "begin a 4096 " + PIECE);
    }

    /** Notes what it is asked for. */
    private final class AskedFile implements DiskFile {
        private final String name;

        AskedFile(String name) {
            this.name = name;
        }

        @Override
        public void startWriteOut(long filePosition, long sizeBytes) {
            asked.add("begin " + name + " " + filePosition + " " + sizeBytes);
        }

        @Override
        public void awaitWriteOut(long filePosition, long sizeBytes) {
            asked.add("await " + name + " " + filePosition + " " + sizeBytes);
        }

        @Override
        public Path path() {
            return Path.of(name);
        }

        @Override
        public void write(long filePosition, ByteBuffer... sources) {
            throw new UnsupportedOperationException("only asked to write out");
        }

        @Override
        public int read(long filePosition, ByteBuffer target) {
            throw new UnsupportedOperationException("only asked to write out");
        }

        @Override
        public void sync() {
            throw new UnsupportedOperationException("only asked to write out");
        }

        @Override
        public void truncate(long lengthBytes) {
            throw new UnsupportedOperationException("only asked to write out");
        }

        @Override
        public long length() {
            throw new UnsupportedOperationException("only asked to write out");
        }

        @Override
        public long transferTo(long filePosition, long countBytes, WritableByteChannel target) {
            throw new UnsupportedOperationException("only asked to write out");
        }

        @Override
        public void close() {}
    }
}
