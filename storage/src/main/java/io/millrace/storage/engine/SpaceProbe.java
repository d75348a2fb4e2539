package io.millrace.storage.engine;

import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import java.nio.file.Path;

/** Asks how much of the disk is free. Blocks: on a lane only. */
final class SpaceProbe {

    private final Disk disk;
    private final Path directory;

    SpaceProbe(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    long usableBytes() throws DiskException {
        return disk.usableBytes(directory);
    }
}
