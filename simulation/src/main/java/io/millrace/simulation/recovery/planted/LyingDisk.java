package io.millrace.simulation.recovery.planted;

import io.millrace.simulation.disk.DiskOperation;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;

/** A disk that leaves some operations out, or shows some files changed, as a bug above it would. Same owner as the disk below. */
final class LyingDisk implements Disk {

    private final Disk disk;
    private final DiskLie lie;

    LyingDisk(Disk disk, DiskLie lie) {
        this.disk = disk;
        this.lie = lie;
    }

    @Override
    public DiskFile open(Path file) throws DiskException {
        return new LyingFile(disk.open(file), lie);
    }

    @Override
    public DiskFile create(Path file) throws DiskException {
        return new LyingFile(disk.create(file), lie);
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
        if (!lie.drops(DiskOperation.RENAME, to)) {
            disk.rename(from, to);
        }
    }

    @Override
    public void delete(Path path) throws DiskException {
        if (!lie.drops(DiskOperation.DELETE, path)) {
            disk.delete(path);
        }
    }

    @Override
    public void syncDirectory(Path directory) throws DiskException {
        if (!lie.drops(DiskOperation.SYNC_DIRECTORY, directory)) {
            disk.syncDirectory(directory);
        }
    }

    @Override
    public boolean syncsFileSystems() {
        return disk.syncsFileSystems();
    }

    @Override
    public void syncFileSystem(Path directory) throws DiskException {
        if (!lie.drops(DiskOperation.SYNC_FILE_SYSTEM, directory)) {
            disk.syncFileSystem(directory);
        }
    }

    @Override
    public long usableBytes(Path directory) throws DiskException {
        return disk.usableBytes(directory);
    }

    private record LyingFile(DiskFile file, DiskLie lie) implements DiskFile {

        @Override
        public Path path() {
            return file.path();
        }

        @Override
        public void write(long filePosition, ByteBuffer... sources) throws DiskException {
            if (!lie.drops(DiskOperation.WRITE, path())) {
                file.write(filePosition, sources);
                return;
            }
            for (ByteBuffer source : sources) {
                source.position(source.limit());
            }
        }

        @Override
        public int read(long filePosition, ByteBuffer target) throws DiskException {
            if (!lie.rewrites(path())) {
                return file.read(filePosition, target);
            }
            ByteBuffer whole = ByteBuffer.allocate((int) file.length());
            file.read(0, whole);
            byte[] content = lie.rewritten(whole.array());
            int count = (int) Math.min(target.remaining(), Math.max(0, content.length - filePosition));
            if (count > 0) {
                target.put(content, (int) filePosition, count);
            }
            return count;
        }

        @Override
        public void sync() throws DiskException {
            if (!lie.drops(DiskOperation.SYNC, path())) {
                file.sync();
            }
        }

        @Override
        public void truncate(long lengthBytes) throws DiskException {
            if (!lie.drops(DiskOperation.TRUNCATE, path())) {
                file.truncate(lengthBytes);
            }
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
        public void close() throws DiskException {
            file.close();
        }
    }
}
