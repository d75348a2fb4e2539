package io.millrace.bench.spike;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Makes files whose blocks are allocated and written, so that a later sync has no metadata to commit. */
final class Preallocation {
    private static final int PIECE_BYTES = 1 << 20;

    private Preallocation() {}

    static Path zeroFilled(Path path, long bytes) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            ByteBuffer zeros = ByteBuffer.allocateDirect(PIECE_BYTES);
            for (long at = 0; at < bytes; at += PIECE_BYTES) {
                file.write(zeros.clear(), at);
            }
            file.force(true);
        }
        return path;
    }
}
