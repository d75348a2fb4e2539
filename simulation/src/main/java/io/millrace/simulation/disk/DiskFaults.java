package io.millrace.simulation.disk;

import java.nio.file.Path;
import java.util.function.Predicate;

/** What goes wrong on a {@link SimDisk}, when. Mutable; nothing goes wrong until told. Owned by the simulation's thread. */
public final class DiskFaults {

    private long cutAtOperation = Long.MAX_VALUE;
    private long failedSync = Long.MAX_VALUE;
    private long syncs;
    private long budgetBytes = Long.MAX_VALUE;
    private int maxOpenFiles = Integer.MAX_VALUE;
    private boolean readOnly;
    private boolean syncsFileSystems = true;
    private Predicate<Path> unreadable = path -> false;

    /** The power goes before the operation with this number takes effect. */
    public DiskFaults cutAtOperation(long number) {
        cutAtOperation = number;
        return this;
    }

    /**
     * The n-th sync from now on (of a file, a folder or the file system; 1 is the next) fails. Some of what it should have
     * made durable is lost then, though it was readable before, and later syncs succeed: what Linux does.
     */
    public DiskFaults failSync(long fromNow) {
        failedSync = syncs + fromNow;
        return this;
    }

    /** Bytes, by blocks of 4 KiB, that all files together may take. */
    public DiskFaults budgetBytes(long bytes) {
        budgetBytes = bytes;
        return this;
    }

    public DiskFaults maxOpenFiles(int count) {
        maxOpenFiles = count;
        return this;
    }

    /** Every change is denied, as after a remount. */
    public DiskFaults readOnly(boolean on) {
        readOnly = on;
        return this;
    }

    /** Whether syncfs works here; off, callers have to sync file by file. */
    public DiskFaults syncsFileSystems(boolean on) {
        syncsFileSystems = on;
        return this;
    }

    /** Reads of these files fail. */
    public DiskFaults unreadable(Predicate<Path> files) {
        unreadable = files;
        return this;
    }

    boolean cutsAt(long number) {
        return number >= cutAtOperation;
    }

    /** Whether a sync has failed: then nothing that was only written can be counted on. */
    public boolean syncHasFailed() {
        return syncs >= failedSync;
    }

    boolean nextSyncFails() {
        return ++syncs == failedSync;
    }

    long budgetBytes() {
        return budgetBytes;
    }

    int maxOpenFiles() {
        return maxOpenFiles;
    }

    boolean syncsFileSystems() {
        return syncsFileSystems;
    }

    boolean isReadOnly() {
        return readOnly;
    }

    boolean isUnreadable(Path path) {
        return unreadable.test(path);
    }
}
