package io.millrace.storage.disk;

import io.millrace.storage.disk.DiskException.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** The machine's own file systems for looking only: files are opened for reading, and whatever would change something fails. Thread-safe. */
public final class ReadOnlyDisk implements Disk {

    private final NioDisk disk = new NioDisk();

    @Override
    public DiskFile open(Path file) throws DiskException {
        try {
            return new NioDiskFile(file, FileChannel.open(file, StandardOpenOption.READ), RangeWriteOut.none());
        } catch (IOException e) {
            throw NioDisk.failure("open", file, e);
        }
    }

    @Override
    public boolean exists(Path path) {
        return disk.exists(path);
    }

    @Override
    public boolean isDirectory(Path path) {
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
    public boolean syncsFileSystems() {
        return false;
    }

    @Override
    public long usableBytes(Path directory) throws DiskException {
        return disk.usableBytes(directory);
    }

    @Override
    public DiskFile create(Path file) throws DiskException {
        throw refused("create", file);
    }

    @Override
    public void createDirectories(Path directory) throws DiskException {
        throw refused("create folder", directory);
    }

    @Override
    public void rename(Path from, Path to) throws DiskException {
        throw refused("rename", from);
    }

    @Override
    public void delete(Path path) throws DiskException {
        throw refused("delete", path);
    }

    @Override
    public void syncDirectory(Path directory) throws DiskException {
        throw refused("sync folder", directory);
    }

    @Override
    public void syncFileSystem(Path directory) throws DiskException {
        throw refused("sync file system of", directory);
    }

    private static DiskException refused(String operation, Path path) {
        return new DiskException(Kind.DENIED, operation, path, new IOException("only looked at, never changed"));
    }
}
