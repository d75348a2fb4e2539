package io.millrace.storage.engine;

import io.millrace.protocol.record.RecordBatchView;
import io.millrace.runtime.Clock;
import io.millrace.storage.checkpoint.LogRow;
import io.millrace.storage.compaction.CompactionPass;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import io.millrace.storage.log.DerivedState;
import io.millrace.storage.log.SegmentRow;
import io.millrace.storage.observer.ObserverChain;
import io.millrace.storage.observer.SideSection;
import io.millrace.storage.producer.ProducerLimits;
import io.millrace.storage.segment.LocatedRange;
import io.millrace.storage.segment.OpenSegment;
import io.millrace.storage.segment.ScanOutcome;
import io.millrace.storage.segment.SegmentNames;
import io.millrace.storage.segment.SegmentScan;
import io.millrace.storage.segment.SegmentScrub;
import io.millrace.storage.segment.SideFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Computes what is derived from a log's batches: from the newest snapshot, side file, or the first segment, then by scanning
 * what lies behind. Blocks: on a lane, or at start. What it makes belongs to the caller.
 */
final class StateReplay {

    private final Disk disk;
    private final ProducerLimits limits;
    private final Clock clock;

    StateReplay(Disk disk, ProducerLimits limits, Clock clock) {
        this.disk = disk;
        this.limits = limits;
        this.clock = clock;
    }

    DerivedState empty() {
        return DerivedState.empty(limits, clock);
    }

    /**
     * The state of a log that ends at {@code endOffset}, which segments hold. The log start is the caller's to tell, once it has
     * added what follows: that may begin below the log start.
     *
     * @throws DiskException of kind FAILED when a segment is damaged
     */
    DerivedState rebuild(Path folder, List<SegmentRow> segments, LogRow.@Nullable Snapshot snapshot, long endOffset)
            throws DiskException {
        DerivedState state = empty();
        long from = restore(folder, segments, snapshot, endOffset, state);
        for (SegmentRow segment : segments) {
            if (segment.endOffset() > from && segment.baseOffset() < endOffset) {
                from = Math.max(from, replay(folder, segment, from, endOffset, state));
            }
        }
        return state;
    }

    /**
     * What the scrubber makes a segment's {@code .side} file from.
     *
     * @param segments of the log that lie below
     * @param row of the segment
     * @param above the others, rising
     */
    SegmentScrub.Below below(Path folder, List<SegmentRow> segments, SegmentRow row, List<SegmentRow> above) {
        return new SegmentScrub.Below() {
            @Override
            public boolean isKnown() throws DiskException {
                if (segments.isEmpty()) {
                    return true;
                }
                SideFile side = SideFile.read(disk, folder, segments.getLast().baseOffset());
                List<SideSection> sections = side == null ? null : side.sections(disk);
                return sections != null && empty().observers().restored(sections);
            }

            @Override
            public SegmentScrub.Carried carry() throws DiskException {
                ObserverChain observers =
                        rebuild(folder, segments, null, row.baseOffset()).observers();
                return new SegmentScrub.Carried() {
                    @Override
                    public void add(RecordBatchView batch) {
                        observers.appended(batch, batch.baseOffset(), batch.partitionLeaderEpoch());
                    }

                    @Override
                    public List<SideSection> sections() throws DiskException {
                        List<SideSection> sections = new ArrayList<>(observers.sealed());
                        SideSection compacted = compacted(folder, row.endOffset(), above);
                        if (compacted != null) {
                            sections.add(compacted);
                        }
                        return sections;
                    }
                };
            }
        };
    }

    /**
     * That all below an offset was compacted, if a segment above knows it. Without that the whole log would be compacted again,
     * from here on.
     */
    private @Nullable SideSection compacted(Path folder, long endOffset, List<SegmentRow> above) throws DiskException {
        for (SegmentRow row : above) {
            SideFile side = row.sealed() ? SideFile.read(disk, folder, row.baseOffset()) : null;
            List<SideSection> sections = side == null ? null : side.sections(disk);
            if (sections == null) {
                continue;
            }
            for (SideSection section : sections) {
                if (section.type() == SideSection.COMPACTED_END
                        && CompactionPass.compactedEnd(List.of(section)) >= endOffset) {
                    ByteBuffer end =
                            ByteBuffer.allocate(Long.BYTES).putLong(endOffset).flip();
                    return new SideSection(SideSection.COMPACTED_END, section.version(), end);
                }
            }
            return null;
        }
        return null;
    }

    /** Restores from the newest usable memory; returns the offset that it stands for. */
    private long restore(
            Path folder,
            List<SegmentRow> segments,
            LogRow.@Nullable Snapshot snapshot,
            long endOffset,
            DerivedState state)
            throws DiskException {
        long snapshotOffset = snapshot == null || snapshot.offset() > endOffset ? -1 : snapshot.offset();
        for (int i = segments.size() - 1; i >= 0; i--) {
            SegmentRow segment = segments.get(i);
            if (snapshot != null && snapshotOffset >= segment.endOffset()) {
                break;
            }
            if (!segment.sealed() || segment.endOffset() > endOffset) {
                continue;
            }
            SideFile side = SideFile.read(disk, folder, segment.baseOffset());
            List<SideSection> sections = side == null ? null : side.sections(disk);
            if (side != null && sections != null && state.observers().restored(sections)) {
                return side.header().endOffset();
            }
        }
        if (snapshot != null && snapshotOffset >= 0 && state.observers().restored(snapshot.sections())) {
            return snapshotOffset;
        }
        return segments.isEmpty() ? endOffset : segments.getFirst().baseOffset();
    }

    private long replay(Path folder, SegmentRow segment, long from, long endOffset, DerivedState state)
            throws DiskException {
        long position = 0;
        if (from > segment.baseOffset()) {
            OpenSegment open = OpenSegment.open(disk, folder, segment.baseOffset(), StateReplay::closeNow);
            try {
                LocatedRange range =
                        open.locate(from, segment.endOffset(), 1, true, segment.lengthBytes(), segment.indexEntries());
                position = range.sizeBytes() == 0 ? segment.lengthBytes() : range.filePosition();
            } finally {
                open.release();
            }
        }
        try (DiskFile log = disk.open(SegmentNames.log(folder, segment.baseOffset()))) {
            ScanOutcome outcome = SegmentScan.scan(
                    log, position, segment.lengthBytes(), segment.baseOffset(), (batch, filePosition) -> {
                        if (batch.baseOffset() >= from && batch.nextOffset() <= endOffset) {
                            state.observers().appended(batch, batch.baseOffset(), batch.partitionLeaderEpoch());
                        }
                    });
            if (outcome.stop() != ScanOutcome.Stop.END) {
                throw new SegmentFault(log.path(), outcome.endPosition(), outcome.message()).asDiskException();
            }
            return outcome.endOffset();
        }
    }

    /** Where the batch that holds {@code offset} begins; where the last one before it ends, when none holds it. */
    long batchHolding(SegmentRow segment, long offset) throws DiskException {
        if (offset >= segment.endOffset()) {
            return offset;
        }
        OpenSegment open =
                OpenSegment.open(disk, segment.segment().directory(), segment.baseOffset(), StateReplay::closeNow);
        try {
            LocatedRange range =
                    open.locate(offset, segment.endOffset(), 1, true, segment.lengthBytes(), segment.indexEntries());
            if (range.sizeBytes() == 0) {
                return offset;
            }
            return range.baseOffset() <= offset ? range.baseOffset() : endBefore(segment, range.filePosition());
        } finally {
            open.release();
        }
    }

    /** Compaction took the batch that held the offset: the end of the last one before the gap. */
    private long endBefore(SegmentRow segment, long filePosition) throws DiskException {
        Path path = SegmentNames.log(segment.segment().directory(), segment.baseOffset());
        try (DiskFile file = disk.open(path)) {
            return SegmentScan.scan(file, 0, filePosition, segment.baseOffset(), (batch, position) -> {})
                    .endOffset();
        }
    }

    private static void closeNow(DiskFile file) {
        try {
            file.close();
        } catch (DiskException e) {
            // Only read from: nothing can be lost by a close that fails.
            return;
        }
    }
}
