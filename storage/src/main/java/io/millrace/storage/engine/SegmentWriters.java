package io.millrace.storage.engine;

import io.millrace.storage.TailSlice;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.SteadyWriteOut;
import io.millrace.storage.epoch.EpochOrderException;
import io.millrace.storage.log.FileOutcome;
import io.millrace.storage.log.FileWork;
import io.millrace.storage.segment.ActiveSegment;
import io.millrace.storage.segment.SegmentFiles;
import io.millrace.storage.segment.SegmentNames;
import io.millrace.storage.segment.SegmentScrub;
import io.millrace.storage.segment.SegmentSwap;
import io.millrace.storage.segment.WriteOutcome;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Carries out {@link FileWork}: the segments that are open for writing, and which of them hold bytes that are not synced.
 * Confined to the write-behind lane.
 */
final class SegmentWriters {

    private final Disk disk;
    private final Path directory;
    private final int maxOpen;
    private final int syncFileSystemFrom;
    private final StateReplay replay;
    // By log id, least recently written first.
    private final LinkedHashMap<Integer, ActiveSegment> open = new LinkedHashMap<>(16, 0.75f, true);
    private final LinkedHashMap<Integer, ActiveSegment> dirty = new LinkedHashMap<>();
    private final LinkedHashSet<Path> dirtyFolders = new LinkedHashSet<>();
    private final SteadyWriteOut writeOut = new SteadyWriteOut();

    SegmentWriters(Disk disk, Path directory, StorageConfig config, StateReplay replay) {
        this.disk = disk;
        this.directory = directory;
        this.maxOpen = config.segments().maxOpenWriters();
        this.syncFileSystemFrom = config.segments().syncFileSystemFrom();
        this.replay = replay;
    }

    FileOutcome run(FileWork work) throws DiskException {
        FileWork.Place place = work.place();
        return switch (work) {
            case FileWork.Write write -> write(place, write);
            case FileWork.Boundary boundary ->
                FileOutcome.at(replay.batchHolding(boundary.segment(), boundary.offset()));
            case FileWork.Cut cut -> cut(place, cut);
            case FileWork.Remove remove -> remove(place, remove.bases());
            case FileWork.Rebuild rebuild -> rebuild(place, rebuild);
            case FileWork.Swap swap -> {
                SegmentSwap.run(disk, place.folder(), swap.baseOffset(), swap.endOffset());
                yield FileOutcome.DONE;
            }
            case FileWork.MarkCompacted marked -> {
                SegmentSwap.placeSide(disk, place.folder(), marked.baseOffset());
                yield FileOutcome.DONE;
            }
            case FileWork.PlaceSide side -> {
                if (side.stands()) {
                    SegmentScrub.place(disk, place.folder(), side.segment().baseOffset());
                } else {
                    SegmentScrub.discard(disk, place.folder(), side.segment().baseOffset());
                }
                yield FileOutcome.DONE;
            }
            case FileWork.Delete delete -> delete(place);
        };
    }

    private FileOutcome rebuild(FileWork.Place place, FileWork.Rebuild rebuild) throws DiskException {
        try {
            return FileOutcome.of(
                    replay.rebuild(place.folder(), rebuild.segments(), rebuild.snapshot(), rebuild.endOffset()));
        } catch (EpochOrderException e) {
            // No CRC covers the leader epoch of a batch.
            throw new SegmentFault(place.folder(), 0, "epochs out of order: " + e.getMessage()).asDiskException();
        }
    }

    private FileOutcome write(FileWork.Place place, FileWork.Write write) throws DiskException {
        if (place.makeFolder()) {
            PartitionFolder.make(disk, place.folder(), place.identity());
        }
        FileWork.Sealing sealing = write.sealed();
        if (sealing != null) {
            ActiveSegment below =
                    writer(place, sealing.baseOffset(), sealing.lengthBytes(), write.indexIntervalBytes());
            below.seal(disk, sealing.sections());
            below.close();
            forget(place.logId());
        }
        if (write.slices().isEmpty()) {
            return FileOutcome.DONE;
        }
        ActiveSegment segment = writer(place, write.baseOffset(), write.lengthBytes(), write.indexIntervalBytes());
        ByteBuffer[] bytes = new ByteBuffer[write.slices().size()];
        for (int i = 0; i < bytes.length; i++) {
            TailSlice slice = write.slices().get(i);
            bytes[i] = slice.bytes();
        }
        dirty.put(place.logId(), segment);
        WriteOutcome outcome = segment.append(bytes);
        segment.carry(writeOut);
        return FileOutcome.of(outcome);
    }

    /** The open segment of a log at the length that the loop knows; whatever lies behind that was never relied on. */
    private ActiveSegment writer(FileWork.Place place, long baseOffset, long lengthBytes, int indexIntervalBytes)
            throws DiskException {
        ActiveSegment known = open.get(place.logId());
        if (known != null && known.baseOffset() == baseOffset && known.outcome().lengthBytes() == lengthBytes) {
            return known;
        }
        close(place.logId());
        Path log = SegmentNames.log(place.folder(), baseOffset);
        ActiveSegment opened;
        if (lengthBytes == 0) {
            if (disk.exists(log)) {
                // Left over from a write that failed, or that a crash cut off before its checkpoint.
                SegmentFiles.markDeleted(disk, place.folder(), baseOffset);
                SegmentFiles.removeLeftOvers(disk, place.folder());
            }
            opened = ActiveSegment.create(disk, place.folder(), baseOffset, indexIntervalBytes);
            dirtyFolders.add(place.folder());
        } else {
            opened = ActiveSegment.open(disk, place.folder(), baseOffset, lengthBytes, indexIntervalBytes);
        }
        open.put(place.logId(), opened);
        evict(place.logId());
        return opened;
    }

    private void evict(int keptLogId) throws DiskException {
        if (open.size() <= maxOpen) {
            return;
        }
        Iterator<Map.Entry<Integer, ActiveSegment>> oldest = open.entrySet().iterator();
        while (oldest.hasNext()) {
            Map.Entry<Integer, ActiveSegment> entry = oldest.next();
            if (entry.getKey() != keptLogId) {
                syncIfDirty(entry.getKey());
                oldest.remove();
                entry.getValue().close();
                return;
            }
        }
    }

    private void close(int logId) throws DiskException {
        ActiveSegment known = open.get(logId);
        if (known != null) {
            syncIfDirty(logId);
            open.remove(logId);
            known.close();
        }
    }

    /** It stays dirty when that fails: no checkpoint may take it for synced. */
    private void syncIfDirty(int logId) throws DiskException {
        ActiveSegment segment = dirty.get(logId);
        if (segment != null) {
            segment.sync();
            dirty.remove(logId);
        }
    }

    /** Sealing has synced and closed it. */
    private void forget(int logId) {
        open.remove(logId);
        dirty.remove(logId);
    }

    private FileOutcome cut(FileWork.Place place, FileWork.Cut cut) throws DiskException {
        removeAll(place, cut.removedBases());
        if (cut.cutBase() < 0) {
            return FileOutcome.DONE;
        }
        // A sealed segment is written again: its side file speaks of batches that go.
        Path side = SegmentNames.side(place.folder(), cut.cutBase());
        if (disk.exists(side)) {
            disk.delete(side);
        }
        ActiveSegment segment =
                writer(place, cut.cutBase(), cut.cutLengthBytes(), ActiveSegment.DEFAULT_INDEX_INTERVAL_BYTES);
        WriteOutcome outcome = segment.truncateTo(cut.endOffset());
        dirty.put(place.logId(), segment);
        return FileOutcome.of(outcome);
    }

    private FileOutcome remove(FileWork.Place place, List<Long> bases) throws DiskException {
        removeAll(place, bases);
        return FileOutcome.DONE;
    }

    private void removeAll(FileWork.Place place, List<Long> bases) throws DiskException {
        ActiveSegment known = open.get(place.logId());
        for (long base : bases) {
            if (known != null && known.baseOffset() == base) {
                dirty.remove(place.logId());
                close(place.logId());
            }
            SegmentFiles.markDeleted(disk, place.folder(), base);
        }
        if (!bases.isEmpty()) {
            SegmentFiles.removeLeftOvers(disk, place.folder());
        }
    }

    private FileOutcome delete(FileWork.Place place) throws DiskException {
        dirty.remove(place.logId());
        close(place.logId());
        PartitionFolder.delete(disk, place.folder(), place.identity());
        // It is there still when it belongs to a topic created since: the names of that one's segments are to be
        // synced.
        if (!disk.exists(place.folder())) {
            dirtyFolders.remove(place.folder());
        }
        return FileOutcome.DONE;
    }

    /** Makes everything written so far durable. A failure is final for the directory. */
    void sync() throws DiskException {
        if (dirty.size() + dirtyFolders.size() >= syncFileSystemFrom && disk.syncsFileSystems()) {
            disk.syncFileSystem(directory);
        } else {
            for (ActiveSegment segment : dirty.values()) {
                segment.sync();
            }
            for (Path folder : dirtyFolders) {
                disk.syncDirectory(folder);
            }
        }
        dirty.clear();
        dirtyFolders.clear();
    }

    void close() {
        List<ActiveSegment> segments = new ArrayList<>(open.values());
        open.clear();
        @Nullable DiskException first = null;
        for (ActiveSegment segment : segments) {
            try {
                segment.close();
            } catch (DiskException e) {
                first = first == null ? e : first;
            }
        }
    }
}
