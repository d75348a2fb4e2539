package io.millrace.storage.compaction;

import io.millrace.protocol.record.CorruptBatchException;
import io.millrace.protocol.record.RecordBatchView;
import io.millrace.protocol.record.RecordCursor;
import io.millrace.storage.LogConfig;
import io.millrace.storage.compaction.CompactionRules.Group;
import io.millrace.storage.compaction.CompactionRules.Source;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import io.millrace.storage.observer.SideSection;
import io.millrace.storage.segment.CleanedSegment;
import io.millrace.storage.segment.ScanOutcome;
import io.millrace.storage.segment.SegmentDamagedException;
import io.millrace.storage.segment.SegmentNames;
import io.millrace.storage.segment.SegmentScan;
import io.millrace.storage.segment.SideFile;
import io.millrace.storage.segment.WriteOutcome;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One compaction of one log, in steps of bounded size. Each step is a job on the I/O pool; the next begins after its outcome
 * has reached the loop, so the pass has one owner at a time.
 *
 * <pre>
 *   INDEX   read the dirty segments, note each key's last offset, until the end of the range or of the map's room
 *   WRITE   group by group: read its segments, write what stays to a {@link CleanedSegment}  -> Ready, swap, go on
 *   DONE
 * </pre>
 *
 * A map that is full ends the range of this pass early; what is left is dirty still and the next pass begins there. The last
 * batch of every group stays, as a header if need be, so that a segment always ends where the next begins.
 */
public final class CompactionPass implements AutoCloseable {

    private static final int COMPACTED_END_VERSION = 1;

    /**
     * What to compact.
     *
     * @param sources sealed segments from the log start on, up to {@code dirtyTo}
     * @param dirtyFrom first offset that goes into the map
     * @param dirtyTo exclusive end of the range
     * @param kept batches whose headers stay
     * @param nowMs wall clock
     */
    @SuppressWarnings("ArrayRecordComponent") // searched, never compared
    public record Plan(
            Path folder,
            List<Source> sources,
            long dirtyFrom,
            long dirtyTo,
            KeptBatches kept,
            LogConfig config,
            long nowMs) {}

    /** What came of a step; {@code movedBytes} were read and written. */
    public sealed interface Step {

        long readBytes();

        long writtenBytes();

        /** There is more to do. */
        record More(long readBytes, long writtenBytes) implements Step {}

        /** A group's new segment is complete and synced. It may take the place of the old ones before the next step. */
        record Ready(long readBytes, long writtenBytes, Group group, WriteOutcome outcome, long compactedEnd)
                implements Step {}

        /** All groups are done. */
        record Done(long readBytes, long writtenBytes, long compactedEnd) implements Step {}
    }

    private final Disk disk;
    private final Plan plan;
    private final OffsetMap map;
    private final RecordCursor cursor = new RecordCursor();
    private final BatchFilter filter;
    private List<Group> groups = List.of();
    private int nextIndexed;
    private int nextGroup;
    private int nextSource;
    private boolean indexed;
    // Whether a batch is read through before its keys are noted.
    private boolean looksFirst;
    private @Nullable DiskFile source;
    private @Nullable SegmentScan scan;
    private @Nullable CleanedSegment target;
    private long readBytes;
    private long writtenBytes;
    private boolean closed;

    /** @param map taken over: closed with the pass */
    public CompactionPass(Disk disk, Plan plan, OffsetMap map) {
        this.disk = disk;
        this.plan = plan;
        this.map = map;
        this.filter = new BatchFilter(map, plan.nowMs, plan.config.compaction().deleteRetentionMs());
    }

    /** Records that did not stay so far. */
    public long droppedRecords() {
        return filter.droppedRecords();
    }

    /**
     * Goes on.
     *
     * @param budgetBytes to read and write before the step ends; a batch more at most
     */
    public Step step(int budgetBytes) throws DiskException {
        readBytes = 0;
        writtenBytes = 0;
        while (readBytes + writtenBytes < budgetBytes) {
            if (!indexed) {
                indexNext();
            } else if (nextGroup == groups.size()) {
                return new Step.Done(readBytes, writtenBytes, compactedEnd());
            } else {
                Step ready = writeNext(groups.get(nextGroup));
                if (ready != null) {
                    return ready;
                }
            }
        }
        return new Step.More(readBytes, writtenBytes);
    }

    /** Everything below was compacted when the pass is done. */
    private long compactedEnd() {
        return Math.min(plan.dirtyTo, map.latestOffset() + 1);
    }

    private void indexNext() throws DiskException {
        SegmentScan open = scan;
        if (open == null) {
            while (nextIndexed < plan.sources.size()
                    && plan.sources.get(nextIndexed).endOffset() <= plan.dirtyFrom) {
                nextIndexed++;
            }
            if (nextIndexed == plan.sources.size()) {
                map.coveredTo(plan.dirtyTo - 1);
                indexed();
                return;
            }
            open = openSource(plan.sources.get(nextIndexed));
        }
        RecordBatchView batch = nextBatch(open);
        if (batch == null) {
            closeSource();
            nextIndexed++;
        } else if (batch.nextOffset() > plan.dirtyFrom && !index(batch)) {
            closeSource();
            indexed();
        }
    }

    private void indexed() {
        indexed = true;
        List<Source> below = new ArrayList<>();
        for (Source each : plan.sources) {
            if (each.baseOffset() < compactedEnd()) {
                below.add(each);
            }
        }
        groups = CompactionRules.groups(below, plan.config);
    }

    /** False when the map has no room for one of its keys; what came before is covered. */
    private boolean index(RecordBatchView batch) throws DiskException {
        if (BatchFilter.isSubject(batch) && batch.recordCount() > 0 && (!looksFirst || isReadable(batch))) {
            try {
                cursor.reset(batch);
                while (cursor.next()) {
                    long offset = offsetIn(batch);
                    ByteBuffer key = cursor.record().key();
                    if (offset >= plan.dirtyFrom && key != null && !map.put(key, offset)) {
                        map.coveredTo(offset - 1);
                        return false;
                    }
                }
            } catch (CorruptBatchException e) {
                indexAnew();
                return true;
            }
        }
        map.coveredTo(batch.lastOffset());
        return true;
    }

    /** A batch that does not read supersedes nothing, and some of its keys are in the map: from here on each is read first. */
    private void indexAnew() throws DiskException {
        looksFirst = true;
        map.clear();
        closeSource();
        nextIndexed = 0;
    }

    private boolean isReadable(RecordBatchView batch) {
        try {
            cursor.reset(batch);
            while (cursor.next()) {
                offsetIn(batch);
            }
            return true;
        } catch (CorruptBatchException e) {
            return false;
        }
    }

    private long offsetIn(RecordBatchView batch) {
        long offset = cursor.record().offset();
        if (offset < batch.baseOffset() || offset > batch.lastOffset()) {
            throw new CorruptBatchException("a record at offset " + offset + " in " + batch);
        }
        return offset;
    }

    private @Nullable Step writeNext(Group group) throws DiskException {
        CleanedSegment out = target;
        if (out == null) {
            out = CleanedSegment.create(disk, plan.folder, group.baseOffset(), plan.config.indexIntervalBytes());
            target = out;
            nextSource = 0;
        }
        SegmentScan open = scan;
        if (open == null) {
            open = openSource(group.sources().get(nextSource));
        }
        RecordBatchView batch = nextBatch(open);
        if (batch != null) {
            boolean last = open.isAtEnd() && nextSource == group.sources().size() - 1;
            write(batch, last, out);
            return null;
        }
        closeSource();
        if (++nextSource < group.sources().size()) {
            return null;
        }
        long cleanEnd = Math.min(group.endOffset(), compactedEnd());
        WriteOutcome outcome = out.finish(sections(group.sources().getLast(), cleanEnd), group.endOffset());
        target = null;
        out.close();
        nextGroup++;
        return new Step.Ready(readBytes, writtenBytes, group, outcome, cleanEnd);
    }

    private void write(RecordBatchView batch, boolean last, CleanedSegment out) throws DiskException {
        boolean placeNeeded = last || (batch.hasProducerId() && plan.kept.has(batch.lastOffset()));
        long before = out.lengthBytes();
        switch (filter.filter(batch, placeNeeded)) {
            case KEPT -> out.append(batch.buffer(), batch.position());
            case REWRITTEN, EMPTIED -> out.append(filter.rewritten(), 0);
            case DROPPED -> {
                // Nothing of it stays.
            }
        }
        writtenBytes += out.lengthBytes() - before;
    }

    /** What the observers knew at the end of the last source is true of the new segment; its index is another one. */
    private List<SideSection> sections(Source last, long cleanEnd) throws DiskException {
        List<SideSection> sections = new ArrayList<>();
        SideFile side = SideFile.read(disk, plan.folder, last.baseOffset());
        List<SideSection> known = side == null ? null : side.sections(disk);
        if (known != null) {
            for (SideSection section : known) {
                if (section.type() != SideSection.COMPACTED_END) {
                    sections.add(section);
                }
            }
        }
        ByteBuffer end = ByteBuffer.allocate(Long.BYTES).putLong(cleanEnd).flip();
        sections.add(new SideSection(SideSection.COMPACTED_END, COMPACTED_END_VERSION, end));
        return sections;
    }

    /** Up to which offset a segment was compacted, by its {@code .side} file; -1 when it was not, or that cannot be told. */
    public static long compactedEnd(@Nullable List<SideSection> sections) {
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

    private SegmentScan openSource(Source from) throws DiskException {
        DiskFile opened = disk.open(SegmentNames.log(plan.folder, from.baseOffset()));
        source = opened;
        SegmentScan started = SegmentScan.from(opened, 0, from.lengthBytes(), from.baseOffset());
        scan = started;
        return started;
    }

    private @Nullable RecordBatchView nextBatch(SegmentScan open) throws DiskException {
        RecordBatchView batch = open.next();
        if (batch != null) {
            readBytes += batch.sizeBytes();
            return batch;
        }
        ScanOutcome outcome = open.outcome();
        if (outcome.stop() != ScanOutcome.Stop.END) {
            throw SegmentDamagedException.at(path(), outcome.endPosition(), outcome.message());
        }
        return null;
    }

    private Path path() {
        DiskFile open = source;
        return open == null ? plan.folder : open.path();
    }

    private void closeSource() throws DiskException {
        DiskFile open = source;
        source = null;
        scan = null;
        if (open != null) {
            open.close();
        }
    }

    /** Ends the pass wherever it is and removes what it has written and not handed over. On the pool, no step under way. */
    public void abandon() throws DiskException {
        CleanedSegment out = target;
        target = null;
        try {
            close();
        } finally {
            if (out != null) {
                out.close();
                CleanedSegment.remove(disk, plan.folder, out.baseOffset());
            }
        }
    }

    @Override
    public void close() throws DiskException {
        if (closed) {
            return;
        }
        closed = true;
        map.close();
        cursor.close();
        filter.close();
        closeSource();
    }
}
