package io.millrace.replication.folder;

import io.millrace.protocol.Uuid;
import io.millrace.replication.folder.DataFolderException.Reason;
import io.millrace.runtime.Randomness;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The data folder of one broker, checked and locked for as long as the process runs. Owned by the start of the process;
 * immutable but for its lock.
 *
 * <pre>
 * data/meta.properties   identity and format, see {@link MetaProperties}: written whole, synced, renamed
 * data/lock              held by the process that uses the folder
 * data/metadata/         the metadata log
 * </pre>
 *
 * <p>Nothing is written before the folder is known to be new or ours, the identity is written before anything else, and
 * nothing is ever deleted but this class's own temporary file.
 */
public final class DataFolder implements AutoCloseable {

    private static final String TEMPORARY_NAME = MetaProperties.FILE_NAME + ".tmp";

    /** May stand in a folder that is otherwise new. */
    private static final List<String> HARMLESS = List.of("lost+found", "lock", TEMPORARY_NAME);

    private static final List<String> KAFKA_NAMES = List.of(
            "bootstrap.checkpoint",
            "__cluster_metadata-0",
            "recovery-point-offset-checkpoint",
            "replication-offset-checkpoint",
            ".kafka_cleanshutdown");

    /** Far more than the file ever has. */
    private static final int MAX_META_BYTES = 16 * 1024;

    private final Path path;
    private final MetaProperties meta;
    private final boolean created;
    private final FolderLocker.FolderLock lock;

    private DataFolder(Path path, MetaProperties meta, boolean created, FolderLocker.FolderLock lock) {
        this.path = path;
        this.meta = meta;
        this.created = created;
        this.lock = lock;
    }

    /**
     * Checks, locks and, if it is new, founds the folder. Blocks; at start only.
     *
     * @param ids for a new directory id and, unless one is expected, a new cluster id
     */
    public static DataFolder open(Disk disk, FolderLocker locker, Path path, FolderExpectation expected, Randomness ids)
            throws DataFolderException {
        try {
            if (!disk.exists(path)) {
                disk.createDirectories(path);
                Path parent = path.toAbsolutePath().getParent();
                if (parent != null) {
                    disk.syncDirectory(parent);
                }
            } else if (!disk.isDirectory(path)) {
                throw new DataFolderException(
                        Reason.NOT_A_FOLDER, path + " is a file: name an empty or missing folder for the data", null);
            }
            // Before the lock: a folder that is not ours must not even get a lock file.
            refuseForeign(disk, path);
            FolderLocker.FolderLock lock = lock(disk, locker, path);
            try {
                return opened(disk, path, expected, ids, lock);
            } catch (DataFolderException | DiskException e) {
                lock.release();
                throw e;
            }
        } catch (DiskException e) {
            throw failure(path, e);
        }
    }

    private static DataFolder opened(
            Disk disk, Path path, FolderExpectation expected, Randomness ids, FolderLocker.FolderLock lock)
            throws DataFolderException, DiskException {
        if (disk.exists(path.resolve(MetaProperties.FILE_NAME))) {
            MetaProperties meta = read(disk, path);
            check(path, meta, expected);
            return new DataFolder(path, meta, false, lock);
        }
        String clusterId = expected.clusterId();
        MetaProperties meta = new MetaProperties(
                MetaProperties.FORMAT,
                clusterId == null ? newId(ids).toString() : clusterId,
                expected.nodeId(),
                newId(ids));
        write(disk, path, meta);
        return new DataFolder(path, meta, true, lock);
    }

    public Path path() {
        return path;
    }

    /** The folder of the metadata log; made by it. */
    public Path metadataDirectory() {
        return path.resolve("metadata");
    }

    public String clusterId() {
        return meta.clusterId();
    }

    /** Tells this folder from any other, a wiped or restored one included. */
    public Uuid directoryId() {
        return meta.directoryId();
    }

    public int nodeId() {
        return meta.nodeId();
    }

    public int formatVersion() {
        return meta.format();
    }

    /** Whether this start founded the folder. */
    public boolean created() {
        return created;
    }

    /** Lets another process in. Call last, after everything in the folder is closed. */
    @Override
    public void close() throws DataFolderException {
        try {
            lock.release();
        } catch (DiskException e) {
            throw failure(path, e);
        }
    }

    private static void refuseForeign(Disk disk, Path path) throws DataFolderException, DiskException {
        List<String> names = disk.list(path);
        if (names.contains(MetaProperties.FILE_NAME)) {
            read(disk, path);
            return;
        }
        for (String name : names) {
            if (KAFKA_NAMES.contains(name)) {
                throw kafka(path, name);
            }
        }
        for (String name : names) {
            if (!HARMLESS.contains(name)) {
                throw new DataFolderException(
                        Reason.FOREIGN,
                        path + " is not empty (it holds '" + name + "') and has no " + MetaProperties.FILE_NAME
                                + ", so it is not a Millrace data folder: name an empty or missing folder",
                        null);
            }
        }
    }

    private static FolderLocker.FolderLock lock(Disk disk, FolderLocker locker, Path path)
            throws DataFolderException, DiskException {
        probeWritable(disk, path);
        try {
            return locker.lock(path);
        } catch (DiskException e) {
            if (e.kind() == DiskException.Kind.DENIED) {
                throw new DataFolderException(
                        Reason.LOCKED,
                        path + " is in use by another process: stop that process or name another folder",
                        e);
            }
            throw e;
        }
    }

    /**
     * Tells a folder that is not writable from one that is locked. What a crash leaves of the probe is harmless, and so is
     * a probe by a second process: the temporary name is written under the lock only.
     */
    private static void probeWritable(Disk disk, Path path) throws DiskException {
        Path probe = path.resolve("lock");
        if (!disk.exists(probe)) {
            disk.create(probe).close();
        } else {
            disk.open(probe).close();
        }
    }

    static MetaProperties read(Disk disk, Path path) throws DataFolderException, DiskException {
        Path file = path.resolve(MetaProperties.FILE_NAME);
        Map<String, String> entries = MetaProperties.entries(text(disk, file));
        if (!entries.containsKey(MetaProperties.FORMAT_KEY)) {
            throw entries.containsKey("version")
                    ? kafka(path, MetaProperties.FILE_NAME + " without " + MetaProperties.FORMAT_KEY)
                    : damaged(file);
        }
        int format = MetaProperties.format(entries);
        if (format > MetaProperties.FORMAT) {
            throw new DataFolderException(
                    Reason.NEWER_FORMAT,
                    path + " has format " + format + ", this build reads up to " + MetaProperties.FORMAT
                            + ": start the newer build that wrote it, or name another folder",
                    null);
        }
        MetaProperties meta = MetaProperties.of(entries);
        if (meta == null) {
            throw damaged(file);
        }
        return meta;
    }

    private static String text(Disk disk, Path path) throws DiskException {
        try (DiskFile file = disk.open(path)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(file.length(), MAX_META_BYTES));
            file.read(0, bytes);
            return StandardCharsets.UTF_8.decode(bytes.flip()).toString();
        }
    }

    private static void check(Path path, MetaProperties meta, FolderExpectation expected) throws DataFolderException {
        if (meta.nodeId() != expected.nodeId()) {
            throw new DataFolderException(
                    Reason.OTHER_NODE,
                    path + " belongs to node " + meta.nodeId() + ", this is node " + expected.nodeId()
                            + ": set node.id=" + meta.nodeId() + " or name another folder",
                    null);
        }
        String clusterId = expected.clusterId();
        if (clusterId != null && !clusterId.equals(meta.clusterId())) {
            throw new DataFolderException(
                    Reason.OTHER_CLUSTER,
                    path + " belongs to cluster " + meta.clusterId() + ", not to " + clusterId
                            + ": name the folder of this cluster, or an empty one",
                    null);
        }
    }

    private static void write(Disk disk, Path path, MetaProperties meta) throws DiskException {
        Path temporary = path.resolve(TEMPORARY_NAME);
        if (disk.exists(temporary)) {
            disk.delete(temporary);
        }
        try (DiskFile file = disk.create(temporary)) {
            file.write(0, ByteBuffer.wrap(meta.text().getBytes(StandardCharsets.UTF_8)));
            file.sync();
        }
        disk.rename(temporary, path.resolve(MetaProperties.FILE_NAME));
        disk.syncDirectory(path);
    }

    private static Uuid newId(Randomness ids) {
        Uuid id;
        do {
            id = Uuid.ofRandom(ids.nextLong(), ids.nextLong());
        } while (id.isReserved() || id.toString().startsWith("-"));
        return id;
    }

    private static DataFolderException damaged(Path file) {
        return new DataFolderException(
                Reason.DAMAGED,
                file + " cannot be read as the identity of a Millrace data folder: restore that file from a copy;"
                        + " nothing was changed",
                null);
    }

    static DataFolderException notOurs(Path path) {
        return new DataFolderException(
                Reason.FOREIGN,
                path + " has no " + MetaProperties.FILE_NAME
                        + ", so it is not a Millrace data folder: name the folder that log.dirs names",
                null);
    }

    private static DataFolderException kafka(Path path, String found) {
        return new DataFolderException(
                Reason.KAFKA,
                path + " is a data folder of Apache Kafka (" + found
                        + "): Millrace does not open it and has not changed it; name an empty or missing folder",
                null);
    }

    private static DataFolderException failure(Path path, DiskException e) {
        return switch (e.kind()) {
            case FULL ->
                new DataFolderException(
                        Reason.FULL, "no space left for " + path + ": free some (" + e.getMessage() + ")", e);
            case DENIED ->
                new DataFolderException(
                        Reason.NOT_WRITABLE,
                        path + " is not writable for this user (" + e.getMessage()
                                + "): change its owner or name another folder",
                        e);
            default -> new DataFolderException(Reason.FAILED, "cannot use " + path + ": " + e.getMessage(), e);
        };
    }
}
