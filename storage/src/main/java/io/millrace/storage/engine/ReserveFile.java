package io.millrace.storage.engine;

import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Space set aside for a start on a full disk, which needs room for checkpoints and for what the journal still has to bring to
 * segments. Given back when a start runs out of space; made again when there is plenty. Blocks.
 */
final class ReserveFile {

    static final String NAME = "reserve";
    private static final int FILL_BYTES = 1 << 20;

    private final Disk disk;
    private final Path folder;
    private final long sizeBytes;

    /** @param sizeBytes 0 for none */
    ReserveFile(Disk disk, Path folder, long sizeBytes) {
        this.disk = disk;
        this.folder = folder;
        this.sizeBytes = sizeBytes;
    }

    /** Gives the space back; whether there was any. */
    boolean release() throws DiskException {
        Path path = folder.resolve(NAME);
        if (!disk.exists(path)) {
            return false;
        }
        disk.delete(path);
        disk.syncDirectory(folder);
        return true;
    }

    /**
     * Makes it unless it is there, or {@code keptFreeBytes} would not be left free. Its bytes are written, not only its length, for
     * a file with holes reserves nothing.
     */
    void make(long keptFreeBytes) throws DiskException {
        Path path = folder.resolve(NAME);
        long present = disk.exists(path) ? disk.length(path) : -1;
        if (present >= sizeBytes || disk.usableBytes(folder) < sizeBytes + keptFreeBytes) {
            return;
        }
        try (DiskFile file = present < 0 ? disk.create(path) : disk.open(path)) {
            ByteBuffer zeros = ByteBuffer.allocate((int) Math.min(FILL_BYTES, sizeBytes));
            for (long at = Math.max(present, 0); at < sizeBytes; at += zeros.limit()) {
                zeros.clear().limit((int) Math.min(FILL_BYTES, sizeBytes - at));
                file.write(at, zeros);
            }
            file.sync();
        }
    }
}
