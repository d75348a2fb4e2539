package io.millrace.simulation.disk;

import io.millrace.simulation.SimRandom;
import io.millrace.simulation.TraceHash;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskException.Kind;
import io.millrace.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One machine's disk in memory. Bytes are durable after a sync of their file, names after a sync of their folder, and
 * {@link #afterPowerCut} answers the disk that the next start finds when the power goes now: this one goes on unharmed, so one
 * run of a workload can be cut at each of its operations and at each in many ways.
 *
 * <p>Owned by the thread that runs the simulation. Operations take no virtual time; {@code SimLane} adds it.
 */
public final class SimDisk implements Disk {

    private static final int BLOCK_BYTES = 4096;

    private final SimNames names;
    private final SimRandom random;
    private final TraceHash trace = new TraceHash();
    private final DiskFaults faults = new DiskFaults();
    private DiskProbe probe = (number, operation, path) -> {};
    private long operations;
    private int openFiles;
    private boolean dead;

    /** An empty disk. {@code random} decides what a failed sync leaves and where a full disk stops a write. */
    public SimDisk(SimRandom random) {
        this(random, new SimNames());
    }

    private SimDisk(SimRandom random, SimNames names) {
        this.random = random;
        this.names = names;
    }

    public DiskFaults faults() {
        return faults;
    }

    SimRandom random() {
        return random;
    }

    /** A handle was closed. */
    void closed() {
        openFiles--;
    }

    /** Replaces the onlooker; at most one. */
    public void probe(DiskProbe onlooker) {
        probe = onlooker;
    }

    /** How many operations there were. */
    public long operations() {
        return operations;
    }

    /** Digest of every operation with its outcome. */
    public TraceHash trace() {
        return trace;
    }

    /** 64 bits of all names and bytes as the running system sees them. */
    public long digest() {
        return names.digest();
    }

    /** Changes of bytes and names that a power cut may take. */
    public int pendingChanges() {
        return names.pendingChanges()
                + names.files(null).values().stream()
                        .mapToInt(SimFile::pendingChanges)
                        .sum();
    }

    /** Handles that nobody closed. */
    public int openFiles() {
        return openFiles;
    }

    /** The disk that the next start finds when the power goes now. Nothing on it is pending; this disk is not changed. */
    public SimDisk afterPowerCut(Survival survival, SimRandom next) {
        return new SimDisk(next, names.afterPowerCut(survival));
    }

    /**
     * Goes on after a {@link PowerLoss} with everything that was written: then it was the process that died, not the machine.
     * What was not synced still is not.
     */
    public void revive() {
        dead = false;
        openFiles = 0;
        faults.cutAtOperation(Long.MAX_VALUE);
    }

    /** Flips one bit of what is durable and visible. */
    public void flipBit(Path file, long filePosition, int bit) {
        if (names.find(file) instanceof SimFile found) {
            found.flipBit(filePosition, bit);
        } else {
            throw new IllegalArgumentException("no file " + file);
        }
    }

    /** Every file with its visible length, sorted by path. */
    public SortedMap<Path, Long> fileLengths() {
        TreeMap<Path, Long> lengths = new TreeMap<>();
        names.files(null).forEach((path, file) -> lengths.put(Path.of(path), file.length()));
        return lengths;
    }

    @Override
    public DiskFile open(Path file) throws DiskException {
        begin(DiskOperation.OPEN, file);
        return handle(file, requireFile("open", file));
    }

    @Override
    public DiskFile create(Path file) throws DiskException {
        begin(DiskOperation.CREATE, file);
        requireWritable("create", file);
        SimFolder folder = requireFolderOf("create", file);
        if (names.find(file) != null) {
            throw new DiskException(Kind.EXISTS, "create", file, null);
        }
        SimFile created = new SimFile();
        DiskFile handle = handle(file, created);
        names.link(folder, nameOf(file), created);
        return handle;
    }

    @Override
    public boolean exists(Path path) {
        begin(DiskOperation.LOOK_UP, path);
        return names.find(path) != null;
    }

    @Override
    public boolean isDirectory(Path path) {
        begin(DiskOperation.LOOK_UP, path);
        return names.find(path) instanceof SimFolder;
    }

    @Override
    public long length(Path file) throws DiskException {
        begin(DiskOperation.LOOK_UP, file);
        return requireFile("length", file).length();
    }

    @Override
    public List<String> list(Path directory) throws DiskException {
        begin(DiskOperation.LOOK_UP, directory);
        return List.copyOf(requireFolder("list", directory).entries.keySet());
    }

    @Override
    public void createDirectories(Path directory) throws DiskException {
        begin(DiskOperation.CREATE_DIRECTORIES, directory);
        requireWritable("create folders", directory);
        names.createFolders(directory);
        requireFolder("create folders", directory);
    }

    @Override
    public void rename(Path from, Path to) throws DiskException {
        begin(DiskOperation.RENAME, from);
        trace.add(to.toString());
        requireWritable("rename", from);
        SimNode node = names.find(from);
        SimNode replaced = names.find(to);
        if (node == null) {
            throw new DiskException(Kind.NOT_FOUND, "rename", from, null);
        }
        if (replaced instanceof SimFolder || (replaced != null && node instanceof SimFolder)) {
            throw new DiskException(Kind.FAILED, "rename", from, new IOException(to + " exists"));
        }
        names.rename(requireFolderOf("rename", from), nameOf(from), requireFolderOf("rename", to), nameOf(to), node);
    }

    @Override
    public void delete(Path path) throws DiskException {
        begin(DiskOperation.DELETE, path);
        requireWritable("delete", path);
        SimNode node = names.find(path);
        if (node == null) {
            throw new DiskException(Kind.NOT_FOUND, "delete", path, null);
        }
        if (node instanceof SimFolder folder && !folder.entries.isEmpty()) {
            throw new DiskException(Kind.FAILED, "delete", path, new IOException("folder not empty"));
        }
        names.unlink(requireFolderOf("delete", path), nameOf(path));
    }

    @Override
    public void syncDirectory(Path directory) throws DiskException {
        begin(DiskOperation.SYNC_DIRECTORY, directory);
        SimFolder folder = requireFolder("sync folder", directory);
        if (faults.nextSyncFails()) {
            names.failSync(folder, Survival.random(random));
            throw new DiskException(Kind.FAILED, "sync folder", directory, new IOException("Input/output error"));
        }
        names.sync(folder);
    }

    @Override
    public boolean syncsFileSystems() {
        return faults.syncsFileSystems();
    }

    @Override
    public void syncFileSystem(Path directory) throws DiskException {
        begin(DiskOperation.SYNC_FILE_SYSTEM, directory);
        if (!faults.syncsFileSystems()) {
            throw new DiskException(Kind.FAILED, "sync file system", directory, new IOException("not supported"));
        }
        requireFolder("sync file system", directory);
        boolean fails = faults.nextSyncFails();
        for (SimFile file : names.files(null).values()) {
            if (fails) {
                file.failSyncFromOutside(Survival.random(random));
            } else {
                file.sync();
            }
        }
        names.syncAll(fails ? Survival.random(random) : Survival.everything());
        if (fails) {
            throw new DiskException(Kind.FAILED, "sync file system", directory, new IOException("Input/output error"));
        }
    }

    @Override
    public long usableBytes(Path directory) throws DiskException {
        begin(DiskOperation.LOOK_UP, directory);
        requireFolder("usable bytes", directory);
        return Math.max(0, faults.budgetBytes() - allocatedBytes());
    }

    long allocatedBytes() {
        return names.files(null).values().stream()
                .mapToLong(file -> blocks(file.length()))
                .sum();
    }

    /** Rounded up to what a file takes. */
    static long blocks(long bytes) {
        return (bytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
    }

    /** Counts an operation, and ends the process in it when that is wanted. */
    void begin(DiskOperation operation, Path path) {
        if (dead) {
            throw new PowerLoss(operations);
        }
        operations++;
        if (faults.cutsAt(operations)) {
            dead = true;
            throw new PowerLoss(operations);
        }
        trace.add(operation.name());
        trace.add(path.toString());
        probe.before(operations, operation, path);
    }

    private DiskFile handle(Path path, SimFile file) throws DiskException {
        if (openFiles >= faults.maxOpenFiles()) {
            throw new DiskException(Kind.TOO_MANY_OPEN_FILES, "open", path, null);
        }
        openFiles++;
        return new SimHandle(this, path, file);
    }

    void requireWritable(String what, Path path) throws DiskException {
        if (faults.isReadOnly()) {
            throw new DiskException(Kind.DENIED, what, path, new IOException("Read-only file system"));
        }
    }

    private SimFile requireFile(String what, Path path) throws DiskException {
        if (names.find(path) instanceof SimFile file) {
            return file;
        }
        throw new DiskException(Kind.NOT_FOUND, what, path, null);
    }

    private SimFolder requireFolder(String what, Path path) throws DiskException {
        if (names.find(path) instanceof SimFolder folder) {
            return folder;
        }
        throw new DiskException(Kind.NOT_FOUND, what, path, null);
    }

    private SimFolder requireFolderOf(String what, Path path) throws DiskException {
        SimFolder folder = names.folderOf(path);
        if (folder == null) {
            throw new DiskException(Kind.NOT_FOUND, what, path, new IOException("no such folder"));
        }
        return folder;
    }

    private static String nameOf(Path path) {
        @Nullable Path name = path.getFileName();
        if (name == null) {
            throw new IllegalArgumentException("the root has no name");
        }
        return name.toString();
    }
}
