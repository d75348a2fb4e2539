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
import java.util.TreeMap;
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

    private static final int SECTOR_BYTES = 512;

    private static final class Node {
        private final boolean folder;
        private byte[] bytes = {};
        private byte[] durable = {};
        // For folders: names and what they stand for, now and after a power loss.
        private final TreeMap<String, Node> entries = new TreeMap<>();
        private TreeMap<String, Node> durableEntries = new TreeMap<>();
        // A sync of the file system lost bytes of it: whoever syncs it next must be told.
        private boolean owesError;

        Node(boolean folder) {
            this.folder = folder;
        }

        void takeOver(Node other) {
            bytes = other.bytes.clone();
            durable = other.durable.clone();
            other.entries.forEach((name, child) -> {
                Node copy = new Node(child.folder);
                copy.takeOver(child);
                entries.put(name, copy);
            });
            durableEntries = new TreeMap<>(entries);
        }
    }

    private final Random random;
    private final Node root = new Node(true);
    private long operations;
    private int openFiles;
    private long crashAt = Long.MAX_VALUE;
    private long failSyncAt = Long.MAX_VALUE;
    private String failSyncOf = "";
    private Kind failSyncKind = Kind.FAILED;
    private long syncs;
    private long failSyncNumber = Long.MAX_VALUE;
    private String failedSync = "";
    private long capacityBytes = Long.MAX_VALUE;
    private boolean outOfFiles;

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

    /** The sync with this number fails, as {@link #failSyncAt} says. */
    void failSyncNumber(long number) {
        failSyncNumber = number;
    }

    /** The path whose sync was made to fail by its number; empty as long as none was. */
    String failedSync() {
        return failedSync;
    }

    private boolean isNumbered(Path path, String kind) {
        if (++syncs != failSyncNumber) {
            return false;
        }
        failedSync = kind + path;
        return true;
    }

    /** Handles that nobody closed. */
    int openFiles() {
        return openFiles;
    }

    /** The process dies in the operation with this number, which may happen in part. */
    void crashAt(long operation) {
        crashAt = operation;
    }

    /** The first sync from that operation on fails, and what it should have kept is gone; the next one succeeds. */
    void failSyncAt(long operation) {
        failSyncAt = operation;
        failSyncOf = "";
        failSyncKind = Kind.FAILED;
    }

    /** The next sync of a path that ends like this fails so, and loses bytes. */
    void failSyncOf(String pathEnd, Kind kind) {
        failSyncAt = 0;
        failSyncOf = pathEnd;
        failSyncKind = kind;
    }

    boolean hasFailedASync() {
        return failSyncAt == Long.MAX_VALUE;
    }

    void capacityBytes(long bytes) {
        capacityBytes = bytes;
    }

    /** Whether the process may open nothing more. */
    void outOfFiles(boolean none) {
        outOfFiles = none;
    }

    private void takeDescriptor(Path path) throws DiskException {
        if (outOfFiles) {
            throw new DiskException(Kind.TOO_MANY_OPEN_FILES, "open", path, null);
        }
    }

    long usedBytes() {
        return usedBytes(root);
    }

    private static long usedBytes(Node node) {
        long bytes = node.bytes.length;
        for (Node child : node.entries.values()) {
            bytes += usedBytes(child);
        }
        return bytes;
    }

    /** What a machine finds when the power is back. */
    void powerLoss() {
        crashAt = Long.MAX_VALUE;
        forget(root);
    }

    private void forget(Node node) {
        if (!node.folder) {
            node.bytes = survivor(node);
            node.durable = node.bytes.clone();
            return;
        }
        if (random.nextBoolean()) {
            node.entries.clear();
            node.entries.putAll(node.durableEntries);
        }
        node.durableEntries = new TreeMap<>(node.entries);
        node.entries.values().forEach(this::forget);
    }

    private byte[] survivor(Node node) {
        int shortest = Math.min(node.bytes.length, node.durable.length);
        int longest = Math.max(node.bytes.length, node.durable.length);
        int length = shortest == longest || random.nextBoolean()
                ? node.bytes.length
                : shortest + random.nextInt(longest - shortest + 1);
        byte[] kept = Arrays.copyOf(node.durable, length);
        for (int at = 0; at < Math.min(length, node.bytes.length); at += SECTOR_BYTES) {
            if (random.nextBoolean()) {
                int count = Math.min(SECTOR_BYTES, Math.min(length, node.bytes.length) - at);
                System.arraycopy(node.bytes, at, kept, at, count);
            }
        }
        return kept;
    }

    /** Flips one bit of a file, as rot does. */
    void rot(Path path, int at) throws DiskException {
        Node node = node(path, "rot");
        node.bytes[at] ^= 0x10;
        node.durable = node.bytes.clone();
    }

    private boolean dies() {
        return ++operations >= crashAt;
    }

    private void step() {
        if (dies()) {
            throw new Crash();
        }
    }

    private @Nullable Node find(Path path) {
        Node node = root;
        for (Path part : path) {
            node = node.entries.get(part.toString());
            if (node == null) {
                return null;
            }
        }
        return node;
    }

    private Node node(Path path, String operation) throws DiskException {
        Node node = find(path);
        if (node == null) {
            throw new DiskException(Kind.NOT_FOUND, operation, path, null);
        }
        return node;
    }

    private Node parent(Path path, String operation) throws DiskException {
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
        Node parent = parent(file, "create");
        if (parent.entries.containsKey(name(file))) {
            throw new DiskException(Kind.EXISTS, "create", file, null);
        }
        Node node = new Node(false);
        parent.entries.put(name(file), node);
        return new File(file, node);
    }

    @Override
    public boolean exists(Path path) {
        return find(path) != null;
    }

    @Override
    public boolean isDirectory(Path path) {
        Node node = find(path);
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
        Node node = root;
        for (Path part : directory) {
            node = node.entries.computeIfAbsent(part.toString(), key -> new Node(true));
        }
    }

    @Override
    public void rename(Path from, Path to) throws DiskException {
        step();
        Node node = node(from, "rename");
        parent(from, "rename").entries.remove(name(from));
        parent(to, "rename").entries.put(name(to), node);
    }

    @Override
    public void delete(Path path) throws DiskException {
        step();
        Node node = node(path, "delete");
        if (!node.entries.isEmpty()) {
            throw new DiskException(Kind.FAILED, "delete a folder that is not empty", path, null);
        }
        parent(path, "delete").entries.remove(name(path));
    }

    private void failSync(Path path, Node node) throws DiskException {
        boolean fails = isNumbered(path, node.folder ? "folder " : "file ")
                || (operations >= failSyncAt && path.toString().endsWith(failSyncOf));
        if (fails || node.owesError) {
            failSyncAt = fails ? Long.MAX_VALUE : failSyncAt;
            lose(node);
            node.owesError = false;
            throw new DiskException(failSyncKind, "sync", path, null);
        }
    }

    /** The changes since the last sync stay visible for nobody, and no later sync brings them back. */
    private void lose(Node node) {
        if (node.folder) {
            node.entries.clear();
            node.entries.putAll(node.durableEntries);
        } else {
            node.owesError = !Arrays.equals(node.bytes, node.durable);
            node.bytes = node.durable.clone();
        }
    }

    private void loseAll(Node node) {
        node.entries.values().forEach(this::loseAll);
        lose(node);
    }

    @Override
    public void syncDirectory(Path directory) throws DiskException {
        step();
        Node node = node(directory, "sync folder");
        failSync(directory, node);
        node.durableEntries = new TreeMap<>(node.entries);
    }

    @Override
    public boolean syncsFileSystems() {
        return true;
    }

    @Override
    public void syncFileSystem(Path directory) throws DiskException {
        step();
        if (isNumbered(directory, "file system ")
                || (operations >= failSyncAt && directory.toString().endsWith(failSyncOf))) {
            failSyncAt = Long.MAX_VALUE;
            loseAll(root);
            throw new DiskException(failSyncKind, "sync file system", directory, null);
        }
        syncAll(root);
    }

    private static void syncAll(Node node) {
        node.durable = node.bytes.clone();
        node.durableEntries = new TreeMap<>(node.entries);
        node.entries.values().forEach(FaultDisk::syncAll);
    }

    /** Runs {@code before} when something is about to be appended to a checkpoint. */
    void onNextCheckpoint(Runnable before) {
        beforeCheckpoint = before;
    }

    @Override
    public long usableBytes(Path directory) {
        return Math.max(0, capacityBytes - usedBytes());
    }

    private @Nullable Runnable beforeCheckpoint;

    private final class File implements DiskFile {

        private final Path path;
        private final Node node;
        private boolean closed;

        File(Path path, Node node) {
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
            node.durable = node.bytes.clone();
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
