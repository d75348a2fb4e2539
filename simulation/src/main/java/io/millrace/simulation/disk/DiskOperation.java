package io.millrace.simulation.disk;

/** The kinds of call that a {@link SimDisk} counts, faults and can be cut at. */
public enum DiskOperation {
    OPEN,
    CREATE,
    LOOK_UP,
    CREATE_DIRECTORIES,
    RENAME,
    DELETE,
    SYNC_DIRECTORY,
    SYNC_FILE_SYSTEM,
    WRITE,
    READ,
    SYNC,
    TRUNCATE;

    /** Whether the call can change what is written or what is durable; only between those does a power cut show anything new. */
    public boolean changesDisk() {
        return switch (this) {
            case OPEN, LOOK_UP, READ -> false;
            case CREATE, CREATE_DIRECTORIES, RENAME, DELETE, SYNC_DIRECTORY, SYNC_FILE_SYSTEM, WRITE, SYNC, TRUNCATE ->
                true;
        };
    }
}
