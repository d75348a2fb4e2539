package io.millrace.storage.segment;

import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts a compacted segment in the place of those that it stands for, so that a power cut at any point leaves either those or it.
 * Lane jobs that nothing else of the log runs beside, or at start.
 *
 * <pre>
 *   base.log.cleaned, base.side.cleaned        written and synced; removed when found at start
 *     | sync the folder, rename, sync the folder
 *   base-end.swap                              from here on the swap is ended, by this process or the next start
 *     | the other segments between base and end and the old .side renamed away, sync the folder
 *     | base-end.swap to base.log (in the old one's place), base.side.cleaned to base.side, sync the folder
 *   base.log, base.side                        the end; what was renamed away is removed
 * </pre>
 *
 * Names of one folder may reach the disk in any order. Without the first sync the swap file may be there and the new {@code .side}
 * file not, and the old one, which speaks of other bytes, would be taken for it. Without the third the new segment may be
 * there beside one that it stands for, and their batches twice.
 */
public final class SegmentSwap {

    private SegmentSwap() {}

    /**
     * Swaps; may be repeated after a failure.
     *
     * @param baseOffset of the compacted segment and of the first that it replaces
     * @param endOffset of both
     */
    public static void run(Disk disk, Path directory, long baseOffset, long endOffset) throws DiskException {
        Path swap = SegmentNames.swap(directory, baseOffset, endOffset);
        Path cleaned = SegmentNames.cleaned(SegmentNames.log(directory, baseOffset));
        if (disk.exists(cleaned)) {
            disk.syncDirectory(directory);
            disk.rename(cleaned, swap);
            disk.syncDirectory(directory);
        }
        if (disk.exists(swap)) {
            finish(disk, directory, baseOffset, endOffset);
        }
    }

    /**
     * Puts a {@code .side} file that was written beside a segment in the place of the segment's own: one rename, so a power cut
     * leaves the one or the other. May be repeated after a failure.
     */
    public static void placeSide(Disk disk, Path directory, long baseOffset) throws DiskException {
        Path side = SegmentNames.side(directory, baseOffset);
        Path cleaned = SegmentNames.cleaned(side);
        if (disk.exists(cleaned)) {
            disk.rename(cleaned, side);
        }
        disk.syncDirectory(directory);
    }

    /**
     * At start: ends every swap that has begun and removes what compaction, the scrubber and removals left half done.
     *
     * @return the names in the folder after that
     */
    public static List<String> recover(Disk disk, Path directory) throws DiskException {
        List<String> names = disk.list(directory);
        for (String name : names) {
            if (SegmentNames.isLeftOver(name) || isUnfinished(name) || SegmentNames.swapOf(name) != null) {
                finishAll(disk, directory);
                SegmentFiles.removeLeftOvers(disk, directory);
                return disk.list(directory);
            }
        }
        return names;
    }

    private static boolean isUnfinished(String name) {
        return name.endsWith(SegmentNames.CLEANED) || name.endsWith(SegmentNames.SCRUB);
    }

    private static void finishAll(Disk disk, Path directory) throws DiskException {
        for (String name : disk.list(directory)) {
            long[] range = SegmentNames.swapOf(name);
            if (range != null) {
                finish(disk, directory, range[0], range[1]);
            }
        }
        boolean removed = false;
        for (String name : disk.list(directory)) {
            if (isUnfinished(name)) {
                disk.delete(directory.resolve(name));
                removed = true;
            }
        }
        if (removed) {
            disk.syncDirectory(directory);
        }
    }

    private static void finish(Disk disk, Path directory, long baseOffset, long endOffset) throws DiskException {
        Path swap = SegmentNames.swap(directory, baseOffset, endOffset);
        Path side = SegmentNames.side(directory, baseOffset);
        Path cleanedSide = SegmentNames.cleaned(side);
        boolean sideDue = disk.exists(cleanedSide);
        for (long base : replaced(disk, directory, baseOffset, endOffset)) {
            SegmentFiles.markDeleted(disk, directory, base);
        }
        // Without the other one a power cut has let this rename through and not that of the log: it is the new one.
        if (sideDue && disk.exists(side)) {
            disk.rename(side, SegmentNames.deleted(side));
        }
        disk.syncDirectory(directory);
        if (sideDue && speaksOf(disk, cleanedSide, swap, baseOffset, endOffset)) {
            disk.rename(cleanedSide, side);
        }
        disk.rename(swap, SegmentNames.log(directory, baseOffset));
        disk.syncDirectory(directory);
        CleanedSegment.remove(disk, directory, baseOffset);
        SegmentFiles.removeLeftOvers(disk, directory);
    }

    private static List<Long> replaced(Disk disk, Path directory, long baseOffset, long endOffset)
            throws DiskException {
        List<Long> bases = new ArrayList<>();
        for (long base : SegmentFiles.baseOffsets(disk.list(directory))) {
            if (base > baseOffset && base < endOffset) {
                bases.add(base);
            }
        }
        return bases;
    }

    /** A power cut may have left one of another try. It is derived: without it look-ups walk the log. */
    private static boolean speaksOf(Disk disk, Path cleanedSide, Path swap, long baseOffset, long endOffset)
            throws DiskException {
        SideFile found = SideFile.readAt(disk, cleanedSide, baseOffset);
        return found != null
                && found.header().endOffset() == endOffset
                && found.header().logBytes() == disk.length(swap);
    }
}
