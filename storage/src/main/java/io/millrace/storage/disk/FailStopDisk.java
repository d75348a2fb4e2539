package io.millrace.storage.disk;

import io.millrace.storage.disk.DiskException.Kind;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A disk for all that is kept in one directory, which changes nothing any more after the first failed sync. What a failed sync
 * should have made durable is gone from the disk though not from the page cache, and the kernel tells of it once, to one of
 * those who share a descriptor: later syncs succeed. So nobody who shares the directory may sync, or write down that something
 * was synced, from then on. Reads go on.
 *
 * <p>A sync that fails for want of space or quota (delayed allocation, network file systems) lost bytes like any other: whatever
 * the system says, it is of kind FAILED. Only a folder that could not even be opened for its sync lost nothing.
 *
 * <p>Thread-safe. The latch is set before the failing call returns.
 */
public final class FailStopDisk implements Disk {

    private final Disk disk;
    private volatile @Nullable DiskException failure;
    // Guards the list and the first setting of the failure; nothing is called while it is held.
    private final Object guard = new Object();
    private final List<Consumer<DiskException>> watchers = new ArrayList<>();

    public FailStopDisk(Disk disk) {
        this.disk = disk;
    }

    /** Why nothing is written any more, null as long as it is. */
    public @Nullable DiskException failure() {
        return failure;
    }

    /**
     * {@code watcher} is told of the failure, once, on whatever thread met it; at once when it has happened. At most one for
     * each user of the directory.
     */
    public void watch(Consumer<DiskException> watcher) {
        DiskException happened;
        synchronized (guard) {
            happened = failure;
            if (happened == null) {
                watchers.add(watcher);
            }
        }
        if (happened != null) {
            watcher.accept(happened);
        }
    }

    public void unwatch(Consumer<DiskException> watcher) {
        synchronized (guard) {
            watchers.remove(watcher);
        }
    }

    /** Nothing may be written from now on. Only the first cause counts. */
    public void stop(DiskException cause) {
        List<Consumer<DiskException>> told;
        synchronized (guard) {
            if (failure != null) {
                return;
            }
            failure = cause;
            told = List.copyOf(watchers);
            watchers.clear();
        }
        for (Consumer<DiskException> watcher : told) {
            watcher.accept(cause);
        }
    }

    private void beforeChange(String operation, Path path) throws DiskException {
        DiskException happened = failure;
        if (happened != null) {
            throw new DiskException(Kind.FAILED, operation + " (not tried, for an earlier failure)", path, happened);
        }
    }

    private DiskException failedSync(String operation, Path path, DiskException cause) {
        DiskException failed = cause.kind() == Kind.FAILED
                ? cause
                : new DiskException(Kind.FAILED, operation, path, cause.getCause() == null ? cause : cause.getCause());
        stop(failed);
        return failed;
    }

    @Override
    public DiskFile open(Path file) throws DiskException {
        return new File(disk.open(file));
    }

    @Override
    public DiskFile create(Path file) throws DiskException {
        beforeChange("create", file);
        return new File(disk.create(file));
    }

    @Override
    public boolean exists(Path path) throws DiskException {
        return disk.exists(path);
    }

    @Override
    public boolean isDirectory(Path path) throws DiskException {
        return disk.isDirectory(path);
    }

    @Override
    public long length(Path file) throws DiskException {
        return disk.length(file);
    }

    @Override
    public List<String> list(Path directory) throws DiskException {
        return disk.list(directory);
    }

    @Override
    public void createDirectories(Path directory) throws DiskException {
        beforeChange("create folder", directory);
        disk.createDirectories(directory);
    }

    @Override
    public void rename(Path from, Path to) throws DiskException {
        beforeChange("rename", from);
        disk.rename(from, to);
    }

    @Override
    public void delete(Path path) throws DiskException {
        beforeChange("delete", path);
        disk.delete(path);
    }

    @Override
    public void syncDirectory(Path directory) throws DiskException {
        beforeChange("sync folder", directory);
        try {
            disk.syncDirectory(directory);
        } catch (DiskException e) {
            throw e.kind() == Kind.TOO_MANY_OPEN_FILES ? e : failedSync("sync folder", directory, e);
        }
    }

    @Override
    public boolean syncsFileSystems() {
        return disk.syncsFileSystems();
    }

    @Override
    public void syncFileSystem(Path directory) throws DiskException {
        beforeChange("sync file system of", directory);
        try {
            disk.syncFileSystem(directory);
        } catch (DiskException e) {
            throw failedSync("sync file system of", directory, e);
        }
    }

    @Override
    public long usableBytes(Path directory) throws DiskException {
        return disk.usableBytes(directory);
    }

    @Override
    public long totalBytes(Path directory) throws DiskException {
        return disk.totalBytes(directory);
    }

    private final class File implements DiskFile {

        private final DiskFile file;

        File(DiskFile file) {
            this.file = file;
        }

        @Override
        public Path path() {
            return file.path();
        }

        @Override
        public void write(long filePosition, ByteBuffer... sources) throws DiskException {
            beforeChange("write", file.path());
            file.write(filePosition, sources);
        }

        @Override
        public int read(long filePosition, ByteBuffer target) throws DiskException {
            return file.read(filePosition, target);
        }

        @Override
        public void sync() throws DiskException {
            beforeChange("sync", file.path());
            try {
                file.sync();
            } catch (DiskException e) {
                throw failedSync("sync", file.path(), e);
            }
        }

        @Override
        public void truncate(long lengthBytes) throws DiskException {
            beforeChange("truncate", file.path());
            file.truncate(lengthBytes);
        }

        @Override
        public long length() throws DiskException {
            return file.length();
        }

        @Override
        public long transferTo(long filePosition, long countBytes, WritableByteChannel target) throws DiskException {
            return file.transferTo(filePosition, countBytes, target);
        }

        @Override
        public boolean isCached(long filePosition, int sizeBytes) {
            return file.isCached(filePosition, sizeBytes);
        }

        @Override
        public void startWriteOut(long filePosition, long sizeBytes) {
            file.startWriteOut(filePosition, sizeBytes);
        }

        @Override
        public void awaitWriteOut(long filePosition, long sizeBytes) {
            file.awaitWriteOut(filePosition, sizeBytes);
        }

        @Override
        public @Nullable FileChannel sendfileSource() {
            return file.sendfileSource();
        }

        @Override
        public void close() throws DiskException {
            file.close();
        }
    }
}
