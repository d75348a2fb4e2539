package io.millrace.storage.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
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

    /** The file system of archives has no mappings: the question is answered as for a cold file, and reads go on. */
    @Test
    void aFileSystemWithoutMappingsCountsAsCold() throws Exception {
        Path archive = folder.resolve("archive.zip");
        try (FileSystem zip = FileSystems.newFileSystem(archive, Map.of("create", "true"))) {
            Path within = zip.getPath("file");
            Files.write(within, new byte[SIZE_BYTES]);
            FileChannel channel = FileChannel.open(within, StandardOpenOption.READ);
            assertThatThrownBy(() -> channel.map(FileChannel.MapMode.READ_ONLY, 0, SIZE_BYTES, Arena.ofAuto()))
                    .as("a file system that cannot map")
                    .isInstanceOf(UnsupportedOperationException.class);
            try (DiskFile file = new NioDiskFile(within, channel, RangeWriteOut.none())) {
                assertThat(file.isCached(0, SIZE_BYTES)).isFalse();
                ByteBuffer bytes = ByteBuffer.allocate(SIZE_BYTES);
                assertThat(file.read(0, bytes)).isEqualTo(SIZE_BYTES);
            }
        }
    }

    @Test
    void usableSpaceIsAskedOfTheFolder() throws Exception {
        assertThat(disk.usableBytes(folder)).isPositive();
    }
}
