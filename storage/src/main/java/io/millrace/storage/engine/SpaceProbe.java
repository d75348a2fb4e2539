package io.millrace.storage.engine;

import io.millrace.storage.checkpoint.BootRecord;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Asks how much of the disk is free, and whether files can be opened. Blocks: on a lane only. */
final class SpaceProbe {

    /** As many as one round of write-behind may open beyond what it has. */
    private static final int SPARE_FILES = 8;

    private final Disk disk;
    private final Path directory;

    SpaceProbe(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    long usableBytes() throws DiskException {
        return disk.usableBytes(directory);
    }

    /** The same, when the process can also open a few files more; fails when it cannot. */
    long usableBytesWithSpareFiles() throws DiskException {
        Path any = directory.resolve(LogDirectory.JOURNAL_FOLDER).resolve(BootRecord.NAME);
        List<DiskFile> opened = new ArrayList<>(SPARE_FILES);
        try {
            while (opened.size() < SPARE_FILES) {
                opened.add(disk.open(any));
            }
        } finally {
            for (DiskFile file : opened) {
                file.close();
            }
        }
        return usableBytes();
    }
}
