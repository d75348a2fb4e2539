package io.millrace.storage.engine;

import io.millrace.protocol.Uuid;
import io.millrace.storage.LogIdentity;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The folder of one partition: its name, its {@code partition.metadata} with the topic id (as Kafka writes it), its end. Every
 * method blocks.
 */
public final class PartitionFolder {

    public static final String METADATA = "partition.metadata";
    private static final String DELETE_SUFFIX = "-delete";
    private static final String STRAY_SUFFIX = "-stray";
    private static final String TOPIC_ID = "topic_id: ";
    private static final int MAX_METADATA_BYTES = 1024;
    private static final int MAX_NAME_BYTES = 255;

    private PartitionFolder() {}

    public static Path of(Path directory, LogIdentity identity) {
        return directory.resolve(identity.topic() + "-" + identity.partition());
    }

    static boolean isDeleted(String name) {
        return name.endsWith(DELETE_SUFFIX) && name.lastIndexOf('.') > 0;
    }

    /** Makes the folder with its metadata, durable with its name; one of another topic that bears the name is put aside. */
    static void make(Disk disk, Path folder, LogIdentity identity) throws DiskException {
        make(disk, folder, identity, true);
    }

    /** As the other, but durable only after the caller's sync of the whole file system. */
    static void makeUnsynced(Disk disk, Path folder, LogIdentity identity) throws DiskException {
        make(disk, folder, identity, false);
    }

    private static void make(Disk disk, Path folder, LogIdentity identity, boolean synced) throws DiskException {
        if (disk.exists(folder)) {
            Uuid found = topicId(disk, folder);
            if (identity.topicId().equals(found)) {
                // An earlier try may have failed before its syncs.
                if (synced) {
                    syncNames(disk, folder);
                }
                return;
            }
            if (found != null) {
                putAside(disk, folder, found, STRAY_SUFFIX);
            }
        }
        disk.createDirectories(folder);
        Path fresh = folder.resolve(METADATA + ".tmp");
        if (disk.exists(fresh)) {
            disk.delete(fresh);
        }
        try (DiskFile file = disk.create(fresh)) {
            String text = "version: 0\n" + TOPIC_ID + identity.topicId() + "\n";
            file.write(0, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
            if (synced) {
                file.sync();
            }
        }
        disk.rename(fresh, folder.resolve(METADATA));
        if (synced) {
            syncNames(disk, folder);
        }
    }

    private static void syncNames(Disk disk, Path folder) throws DiskException {
        disk.syncDirectory(folder);
        disk.syncDirectory(parent(folder));
    }

    /** The topic id that a folder names, null when it names none. */
    public static @Nullable Uuid topicId(Disk disk, Path folder) throws DiskException {
        Path path = folder.resolve(METADATA);
        if (!disk.exists(path)) {
            return null;
        }
        ByteBuffer bytes = ByteBuffer.allocate(MAX_METADATA_BYTES);
        try (DiskFile file = disk.open(path)) {
            file.read(0, bytes);
        }
        String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
        int at = text.indexOf(TOPIC_ID);
        if (at < 0) {
            return null;
        }
        int end = text.indexOf('\n', at);
        try {
            return Uuid.parse(text.substring(at + TOPIC_ID.length(), end < 0 ? text.length() : end)
                    .trim());
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /**
     * Removes the folder of a deleted log: renamed first, so that it is gone for good whatever happens next. One that bears the
     * name but belongs to a topic created since is left alone; then the deleted log's own was put aside already.
     */
    static void delete(Disk disk, Path folder, LogIdentity identity) throws DiskException {
        Path stray = aside(folder, identity.topicId(), STRAY_SUFFIX);
        if (disk.exists(stray)) {
            remove(disk, stray);
        }
        if (disk.exists(folder) && identity.topicId().equals(topicId(disk, folder))) {
            remove(disk, putAside(disk, folder, identity.topicId(), DELETE_SUFFIX));
        }
    }

    private static Path putAside(Disk disk, Path folder, Uuid topicId, String suffix) throws DiskException {
        Path target = aside(folder, topicId, suffix);
        disk.rename(folder, target);
        disk.syncDirectory(parent(folder));
        return target;
    }

    private static Path aside(Path folder, Uuid topicId, String suffix) {
        String tail = "." + topicId + suffix;
        String name = String.valueOf(folder.getFileName());
        if (name.length() + tail.length() > MAX_NAME_BYTES) {
            name = name.substring(0, MAX_NAME_BYTES - tail.length());
        }
        return folder.resolveSibling(name + tail);
    }

    /** Removes a folder of files. */
    static void remove(Disk disk, Path folder) throws DiskException {
        for (String name : disk.list(folder)) {
            disk.delete(folder.resolve(name));
        }
        disk.delete(folder);
        disk.syncDirectory(parent(folder));
    }

    private static Path parent(Path folder) {
        Path parent = folder.getParent();
        if (parent == null) {
            throw new IllegalArgumentException("a partition folder lies in a log directory: " + folder);
        }
        return parent;
    }
}
