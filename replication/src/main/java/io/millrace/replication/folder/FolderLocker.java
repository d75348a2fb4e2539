package io.millrace.replication.folder;

import io.millrace.storage.disk.DiskException;
import java.nio.file.Path;

/** Keeps a second process out of a folder; the lock must go with the process. */
@FunctionalInterface
public interface FolderLocker {

    /** A held lock. */
    interface FolderLock {
        void release() throws DiskException;
    }

    /**
     * Takes the lock of an existing folder.
     *
     * @throws DiskException of kind DENIED when another process, or this one, holds it
     */
    FolderLock lock(Path folder) throws DiskException;
}
