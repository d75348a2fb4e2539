package io.millrace.storage.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a second process out of a log directory, as long as this one lives. Held from before the first read until after the
 * last write; the lock goes with the process, so a killed one leaves nothing behind.
 */
public final class DirectoryLock implements AutoCloseable {

    private static final String NAME = "lock";

    private final Path file;
    private final FileChannel channel;

    private DirectoryLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Takes the lock.
     *
     * @throws DiskException of kind DENIED when another process holds it
     */
    public static DirectoryLock acquire(Path directory) throws DiskException {
        Path file = directory.resolve(NAME);
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                channel.close();
                throw new DiskException(
                        DiskException.Kind.DENIED,
                        "lock",
                        file,
                        new IOException(
                                "another process uses this folder: stop it, or give this one a folder of its own"));
            }
            return new DirectoryLock(file, channel);
        } catch (IOException e) {
            throw NioDisk.failure("lock", file, e);
        }
    }

    /**
     * Takes the lock of a folder that is only looked at; null when no process has ever taken it, or this user may not: then nothing keeps
     * another process out.
     *
     * @throws DiskException of kind DENIED when another process holds it
     */
    public static @Nullable DirectoryLock acquireIfThere(Path directory) throws DiskException {
        Path file = directory.resolve(NAME);
        return Files.isWritable(file) ? acquire(directory) : null;
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    @Override
    public void close() throws DiskException {
        try {
            channel.close();
        } catch (IOException e) {
            throw NioDisk.failure("unlock", file, e);
        }
    }
}
