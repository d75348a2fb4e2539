package io.millrace.storage.compaction;

import io.millrace.protocol.record.RecordBatchView;
import io.millrace.storage.compaction.BatchFilter.Verdict;
import io.millrace.storage.compaction.CompactionRules.Group;
import io.millrace.storage.compaction.CompactionRules.Source;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.observer.SideSection;
import io.millrace.storage.segment.CleanedSegment;
import io.millrace.storage.segment.SideFile;
import io.millrace.storage.segment.WriteOutcome;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a pass does to one group of segments, batch by batch. Owned by the pass.
 *
 * <pre>
 *   several segments  ------------------------------------------------> WRITING --all read--> Rewritten
 *   one segment       --> CHECKING --a batch changes, from there on---> WRITING
 *                            |-------its .side file is of no use------> WRITING
 *                            |-------nothing changes------------------> Kept, with a new .side file beside its own if need be
 * </pre>
 *
 * Segments of a group are always written anew, whatever is in them: put together they are one, and next time a lone one. So
 * nothing is put together twice, and a segment that keeps all its records is only read.
 */
final class GroupCompaction {

    private static final int COMPACTED_END_VERSION = 1;

    /** What became of the group. */
    sealed interface Left {

        /** A new segment is complete and synced. */
        record Rewritten(WriteOutcome outcome) implements Left {}

        /** The one segment stays; {@code marked} when a {@code .side} file that says how far it was compacted waits beside it. */
        record Kept(boolean marked) implements Left {}
    }

    private final Disk disk;
    private final CompactionPass.Plan plan;
    private final Group group;
    private final long cleanEnd;
    private final BatchFilter filter;
    private final PassBuffers buffers;
    private boolean checking;
    // Batches of the first source below this position stay as they are; known from the check.
    private long unchangedBytes;
    private int sourceIndex;
    private @Nullable SourceScan open;
    private @Nullable CleanedSegment target;
    private long readBytes;
    private long writtenBytes;
    private long droppedRecords;

    /** @param cleanEnd everything below will have been compacted */
    GroupCompaction(
            Disk disk, CompactionPass.Plan plan, Group group, long cleanEnd, BatchFilter filter, PassBuffers buffers) {
        this.disk = disk;
        this.plan = plan;
        this.group = group;
        this.cleanEnd = Math.min(group.endOffset(), cleanEnd);
        this.filter = filter;
        this.buffers = buffers;
        this.checking = group.sources().size() == 1;
    }

    Group group() {
        return group;
    }

    /** Everything of the group below was compacted when this is done. */
    long cleanEnd() {
        return cleanEnd;
    }

    long readBytes() {
        return readBytes;
    }

    long writtenBytes() {
        return writtenBytes;
    }

    /** Records that did not stay so far. */
    long droppedRecords() {
        return droppedRecords;
    }

    /** Goes on by a batch; null when there is more to do. */
    @Nullable
    Left next() throws DiskException {
        return checking ? check() : write();
    }

    private @Nullable Left check() throws DiskException {
        SourceScan from = source();
        long at = from.filePosition();
        RecordBatchView batch = from.next();
        if (batch != null) {
            readBytes += batch.sizeBytes();
            if (filter(batch, from) != Verdict.KEPT) {
                unchangedBytes = at;
                checking = false;
                closeSource();
            }
            return null;
        }
        unchangedBytes = from.filePosition();
        checking = false;
        closeSource();
        return keep();
    }

    /** Null when the segment has to be written anew because of its {@code .side} file. */
    private Left.@Nullable Kept keep() throws DiskException {
        Source source = group.sources().getFirst();
        SideFile side = SideFile.read(disk, plan.folder(), source.baseOffset());
        if (side == null
                || side.header().endOffset() != source.endOffset()
                || side.header().logBytes() != source.lengthBytes()) {
            return null;
        }
        if (compactedEnd(side.sections(disk)) >= cleanEnd) {
            return new Left.Kept(false);
        }
        return CleanedSegment.writeSide(disk, plan.folder(), side, mark()) ? new Left.Kept(true) : null;
    }

    private @Nullable Left write() throws DiskException {
        CleanedSegment out = target;
        if (out == null) {
            out = CleanedSegment.create(
                    disk, plan.folder(), group.baseOffset(), plan.config().indexIntervalBytes(), buffers.outgoing());
            target = out;
        }
        SourceScan from = source();
        RecordBatchView batch = from.next();
        if (batch != null) {
            readBytes += batch.sizeBytes();
            write(batch, from, out);
            return null;
        }
        closeSource();
        if (++sourceIndex < group.sources().size()) {
            return null;
        }
        WriteOutcome outcome = out.finish(sections(group.sources().getLast()), group.endOffset());
        target = null;
        out.close();
        return new Left.Rewritten(outcome);
    }

    private void write(RecordBatchView batch, SourceScan from, CleanedSegment out) throws DiskException {
        long before = out.lengthBytes();
        if (sourceIndex == 0 && from.filePosition() <= unchangedBytes) {
            out.append(batch.buffer(), batch.position());
        } else {
            long droppedBefore = filter.droppedRecords();
            switch (filter(batch, from)) {
                case KEPT -> out.append(batch.buffer(), batch.position());
                case REWRITTEN, EMPTIED -> out.append(filter.rewritten(), 0);
                case DROPPED -> {
                    // Nothing of it stays.
                }
            }
            droppedRecords += filter.droppedRecords() - droppedBefore;
        }
        writtenBytes += out.lengthBytes() - before;
    }

    private Verdict filter(RecordBatchView batch, SourceScan from) {
        boolean last = from.isAtEnd() && sourceIndex == group.sources().size() - 1;
        boolean placeNeeded = last || (batch.hasProducerId() && plan.kept().has(batch.lastOffset()));
        return filter.filter(batch, placeNeeded);
    }

    /** What the observers knew at the end of the last source is true of the new segment; its index is another one. */
    private List<SideSection> sections(Source last) throws DiskException {
        List<SideSection> sections = new ArrayList<>();
        SideFile side = SideFile.read(disk, plan.folder(), last.baseOffset());
        List<SideSection> known = side == null ? null : side.sections(disk);
        if (known != null) {
            for (SideSection section : known) {
                if (section.type() != SideSection.COMPACTED_END) {
                    sections.add(section);
                }
            }
        }
        sections.add(mark());
        return sections;
    }

    private SideSection mark() {
        ByteBuffer end = ByteBuffer.allocate(Long.BYTES).putLong(cleanEnd).flip();
        return new SideSection(SideSection.COMPACTED_END, COMPACTED_END_VERSION, end);
    }

    /** Up to which offset a segment was compacted, by its {@code .side} file; -1 when it was not, or that cannot be told. */
    static long compactedEnd(@Nullable List<SideSection> sections) {
        if (sections != null) {
            for (SideSection section : sections) {
                if (section.type() == SideSection.COMPACTED_END
                        && section.version() == COMPACTED_END_VERSION
                        && section.sizeBytes() == Long.BYTES) {
                    return section.payload().getLong();
                }
            }
        }
        return -1;
    }

    private SourceScan source() throws DiskException {
        SourceScan known = open;
        if (known == null) {
            known = SourceScan.open(disk, plan.folder(), group.sources().get(sourceIndex), buffers.window());
            open = known;
        }
        return known;
    }

    private void closeSource() throws DiskException {
        SourceScan known = open;
        open = null;
        if (known != null) {
            known.close();
        }
    }

    /** Closes what is open and removes a segment that is not complete. */
    void abandon() throws DiskException {
        CleanedSegment out = target;
        target = null;
        try {
            closeSource();
        } finally {
            if (out != null) {
                out.close();
                CleanedSegment.remove(disk, plan.folder(), out.baseOffset());
            }
        }
    }
}
