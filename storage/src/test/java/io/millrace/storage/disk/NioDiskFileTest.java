package io.millrace.storage.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NioDiskFileTest {

    private static final int SIZE_BYTES = 300_000;

    private final NioDisk disk = new NioDisk();

    @TempDir
    private Path folder;

    private Path path;

    @BeforeEach
    void makeFile() throws Exception {
        path = folder.resolve("file");
        Files.write(path, new byte[SIZE_BYTES]);
    }

    @Test
    void askingForTheCacheBeyondTheEndLeavesTheFileAsLongAsItWas() throws Exception {
        try (DiskFile file = disk.open(path)) {
            file.isCached(0, SIZE_BYTES);
            file.isCached(4_097, SIZE_BYTES);
            file.isCached(10 * SIZE_BYTES, 1 << 20);
            assertThat(file.length()).isEqualTo(SIZE_BYTES);
        }
    }

    @Test
    void aFileThatLostItsNameCountsAsCold() throws Exception {
        try (DiskFile file = disk.open(path)) {
            Files.delete(path);
            assertThat(file.isCached(0, SIZE_BYTES)).isFalse();
            ByteBuffer bytes = ByteBuffer.allocate(SIZE_BYTES);
            assertThat(file.read(0, bytes)).isEqualTo(SIZE_BYTES);
        }
    }

    @Test
    void usableSpaceIsAskedOfTheFolder() throws Exception {
        assertThat(disk.usableBytes(folder)).isPositive();
    }
}
