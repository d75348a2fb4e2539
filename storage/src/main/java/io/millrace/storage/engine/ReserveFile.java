package io.millrace.storage.engine;

import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import io.millrace.storage.disk.DiskLane;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Space set aside for a start on a full disk, which needs room for checkpoints and for what the journal still has to bring to
 * segments. Given back when a start runs out of space; made again when there is plenty. Blocks.
 */
final class ReserveFile {

    private static final Logger LOG = LoggerFactory.getLogger(ReserveFile.class);

    static final String NAME = "reserve";
    private static final int FILL_BYTES = 1 << 20;

    private final Disk disk;
    private final Path folder;
    private final long sizeBytes;
    private final AtomicBoolean making = new AtomicBoolean();

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
     * Makes it in the background; without it all works but a start on a full disk. The stores of a directory share it and all
     * ask, from loops of their own: one of them makes it.
     */
    void makeOn(DiskLane lane, long keptFreeBytes) {
        if (!making.compareAndSet(false, true)) {
            return;
        }
        lane.submit(
                () -> {
                    try {
                        make(keptFreeBytes);
                    } finally {
                        making.set(false);
                    }
                    return true;
                },
                (made, failure) -> {
                    if (failure != null) {
                        LOG.warn("reserve_file=missing folder={} cause={}", folder, failure.getMessage());
                    }
                });
    }

    /**
     * Makes it unless it is there, or {@code keptFreeBytes} would not be left free. Its bytes are written, not only its length, for
     * a file with holes reserves nothing.
     */
    private void make(long keptFreeBytes) throws DiskException {
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
