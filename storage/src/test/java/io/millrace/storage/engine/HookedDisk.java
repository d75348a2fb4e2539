package io.millrace.storage.engine;

import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A disk on which something else happens just before a removal, or after an opening: what another thread may do there. */
class HookedDisk implements Disk {

    private final Disk disk;
    private String suffix = "";
    private @Nullable Runnable afterOpen;
    private @Nullable Runnable beforeDelete;

    HookedDisk(Disk disk) {
        this.disk = disk;
    }

    /** Runs the task once, after a file with such a name was opened. */
    void afterOpenOf(String suffix, Runnable task) {
        this.suffix = suffix;
        this.afterOpen = task;
    }

    /** Runs the task once, before a file with such a name is removed. */
    void beforeDeleteOf(String suffix, Runnable task) {
        this.suffix = suffix;
        this.beforeDelete = task;
    }

    @Override
    public void delete(Path path) throws DiskException {
        Runnable due = beforeDelete;
        if (due != null && path.toString().endsWith(suffix)) {
            beforeDelete = null;
            due.run();
        }
        disk.delete(path);
    }

    @Override
    public DiskFile open(Path file) throws DiskException {
        DiskFile opened = disk.open(file);
        Runnable due = afterOpen;
        if (due != null && file.toString().endsWith(suffix)) {
            afterOpen = null;
            due.run();
        }
        return opened;
    }

    @Override
    public DiskFile create(Path file) throws DiskException {
        return disk.create(file);
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
        disk.createDirectories(directory);
    }

    @Override
    public void rename(Path from, Path to) throws DiskException {
        disk.rename(from, to);
    }

    @Override
    public void syncDirectory(Path directory) throws DiskException {
        disk.syncDirectory(directory);
    }

    @Override
    public boolean syncsFileSystems() {
        return disk.syncsFileSystems();
    }

    @Override
    public void syncFileSystem(Path path) throws DiskException {
        disk.syncFileSystem(path);
    }

    @Override
    public long usableBytes(Path path) throws DiskException {
        return disk.usableBytes(path);
    }
}
