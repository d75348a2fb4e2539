package io.millrace.storage.engine;

import io.millrace.protocol.record.RecordBatchScanner;
import io.millrace.storage.LogIdentity;
import io.millrace.storage.StorageFailure;
import io.millrace.storage.checkpoint.LogRow;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import io.millrace.storage.epoch.EpochOrderException;
import io.millrace.storage.log.DerivedState;
import io.millrace.storage.log.LogSegments;
import io.millrace.storage.log.LogStart;
import io.millrace.storage.log.SegmentRow;
import io.millrace.storage.segment.ActiveSegment;
import io.millrace.storage.segment.BatchMemory;
import io.millrace.storage.segment.ScanOutcome;
import io.millrace.storage.segment.Segment;
import io.millrace.storage.segment.SegmentDamagedException;
import io.millrace.storage.segment.SegmentFiles;
import io.millrace.storage.segment.SegmentNames;
import io.millrace.storage.segment.SegmentScan;
import io.millrace.storage.segment.SegmentSwap;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings the files of one log to what checkpoint and journal say, and tells how the log begins. Boot thread; blocks.
 *
 * <p>Idempotent: until the new checkpoint is in force, everything it removes is either above the checkpointed length or taken
 * back by a record that is still in the journal, so a crash here is followed by the same work on the same input.
 */
final class LogRecovery {

    private final Disk disk;
    private final Path directory;
    private final StateReplay replay;
    private final long rollBytes;
    private final boolean syncedTogether;
    private String finding = "";

    /** @param syncedTogether the caller syncs the whole file system after the last log, so what is written is not synced by file */
    LogRecovery(Disk disk, Path directory, StateReplay replay, long rollBytes, boolean syncedTogether) {
        this.disk = disk;
        this.directory = directory;
        this.replay = replay;
        this.rollBytes = rollBytes;
        this.syncedTogether = syncedTogether;
    }

    /** Removes what a deleted log left. */
    void delete(RecoveringLog log) throws DiskException {
        PartitionFolder.delete(disk, PartitionFolder.of(directory, log.identity()), log.identity());
    }

    /** @param logId that the log has from now on */
    LogStart recover(RecoveringLog log, int logId) throws DiskException {
        Path folder = PartitionFolder.of(directory, log.identity());
        boolean hasFolder =
                disk.exists(folder) && log.identity().topicId().equals(PartitionFolder.topicId(disk, folder));
        log.replayed();
        finding = log.damage();
        boolean hadSegments = log.row() != null && log.row().segmentBaseOffset() >= 0 && !log.isReset();
        if (!hasFolder && !hadSegments && log.hasExtents()) {
            // Before keep(), which clears it of what a start that was cut off left there.
            makeFolder(folder, log.identity());
            hasFolder = true;
        }
        List<SegmentRow> rows = new ArrayList<>();
        if (hasFolder) {
            try {
                keep(log, folder, rows);
            } catch (DiskException e) {
                finding = damageOf(e);
            }
        } else if (hadSegments && log.row() != null) {
            finding = "the folder " + folder + " is missing; its segments were synced up to offset "
                    + log.row().segmentEndOffset();
        }
        long segmentEnd = rows.isEmpty() ? log.keptEnd() : rows.getLast().endOffset();
        DerivedState state;
        try {
            state = replay.rebuild(folder, rows, usableSnapshot(log, segmentEnd), segmentEnd);
        } catch (DiskException e) {
            finding = damageOf(e);
            state = replay.empty();
        } catch (EpochOrderException e) {
            finding = "segments in " + folder + " hold epochs out of order: " + e.getMessage();
            state = replay.empty();
        }
        if (!log.extents().isEmpty()) {
            if (!hasFolder) {
                makeFolder(folder, log.identity());
                hasFolder = true;
            }
            write(log, folder, rows, state);
            segmentEnd = rows.getLast().endOffset();
        }
        state.observers().logStartMovedTo(log.logStartOffset());
        SegmentRow last = rows.isEmpty() ? null : rows.getLast();
        // A log whose segments all went keeps what it knows of epochs and producers here alone.
        LogRow.Snapshot snapshot = last == null && state.epochs().latestEpoch() < 0
                ? null
                : new LogRow.Snapshot(
                        segmentEnd,
                        last == null ? -1 : last.baseOffset(),
                        List.copyOf(state.observers().sealed()));
        LogRow row = log.row();
        return new LogStart(
                log.identity(),
                logId,
                folder,
                hasFolder,
                new LogSegments(rows),
                state,
                log.logStartOffset(),
                Math.max(segmentEnd, log.logStartOffset()),
                // The row may know a reset later than those that the journal still has.
                row == null || log.isReset() ? log.logStartOffset() : row.highWatermark(),
                snapshot,
                finding.isEmpty() ? null : new StorageFailure(readOnly(log, finding), false));
    }

    private void makeFolder(Path folder, LogIdentity identity) throws DiskException {
        if (syncedTogether) {
            PartitionFolder.makeUnsynced(disk, folder, identity);
        } else {
            PartitionFolder.make(disk, folder, identity);
        }
    }

    /** A message from an earlier start says it already. */
    private static String readOnly(RecoveringLog log, String finding) {
        String prefix = log.identity() + " is read-only: ";
        return finding.startsWith(prefix) ? finding : prefix + finding;
    }

    /**
     * A log whose folder went to a newer topic of the same name while the start brought that one's batches into segments: its
     * own delete was under way and is not durable. Its files are kept aside and it is read-only until it is deleted again.
     */
    LogStart unlessPutAside(LogStart start) throws DiskException {
        LogIdentity identity = start.identity();
        boolean keeps = !start.hasFolder() || identity.topicId().equals(PartitionFolder.topicId(disk, start.folder()));
        if (keeps) {
            return start;
        }
        return new LogStart(
                identity,
                start.logId(),
                start.folder(),
                false,
                new LogSegments(),
                replay.empty(),
                start.logStartOffset(),
                start.endOffset(),
                start.highWatermark(),
                null,
                new StorageFailure(
                        identity + " is read-only: a newer topic of the same name has its folder; delete it again",
                        false));
    }

    /** Damage is a finding about one log; anything else stops the start. */
    static String damageOf(DiskException failure) throws DiskException {
        if (failure.getCause() instanceof SegmentDamagedException
                || SegmentFault.isCauseOf(failure)
                || failure.kind() == DiskException.Kind.NOT_FOUND) {
            return String.valueOf(failure.getMessage());
        }
        throw failure;
    }

    private static LogRow.@Nullable Snapshot usableSnapshot(RecoveringLog log, long segmentEnd) {
        LogRow row = log.row();
        LogRow.Snapshot snapshot = row == null || log.isReset() ? null : row.snapshot();
        return snapshot == null || snapshot.offset() > segmentEnd ? null : snapshot;
    }

    /** Leaves exactly the segments that count, at the length that counts, and describes them. */
    private void keep(RecoveringLog log, Path folder, List<SegmentRow> rows) throws DiskException {
        List<Long> bases = SegmentFiles.baseOffsets(SegmentSwap.recover(disk, folder));
        LogRow row = log.row();
        long lastBase = row == null || log.isReset() ? -1 : row.segmentBaseOffset();
        // Removed below the log start before a checkpoint knew of the next segment: nothing in it can be missed.
        boolean gone = lastBase >= 0
                && !bases.contains(lastBase)
                && row != null
                && log.logStartOffset() >= row.segmentEndOffset();
        List<Long> kept = new ArrayList<>();
        for (long base : bases) {
            if (gone || base > lastBase || (log.isCut() && base >= log.keptEnd())) {
                SegmentFiles.markDeleted(disk, folder, base);
            } else {
                kept.add(base);
            }
        }
        while (kept.size() > 1 && kept.get(1) <= log.logStartOffset()) {
            SegmentFiles.markDeleted(disk, folder, kept.removeFirst());
        }
        if (kept.size() < bases.size()) {
            SegmentFiles.removeLeftOvers(disk, folder);
        }
        boolean missing = lastBase >= 0 && !gone && !log.isCut() && (kept.isEmpty() || kept.getLast() != lastBase);
        for (int i = 0; i < kept.size(); i++) {
            long base = kept.get(i);
            if (i < kept.size() - 1 || missing) {
                long end = i < kept.size() - 1 ? kept.get(i + 1) : lastBase;
                rows.add(found(folder, base, end, disk.length(SegmentNames.log(folder, base)), true));
            } else if (row != null) {
                SegmentRow last = keepLast(log, row, folder, base);
                if (last != null) {
                    rows.add(last);
                } else {
                    SegmentFiles.markDeleted(disk, folder, base);
                    SegmentFiles.removeLeftOvers(disk, folder);
                }
            }
        }
        if (missing) {
            throw new SegmentFault(folder, 0, "segment " + lastBase + " is missing").asDiskException();
        }
    }

    /** Null when nothing in it can be missed, and what followed it is gone. */
    private @Nullable SegmentRow keepLast(RecoveringLog log, LogRow row, Path folder, long base) throws DiskException {
        Path side = SegmentNames.side(folder, base);
        if (disk.exists(side)) {
            // Sealed after the checkpoint, or to be cut: it is written again.
            disk.delete(side);
        }
        Path path = SegmentNames.log(folder, base);
        long length = disk.length(path);
        if (log.isCut() || row.segmentBytes() == LogRow.TO_BE_CUT) {
            return cutLast(folder, base, path, length, log.keptEnd(), log.logStartOffset());
        }
        if (length < row.segmentBytes()) {
            return cutLast(folder, base, path, length, row.segmentEndOffset(), log.logStartOffset());
        }
        if (length > row.segmentBytes() && !isLeft(log)) {
            try (DiskFile file = disk.open(path)) {
                file.truncate(row.segmentBytes());
            }
        }
        return found(folder, base, row.segmentEndOffset(), row.segmentBytes(), false);
    }

    /**
     * Whether bytes behind the checkpointed length are what an earlier start left beside its finding. A damaged log takes no more
     * records, so there are none in the journal then; where there are, the log was damaged in use and they are the same batches.
     */
    private static boolean isLeft(RecoveringLog log) {
        return !log.damage().isEmpty() && !log.hasExtents();
    }

    /** Keeps the batches up to {@code endOffset}, exactly, whatever the length: an earlier start may have cut it already. */
    private @Nullable SegmentRow cutLast(
            Path folder, long base, Path path, long length, long endOffset, long logStartOffset) throws DiskException {
        try (DiskFile file = disk.open(path)) {
            long[] kept = {0, base};
            boolean[] beyond = {false};
            ScanOutcome outcome = SegmentScan.scan(file, 0, length, base, (batch, filePosition) -> {
                if (batch.nextOffset() <= endOffset) {
                    kept[0] = filePosition + batch.sizeBytes();
                    kept[1] = batch.nextOffset();
                } else {
                    beyond[0] = true;
                }
            });
            // Compaction leaves gaps: with a batch beyond the end nothing below it is missing.
            if (kept[1] < endOffset && !beyond[0] && logStartOffset >= endOffset) {
                // Removed below the log start with the segments behind it, whose removal alone outlived a power cut.
                return null;
            }
            if (kept[1] < endOffset && !beyond[0]) {
                // Not cut: what lies behind may be of use to whoever repairs it.
                finding = path + " is damaged at " + outcome.endPosition() + ": batches up to offset " + endOffset
                        + " were synced, good ones end at " + kept[1] + "; " + outcome.message();
            } else if (kept[0] < length) {
                file.truncate(kept[0]);
            }
            return found(folder, base, kept[1], kept[0], false);
        }
    }

    private SegmentRow found(Path folder, long base, long endOffset, long lengthBytes, boolean sealed)
            throws DiskException {
        Path index = SegmentNames.index(folder, base);
        int entries = !sealed && disk.exists(index) ? (int) (disk.length(index) / ActiveSegment.INDEX_ENTRY_BYTES) : 0;
        return new SegmentRow(
                new Segment(folder, base), endOffset, lengthBytes, entries, SegmentRow.UNKNOWN_TIME, sealed);
    }

    /**
     * Beside a finding the segments stay as they are: what lies behind their last good batch may be of use to whoever repairs
     * them, and a batch that does not follow must not look as if it did.
     */
    private void write(RecoveringLog log, Path folder, List<SegmentRow> rows, DerivedState state) throws DiskException {
        long firstOffset = log.extents().getFirst().fromOffset();
        try (ExtentWriter writer =
                new ExtentWriter(disk, folder, rollBytes, state, rows, firstOffset, !finding.isEmpty())) {
            for (RecoveringLog.Extent extent : log.extents()) {
                writer.write(read(extent));
            }
            String disagreement = writer.finish(!syncedTogether);
            if (!disagreement.isEmpty()) {
                finding = disagreement;
            }
        }
    }

    /** The batches of an extent that lie within its offsets. */
    private static ByteBuffer read(RecoveringLog.Extent extent) throws DiskException {
        ByteBuffer bytes = BatchMemory.allocate(extent.sizeBytes());
        extent.file().read(extent.filePosition(), bytes);
        bytes.flip();
        RecordBatchScanner scanner = new RecordBatchScanner();
        scanner.reset(bytes, 0, bytes.limit());
        int from = bytes.limit();
        int to = 0;
        while (scanner.next()) {
            if (scanner.batch().baseOffset() >= extent.fromOffset()
                    && scanner.batch().nextOffset() <= extent.toOffset()) {
                from = Math.min(from, scanner.batch().position());
                to = scanner.batch().endPosition();
            }
        }
        return from < to ? bytes.limit(to).position(from) : bytes.position(bytes.limit());
    }
}
