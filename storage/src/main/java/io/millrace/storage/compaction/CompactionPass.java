package io.millrace.storage.compaction;

import io.millrace.protocol.record.CorruptBatchException;
import io.millrace.protocol.record.RecordBatchView;
import io.millrace.protocol.record.RecordCursor;
import io.millrace.storage.LogConfig;
import io.millrace.storage.compaction.CompactionRules.Group;
import io.millrace.storage.compaction.CompactionRules.Source;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.observer.SideSection;
import io.millrace.storage.segment.CleanedSegment;
import io.millrace.storage.segment.WriteOutcome;
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
 *           or, when a lone segment keeps all it has, only note that it was compacted        -> Ready, or nothing to do
 *   DONE
 * </pre>
 *
 * A map that is full ends the range of this pass early; what is left is dirty still and the next pass begins there. The last
 * batch of every group stays, as a header if need be, so that a segment always ends where the next begins.
 */
public final class CompactionPass implements AutoCloseable {

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

        /**
         * A group is done: what was written for it may take the place of the old files before the next step.
         *
         * @param outcome the new segment, complete and synced; null when the group is one segment that stays as it is and gets
         *     a new {@code .side} file only
         */
        record Ready(
                long readBytes,
                long writtenBytes,
                Group group,
                @Nullable WriteOutcome outcome,
                long compactedEnd) implements Step {}

        /** All groups are done. */
        record Done(long readBytes, long writtenBytes, long compactedEnd) implements Step {}
    }

    private final Disk disk;
    private final Plan plan;
    private final OffsetMap map;
    private final PassBuffers buffers;
    private final RecordCursor cursor = new RecordCursor();
    private final HashedKeys keys;
    private final BatchFilter filter;
    private List<Group> groups = List.of();
    private int nextIndexed;
    private int nextGroup;
    private boolean indexed;
    // Whether a batch is read through before its keys are noted.
    private boolean looksFirst;
    private @Nullable SourceScan scan;
    private @Nullable GroupCompaction current;
    private long readBytes;
    private long writtenBytes;
    private long droppedRecords;
    private boolean closed;

    /** @param map taken over: closed with the pass */
    public CompactionPass(Disk disk, Plan plan, OffsetMap map) {
        this.disk = disk;
        this.plan = plan;
        this.map = map;
        this.buffers = PassBuffers.of(plan.sources);
        this.keys = map.newKeys();
        this.filter = new BatchFilter(map, plan.nowMs, plan.config.compaction().deleteRetentionMs());
    }

    /** Records that did not stay, of all groups that are done. */
    public long droppedRecords() {
        return droppedRecords;
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
                Step ready = compactNext();
                if (ready != null) {
                    return ready;
                }
            }
        }
        return new Step.More(readBytes, writtenBytes);
    }

    /** Up to which offset a segment was compacted, by its {@code .side} file; -1 when it was not, or that cannot be told. */
    public static long compactedEnd(@Nullable List<SideSection> sections) {
        return GroupCompaction.compactedEnd(sections);
    }

    /** Everything below was compacted when the pass is done. */
    private long compactedEnd() {
        return Math.min(plan.dirtyTo, map.latestOffset() + 1);
    }

    private void indexNext() throws DiskException {
        SourceScan open = scan;
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
            open = SourceScan.open(disk, plan.folder, plan.sources.get(nextIndexed), buffers.window());
            scan = open;
        }
        RecordBatchView batch = open.next();
        if (batch == null) {
            closeSource();
            nextIndexed++;
            return;
        }
        readBytes += batch.sizeBytes();
        if (batch.nextOffset() > plan.dirtyFrom && !index(batch)) {
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
                if (!indexRecords(batch)) {
                    return false;
                }
            } catch (CorruptBatchException e) {
                indexAnew();
                return true;
            }
        }
        map.coveredTo(batch.lastOffset());
        return true;
    }

    private boolean indexRecords(RecordBatchView batch) {
        keys.clear();
        cursor.reset(batch);
        while (cursor.next()) {
            if (offsetIn(batch) >= plan.dirtyFrom && cursor.record().hasKey()) {
                keys.add(cursor.record());
                if (keys.isFull() && !putKeys()) {
                    return false;
                }
            }
        }
        return putKeys();
    }

    private boolean putKeys() {
        long refused = map.putAll(keys);
        keys.clear();
        if (refused != OffsetMap.NONE) {
            map.coveredTo(refused - 1);
        }
        return refused == OffsetMap.NONE;
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

    /** Null when there is more to do, or nothing to put in the place of another file. */
    private @Nullable Step compactNext() throws DiskException {
        GroupCompaction group = current;
        if (group == null) {
            group = new GroupCompaction(disk, plan, groups.get(nextGroup), compactedEnd(), filter, buffers);
            current = group;
        }
        long readBefore = group.readBytes();
        long writtenBefore = group.writtenBytes();
        GroupCompaction.Left left = group.next();
        readBytes += group.readBytes() - readBefore;
        writtenBytes += group.writtenBytes() - writtenBefore;
        if (left == null) {
            return null;
        }
        current = null;
        nextGroup++;
        droppedRecords += group.droppedRecords();
        return switch (left) {
            case GroupCompaction.Left.Rewritten made -> ready(group, made.outcome());
            case GroupCompaction.Left.Kept kept -> kept.marked() ? ready(group, null) : null;
        };
    }

    private Step ready(GroupCompaction done, @Nullable WriteOutcome outcome) {
        return new Step.Ready(readBytes, writtenBytes, done.group(), outcome, done.cleanEnd());
    }

    private void closeSource() throws DiskException {
        SourceScan open = scan;
        scan = null;
        if (open != null) {
            open.close();
        }
    }

    /** Ends the pass wherever it is and removes what it has written and not handed over. On the pool, no step under way. */
    @Override
    public void close() throws DiskException {
        if (closed) {
            return;
        }
        closed = true;
        map.close();
        cursor.close();
        filter.close();
        GroupCompaction group = current;
        current = null;
        try {
            closeSource();
        } finally {
            if (group != null) {
                group.abandon();
            }
        }
    }
}
