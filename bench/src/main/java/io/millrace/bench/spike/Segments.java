package io.millrace.bench.spike;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The segment files, one per partition. A partition's file is written by one thread at a time, whoever holds its job. */
final class Segments implements AutoCloseable {
    private static final int STAGING_BYTES = 256 << 10;
    private static final int DIRECT_WRITE_BYTES = 64 << 10;

    private final FileChannel[] files;
    private final long[] ends;
    private final ThreadLocal<ByteBuffer> staging =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(STAGING_BYTES));

    Segments(Path folder, int partitions) throws IOException {
        files = new FileChannel[partitions];
        ends = new long[partitions];
        for (int i = 0; i < partitions; i++) {
            files[i] = FileChannel.open(
                    folder.resolve("segment-" + i + ".log"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        }
    }

    /** Writes the batches of a partition in order, small ones gathered into 256 KiB pieces. */
    void write(Tail tail, int partition, long[] sequences) throws IOException {
        ByteBuffer piece = staging.get().clear();
        for (long sequence : sequences) {
            ByteBuffer batch = tail.batch(sequence);
            if (batch.remaining() >= DIRECT_WRITE_BYTES || batch.remaining() > piece.remaining()) {
                writeAll(partition, piece.flip());
                piece.clear();
            }
            if (batch.remaining() >= DIRECT_WRITE_BYTES) {
                writeAll(partition, batch);
            } else {
                piece.put(batch);
            }
        }
        writeAll(partition, piece.flip());
    }

    void sync(int partition) throws IOException {
        files[partition].force(false);
    }

    private void writeAll(int partition, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            ends[partition] += files[partition].write(bytes, ends[partition]);
        }
    }

    @Override
    public void close() throws IOException {
        for (FileChannel file : files) {
            file.close();
        }
    }
}
