package io.millrace.storage.segment;

import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What is done to the files of segments as a whole. Lane jobs, or at start. */
public final class SegmentFiles {

    private SegmentFiles() {}

    /**
     * Base offsets of the {@code .log} files in a folder, rising.
     *
     * @param names as {@link Disk#list} gives them
     */
    public static List<Long> baseOffsets(List<String> names) {
        List<Long> bases = new ArrayList<>();
        for (String name : names) {
            long base = SegmentNames.baseOffsetOf(name);
            if (base >= 0) {
                bases.add(base);
            }
        }
        return bases;
    }

    /**
     * Renames the files of a segment, the {@code .log} last: until then it is whole. The record that allows it must have
     * been synced before. Doing it again is harmless.
     */
    public static void markDeleted(Disk disk, Path directory, long baseOffset) throws DiskException {
        Path[] files = {
            SegmentNames.index(directory, baseOffset),
            SegmentNames.side(directory, baseOffset),
            SegmentNames.log(directory, baseOffset)
        };
        for (Path file : files) {
            if (disk.exists(file)) {
                disk.rename(file, SegmentNames.deleted(file));
            }
        }
    }

    /**
     * Removes what {@link #markDeleted} renamed and what an interrupted write left; returns how many files went. Jobs of the
     * pool may work in the folder meanwhile: what one of them removed first is gone, which is what was wanted.
     */
    public static int removeLeftOvers(Disk disk, Path directory) throws DiskException {
        int removed = 0;
        for (String name : disk.list(directory)) {
            if (SegmentNames.isLeftOver(name)) {
                deleteIfThere(disk, directory.resolve(name));
                removed++;
            }
        }
        if (removed > 0) {
            disk.syncDirectory(directory);
        }
        return removed;
    }

    /** Deletes a file that somebody else may delete first. */
    static void deleteIfThere(Disk disk, Path file) throws DiskException {
        try {
            disk.delete(file);
        } catch (DiskException e) {
            if (e.kind() != DiskException.Kind.NOT_FOUND) {
                throw e;
            }
        }
    }
}
