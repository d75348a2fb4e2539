package io.millrace.simulation.disk;

import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskException.Kind;
import io.millrace.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/** One open file of a {@link SimDisk}; keeps working when its name is gone. Owned by the thread of its disk. */
final class SimHandle implements DiskFile {

    private final SimDisk disk;
    private final Path path;
    private final SimFile file;
    private boolean closed;

    SimHandle(SimDisk disk, Path path, SimFile file) {
        this.disk = disk;
        this.path = path;
        this.file = file;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public void write(long filePosition, ByteBuffer... sources) throws DiskException {
        use(DiskOperation.WRITE);
        disk.trace().add(filePosition);
        disk.requireWritable("write", path);
        long position = filePosition;
        for (ByteBuffer source : sources) {
            int size = source.remaining();
            long grows = SimDisk.blocks(position + size) - SimDisk.blocks(file.length());
            if (grows > 0 && grows > disk.faults().budgetBytes() - disk.allocatedBytes()) {
                // A full disk takes a part of the write, at times.
                file.write(position, source.slice(source.position(), fitting(position, size)));
                throw new DiskException(Kind.FULL, "write", path, new IOException("No space left on device"));
            }
            file.write(position, source);
            position += size;
        }
        disk.trace().add(position);
    }

    private int fitting(long position, int size) {
        long room = SimDisk.blocks(file.length()) - position;
        return room <= 0 ? 0 : disk.random().nextInt((int) Math.min(size, room) + 1);
    }

    @Override
    public int read(long filePosition, ByteBuffer target) throws DiskException {
        use(DiskOperation.READ);
        if (disk.faults().isUnreadable(path)) {
            throw new DiskException(Kind.FAILED, "read", path, new IOException("Input/output error"));
        }
        return file.read(filePosition, target);
    }

    @Override
    public void sync() throws DiskException {
        use(DiskOperation.SYNC);
        if (disk.faults().nextSyncFails() || file.takeError()) {
            file.failSync(Survival.random(disk.random()));
            throw new DiskException(Kind.FAILED, "sync", path, new IOException("Input/output error"));
        }
        file.sync();
    }

    @Override
    public void truncate(long lengthBytes) throws DiskException {
        use(DiskOperation.TRUNCATE);
        disk.trace().add(lengthBytes);
        disk.requireWritable("truncate", path);
        file.truncate(lengthBytes);
    }

    @Override
    public long length() {
        use(DiskOperation.LOOK_UP);
        return file.length();
    }

    @Override
    public long transferTo(long filePosition, long countBytes, WritableByteChannel target) throws DiskException {
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(countBytes, 1 << 20));
        read(filePosition, bytes);
        try {
            return target.write(bytes.flip());
        } catch (IOException e) {
            throw new DiskException(Kind.FAILED, "transfer", path, e);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            disk.closed();
        }
    }

    private void use(DiskOperation operation) {
        if (closed) {
            throw new IllegalStateException(path + " is closed");
        }
        disk.begin(operation, path);
    }
}
