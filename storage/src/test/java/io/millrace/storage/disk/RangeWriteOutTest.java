package io.millrace.storage.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RangeWriteOutTest {

    private static final int SIZE_BYTES = 1 << 20;

    @TempDir
    private Path folder;

    @Test
    void aRangeIsWrittenOutAndItsDescriptorGivenBack() throws Exception {
        assumeTrue(isLinux(), "sync_file_range is Linux's");
        RangeWriteOut writeOut = RangeWriteOut.find();
        Path path = Files.write(folder.resolve("file"), new byte[SIZE_BYTES]);
        int descriptor = writeOut.open(path);
        assertThat(descriptor).isNotEqualTo(RangeWriteOut.REFUSED);
        assertThat(writeOut.begin(descriptor, 0, SIZE_BYTES)).isTrue();
        assertThat(writeOut.await(descriptor, 0, SIZE_BYTES)).isTrue();
        assertThat(openDescriptorsOf(path)).isOne();
        writeOut.close(descriptor);
        assertThat(openDescriptorsOf(path)).isZero();
    }

    @Test
    void whatHasNoPagesRefusesIt() {
        assumeTrue(isLinux(), "sync_file_range is Linux's");
        RangeWriteOut writeOut = RangeWriteOut.find();
        int descriptor = writeOut.open(Path.of("/dev/null"));
        assertThat(writeOut.begin(descriptor, 0, SIZE_BYTES)).isFalse();
        writeOut.close(descriptor);
        assertThat(writeOut.open(folder.resolve("missing"))).isEqualTo(RangeWriteOut.REFUSED);
    }

    @Test
    void aFileIsWrittenAndSyncedTheSameWithTheCallAndWithout() throws Exception {
        byte[] with = written(new NioDisk(), "with");
        byte[] without = written(new NioDisk(RangeWriteOut.none()), "without");
        assertThat(with).isEqualTo(without).hasSize(SIZE_BYTES);
    }

    @Test
    void aFileThatLostItsNameIsSyncedAllTheSame() throws Exception {
        Path path = folder.resolve("renamed");
        try (DiskFile file = new NioDisk().create(path)) {
            file.write(0, ByteBuffer.allocate(SIZE_BYTES));
            Files.delete(path);
            file.startWriteOut(0, SIZE_BYTES);
            file.awaitWriteOut(0, SIZE_BYTES);
            file.sync();
            assertThat(file.length()).isEqualTo(SIZE_BYTES);
        }
    }

    @Test
    void aClosedFileHoldsNoDescriptorAndIsAskedInVain() throws Exception {
        Path path = folder.resolve("closed");
        DiskFile file = new NioDisk().create(path);
        file.write(0, ByteBuffer.allocate(SIZE_BYTES));
        file.startWriteOut(0, SIZE_BYTES);
        file.close();
        file.startWriteOut(0, SIZE_BYTES);
        file.awaitWriteOut(0, SIZE_BYTES);
        assertThat(openDescriptorsOf(path)).isZero();
    }

    private byte[] written(NioDisk disk, String name) throws Exception {
        Path path = folder.resolve(name);
        try (DiskFile file = disk.create(path)) {
            ByteBuffer bytes = ByteBuffer.allocate(SIZE_BYTES);
            while (bytes.hasRemaining()) {
                bytes.put((byte) (bytes.position() * 31));
            }
            file.write(0, bytes.flip());
            file.startWriteOut(0, SIZE_BYTES);
            file.awaitWriteOut(0, SIZE_BYTES);
            file.sync();
        }
        return Files.readAllBytes(path);
    }

    private static boolean isLinux() {
        return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux");
    }

    private static int openDescriptorsOf(Path path) throws Exception {
        Path real = path.toRealPath();
        File[] descriptors = new File("/proc/self/fd").listFiles();
        int count = 0;
        for (File descriptor : descriptors == null ? new File[0] : descriptors) {
            try {
                count += Files.readSymbolicLink(descriptor.toPath()).equals(real) ? 1 : 0;
            } catch (NoSuchFileException closedMeanwhile) {
                // Another thread's, or the one that listed them.
            }
        }
        return count;
    }
}
