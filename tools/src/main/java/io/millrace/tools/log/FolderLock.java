package io.millrace.tools.log;

import io.millrace.storage.disk.DirectoryLock;
import io.millrace.storage.disk.DiskException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Keeps a broker from starting on a folder that is looked at. */
final class FolderLock implements AutoCloseable {

    private final @Nullable DirectoryLock lock;

    private FolderLock(@Nullable DirectoryLock lock) {
        this.lock = lock;
    }

    /** Null when a process uses the folder. */
    static @Nullable FolderLock take(Path folder) throws DiskException {
        try {
            return new FolderLock(DirectoryLock.acquireIfThere(folder));
        } catch (DiskException e) {
            if (e.kind() == DiskException.Kind.DENIED) {
                return null;
            }
            throw e;
        }
    }

    @Override
    public void close() throws DiskException {
        if (lock != null) {
            lock.close();
        }
    }
}
