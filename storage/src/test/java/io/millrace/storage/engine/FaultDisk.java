package io.millrace.storage.engine;

import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskException.Kind;
import io.millrace.storage.disk.DiskFile;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that tells written from durable: bytes by 512-byte sector, names by folder. {@link #powerLoss} keeps a
 * random part of what was not synced. Operations can be made to fail, or to be the last of the process.
 */
final class FaultDisk implements Disk {

    /** The process ends in the middle of an operation. */
    static final class Crash extends Error {
        private static final long serialVersionUID = 1L;
    }

    private final Random random;
    private final FaultNode root = new FaultNode(true);
    private final SyncFaults syncFaults = new SyncFaults();
    private long operations;
    private int openFiles;
    private long crashAt = Long.MAX_VALUE;
    private long capacityBytes = Long.MAX_VALUE;
    private boolean outOfFiles;
    private @Nullable Runnable beforeCheckpoint;

    FaultDisk(long seed) {
        this.random = new Random(seed);
    }

    /** What another disk holds now, all of it durable. */
    static FaultDisk imageOf(FaultDisk other) {
        FaultDisk image = new FaultDisk(other.random.nextLong());
        image.root.takeOver(other.root);
        return image;
    }

    long operations() {
        return operations;
    }

    SyncFaults syncFaults() {
        return syncFaults;
    }

    /** Handles that nobody closed. */
    int openFiles() {
        return openFiles;
    }

    /** The process dies in the operation with this number, which may happen in part. */
    void crashAt(long operation) {
        crashAt = operation;
    }

    void capacityBytes(long bytes) {
        capacityBytes = bytes;
    }

    /** Whether the process may open nothing more. */
    void outOfFiles(boolean none) {
        outOfFiles = none;
    }

    /** Runs {@code before} when something is about to be appended to a checkpoint. */
    void onNextCheckpoint(Runnable before) {
        beforeCheckpoint = before;
    }

    private void takeDescriptor(Path path) throws DiskException {
        if (outOfFiles) {
            throw new DiskException(Kind.TOO_MANY_OPEN_FILES, "open", path, null);
        }
    }

    long usedBytes() {
        return root.usedBytes();
    }

    /** What a machine finds when the power is back. */
    void powerLoss() {
        crashAt = Long.MAX_VALUE;
        root.forget(random);
    }

    /** Flips one bit of a file, as rot does. */
    void rot(Path path, int at) throws DiskException {
        node(path, "rot").rot(at);
    }

    private boolean dies() {
        return ++operations >= crashAt;
    }

    private void step() {
        if (dies()) {
            throw new Crash();
        }
    }

    private @Nullable FaultNode find(Path path) {
        FaultNode node = root;
        for (Path part : path) {
            node = node.entries.get(part.toString());
            if (node == null) {
                return null;
            }
        }
        return node;
    }

    private FaultNode node(Path path, String operation) throws DiskException {
        FaultNode node = find(path);
        if (node == null) {
            throw new DiskException(Kind.NOT_FOUND, operation, path, null);
        }
        return node;
    }

    private FaultNode parent(Path path, String operation) throws DiskException {
        Path parent = path.getParent();
        return parent == null ? root : node(parent, operation);
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    @Override
    public DiskFile open(Path file) throws DiskException {
        takeDescriptor(file);
        step();
        return new File(file, node(file, "open"));
    }

    @Override
    public DiskFile create(Path file) throws DiskException {
        takeDescriptor(file);
        step();
        FaultNode parent = parent(file, "create");
        if (parent.entries.containsKey(name(file))) {
            throw new DiskException(Kind.EXISTS, "create", file, null);
        }
        FaultNode node = new FaultNode(false);
        parent.entries.put(name(file), node);
        return new File(file, node);
    }

    @Override
    public boolean exists(Path path) {
        return find(path) != null;
    }

    @Override
    public boolean isDirectory(Path path) {
        FaultNode node = find(path);
        return node != null && node.folder;
    }

    @Override
    public long length(Path file) throws DiskException {
        return node(file, "measure").bytes.length;
    }

    @Override
    public List<String> list(Path directory) throws DiskException {
        return new ArrayList<>(node(directory, "list").entries.keySet());
    }

    @Override
    public void createDirectories(Path directory) throws DiskException {
        step();
        FaultNode node = root;
        for (Path part : directory) {
            node = node.entries.computeIfAbsent(part.toString(), key -> new FaultNode(true));
        }
    }

    @Override
    public void rename(Path from, Path to) throws DiskException {
        step();
        FaultNode node = node(from, "rename");
        parent(from, "rename").entries.remove(name(from));
        parent(to, "rename").entries.put(name(to), node);
    }

    @Override
    public void delete(Path path) throws DiskException {
        step();
        FaultNode node = node(path, "delete");
        if (!node.entries.isEmpty()) {
            throw new DiskException(Kind.FAILED, "delete a folder that is not empty", path, null);
        }
        parent(path, "delete").entries.remove(name(path));
    }

    private void failSync(Path path, FaultNode node) throws DiskException {
        if (syncFaults.strikes(node.folder ? "folder" : "file", path, operations) || node.owesError) {
            node.lose();
            node.owesError = false;
            throw new DiskException(syncFaults.kind(), "sync", path, null);
        }
    }

    @Override
    public void syncDirectory(Path directory) throws DiskException {
        step();
        FaultNode node = node(directory, "sync folder");
        failSync(directory, node);
        node.sync();
    }

    @Override
    public boolean syncsFileSystems() {
        return true;
    }

    @Override
    public void syncFileSystem(Path directory) throws DiskException {
        step();
        if (syncFaults.strikes("file system", directory, operations)) {
            root.loseAll();
            throw new DiskException(syncFaults.kind(), "sync file system", directory, null);
        }
        root.syncAll();
    }

    @Override
    public long usableBytes(Path directory) {
        return Math.max(0, capacityBytes - usedBytes());
    }

    private final class File implements DiskFile {

        private final Path path;
        private final FaultNode node;
        private boolean closed;

        File(Path path, FaultNode node) {
            this.path = path;
            this.node = node;
            openFiles++;
        }

        @Override
        public Path path() {
            return path;
        }

        @Override
        public void write(long filePosition, ByteBuffer... sources) throws DiskException {
            Runnable before = beforeCheckpoint;
            if (before != null && path.toString().endsWith(".checkpoint")) {
                beforeCheckpoint = null;
                before.run();
            }
            int total = 0;
            for (ByteBuffer source : sources) {
                total += source.remaining();
            }
            boolean dies = dies();
            int allowed = dies ? random.nextInt(total + 1) : total;
            int growth = (int) filePosition + total - node.bytes.length;
            boolean full = growth > 0 && growth > usableBytes(path);
            if (full) {
                allowed = Math.min(allowed, total / 2);
            }
            int at = (int) filePosition;
            for (ByteBuffer source : sources) {
                byte[] piece = new byte[source.remaining()];
                source.get(piece);
                int count = Math.min(allowed, piece.length);
                if (at + count > node.bytes.length) {
                    node.bytes = Arrays.copyOf(node.bytes, at + count);
                }
                System.arraycopy(piece, 0, node.bytes, at, count);
                at += count;
                allowed -= count;
            }
            if (dies) {
                throw new Crash();
            }
            if (full) {
                throw new DiskException(Kind.FULL, "write", path, null);
            }
        }

        @Override
        public int read(long filePosition, ByteBuffer target) {
            int count = (int) Math.max(0, Math.min(target.remaining(), node.bytes.length - filePosition));
            target.put(node.bytes, (int) Math.min(filePosition, node.bytes.length), count);
            return count;
        }

        @Override
        public void sync() throws DiskException {
            step();
            failSync(path, node);
            node.sync();
        }

        @Override
        public void truncate(long lengthBytes) {
            step();
            node.bytes = Arrays.copyOf(node.bytes, (int) lengthBytes);
        }

        @Override
        public long length() {
            return node.bytes.length;
        }

        @Override
        public long transferTo(long filePosition, long countBytes, WritableByteChannel target) {
            throw new UnsupportedOperationException("not needed here");
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                openFiles--;
            }
        }
    }
}
