package io.millrace.storage.disk;

import java.nio.file.Path;
import java.util.List;

/**
 * Files and folders of one machine. Thread-safe; every method may block, so it is called from {@link DiskLane} jobs or at
 * start only. Names, like bytes, are durable only after a sync: of the file for its bytes, of the folder for its entries.
 *
 * <p>Every failure is a {@link DiskException} naming the path.
 */
public interface Disk {

    /** Opens an existing regular file for reading and writing. */
    DiskFile open(Path file) throws DiskException;

    /** Creates a file that must not exist. Its name is durable after {@link #syncDirectory} of its folder. */
    DiskFile create(Path file) throws DiskException;

    boolean exists(Path path) throws DiskException;

    boolean isDirectory(Path path) throws DiskException;

    /** Length in bytes of a file that need not be open. */
    long length(Path file) throws DiskException;

    /** Names in a folder, sorted. */
    List<String> list(Path directory) throws DiskException;

    /** Creates the folder and its missing parents. */
    void createDirectories(Path directory) throws DiskException;

    /** Renames within one file system, replacing an existing file at {@code to}. */
    void rename(Path from, Path to) throws DiskException;

    /** Removes a file or an empty folder. */
    void delete(Path path) throws DiskException;

    /** Makes the entries of a folder durable. */
    void syncDirectory(Path directory) throws DiskException;

    /** Whether {@link #syncFileSystem} works here; if not, sync file by file. */
    boolean syncsFileSystems();

    /** Makes every written byte and name of the file system that holds {@code directory} durable (syncfs). */
    void syncFileSystem(Path directory) throws DiskException;

    /** Bytes that an unprivileged writer can still allocate on the file system of {@code directory}. */
    long usableBytes(Path directory) throws DiskException;

    /** Size of the file system of {@code directory}, -1 when it is not known. */
    default long totalBytes(Path directory) throws DiskException {
        return -1;
    }
}
