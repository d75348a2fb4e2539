package io.millrace.bench.spike;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * The journal's preallocated, zero-filled files, reused in turn. Owned by the journal thread.
 *
 * <pre>
 *   group = | 64 B header: magic, number, previous crc, length, crc32c | records | zeros to the next 4 KiB |
 * </pre>
 */
final class JournalFiles implements AutoCloseable {
    private static final int GROUP_LIMIT_BYTES = 4 << 20;
    private static final int FILES = 4;
    private static final long FILE_BYTES = 64L << 20;
    private static final int BLOCK_BYTES = 4096;
    private static final int HEADER_BYTES = 64;

    private final FileChannel[] files = new FileChannel[FILES];
    private final long[] lastSequence = new long[FILES];
    private final boolean direct;
    private final ByteBuffer header = ByteBuffer.allocateDirect(HEADER_BYTES);
    private final ByteBuffer padding = ByteBuffer.allocateDirect(BLOCK_BYTES);
    private final Arena arena = Arena.ofShared();
    private final ByteBuffer staging;
    private final CRC32C crc = new CRC32C();
    private int current;
    private long filePosition;
    private long groupNumber;
    private int previousCrc;

    /** Opens (creating and zero-filling on first use) the journal in {@code folder}. */
    JournalFiles(Path folder, boolean direct) throws IOException {
        this.direct = direct;
        staging = arena.allocate(direct ? GROUP_LIMIT_BYTES + (1 << 20) : BLOCK_BYTES, BLOCK_BYTES)
                .asByteBuffer();
        for (int i = 0; i < FILES; i++) {
            Path path = folder.resolve("journal-" + i);
            if (!Files.exists(path)) {
                Preallocation.zeroFilled(path, FILE_BYTES);
            }
            files[i] = direct
                    ? FileChannel.open(path, DirectOption.DIRECT, StandardOpenOption.WRITE, StandardOpenOption.DSYNC)
                    : FileChannel.open(path, StandardOpenOption.WRITE);
            lastSequence[i] = -1;
        }
    }

    /** Whether a group of this size needs the next file, which must be reusable first. */
    boolean mustRoll(long recordBytes) {
        return filePosition + HEADER_BYTES + recordBytes + BLOCK_BYTES > FILE_BYTES;
    }

    /** The last sequence in the file that the next roll overwrites: it must lie synced in segments by then. */
    long nextFileLastSequence() {
        return lastSequence[(current + 1) % FILES];
    }

    void roll() {
        current = (current + 1) % FILES;
        filePosition = 0;
    }

    /** Writes one group and returns when it is durable. */
    void writeGroup(ByteBuffer[] records, long endSequence) throws IOException {
        crc.reset();
        int length = 0;
        for (ByteBuffer slice : records) {
            length += slice.remaining();
            crc.update(slice.duplicate());
        }
        header.clear()
                .putLong(0x4d494c4c52414345L)
                .putLong(groupNumber++)
                .putInt(previousCrc)
                .putInt(length)
                .putInt((int) crc.getValue());
        header.clear();
        previousCrc = (int) crc.getValue();
        int used = HEADER_BYTES + length;
        int pad = (BLOCK_BYTES - used % BLOCK_BYTES) % BLOCK_BYTES;
        if (direct) {
            writeDirect(records, pad);
        } else {
            writeBuffered(records, pad);
        }
        filePosition += used + pad;
        lastSequence[current] = endSequence - 1;
    }

    private void writeDirect(ByteBuffer[] records, int pad) throws IOException {
        staging.clear().put(header);
        for (ByteBuffer slice : records) {
            staging.put(slice);
        }
        staging.put(padding.clear().limit(pad)).flip();
        long at = filePosition;
        while (staging.hasRemaining()) {
            at += files[current].write(staging, at);
        }
    }

    private void writeBuffered(ByteBuffer[] records, int pad) throws IOException {
        ByteBuffer[] parts = new ByteBuffer[records.length + 2];
        parts[0] = header;
        System.arraycopy(records, 0, parts, 1, records.length);
        parts[parts.length - 1] = padding.clear().limit(pad);
        FileChannel file = files[current].position(filePosition);
        while (parts[parts.length - 1].hasRemaining() || parts[parts.length - 2].hasRemaining()) {
            file.write(parts);
        }
        file.force(false);
    }

    @Override
    public void close() throws IOException {
        for (FileChannel file : files) {
            file.close();
        }
        arena.close();
    }
}
