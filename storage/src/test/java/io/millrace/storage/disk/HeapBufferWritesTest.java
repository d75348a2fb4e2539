package io.millrace.storage.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The JDK copies a heap buffer to native memory to write or read it, and keeps that memory for the thread, uncounted by any bean:
 * {@code jdk.nio.maxCachedBufferSize} in {@code jvm.flags}, which the tests and the broker share, bounds it.
 */
class HeapBufferWritesTest {

    private static final int KEPT_BYTES = 1 << 20;
    private static final int LARGE_BYTES = 24 << 20;

    @TempDir
    private Path folder;

    @Test
    void whatAThreadKeepsIsBounded() {
        assertThat(Long.getLong("jdk.nio.maxCachedBufferSize")).isEqualTo(KEPT_BYTES);
    }

    @Test
    void largerOnesAreWrittenAndReadAllTheSame() throws Exception {
        byte[] bytes = new byte[LARGE_BYTES];
        new Random(1).nextBytes(bytes);
        try (DiskFile file = new NioDisk().create(folder.resolve("file"))) {
            file.write(0, ByteBuffer.wrap(bytes));
            ByteBuffer first = ByteBuffer.wrap(bytes, 0, KEPT_BYTES + 1);
            ByteBuffer second = ByteBuffer.wrap(bytes, KEPT_BYTES + 1, LARGE_BYTES - KEPT_BYTES - 1);
            file.write(LARGE_BYTES, first, second);
            for (int part = 0; part < 2; part++) {
                ByteBuffer read = ByteBuffer.allocate(LARGE_BYTES);
                file.read((long) part * LARGE_BYTES, read);
                assertThat(Arrays.mismatch(read.array(), bytes)).isEqualTo(-1);
            }
        }
    }
}
