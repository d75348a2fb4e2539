package io.millrace.storage.log;

import io.millrace.storage.LogSlice;
import io.millrace.storage.ReadResult;
import io.millrace.storage.StorageFailure;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.segment.CheckedRange;
import io.millrace.storage.segment.LocatedRange;
import io.millrace.storage.segment.OpenSegment;
import io.millrace.storage.segment.SegmentDamagedException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads of one log that go to segments. A range has to be located first, on the I/O pool, because that reads the file: the read
 * is answered {@link ReadResult.Pending}, and its repetition finds the range ready. Owner: the log's loop.
 */
final class LogReads {

    static ReadResult.Batches nothing(long offset) {
        return new ReadResult.Batches(List.of(), 0, offset);
    }

    /** Ranges kept ready: as many readers as may stand at different places of one log before they wait twice. */
    private static final int MAX_READY = 8;

    private final JournaledLog log;
    private final ArrayList<Ready> ready = new ArrayList<>(1);
    private final ArrayList<Waiting> waiting = new ArrayList<>(1);
    private final ReadFaults faults = new ReadFaults();
    // Moves whenever what look-ups under way have seen may be gone.
    private int version;

    LogReads(JournaledLog log) {
        this.log = log;
    }

    /** A located range, holding a reference to its segment until it is dropped. */
    static final class Ready {
        private final LogReads reads;
        private final Waiting asked;
        private final LocatedRange range;
        private final OpenSegment segment;

        private Ready(LogReads reads, Waiting asked, LocatedRange range, OpenSegment segment) {
            this.reads = reads;
            this.asked = asked;
            this.range = range;
            this.segment = segment;
        }

        /**
         * Whether this is what a new look-up would find: the bound may rise once the range does not end at it. Nothing, found
         * for a reader who may not have a whole batch, is no answer for one who may.
         */
        private boolean answers(long wanted, long wantedBound, int wantedBytes, boolean wholeFirstBatch) {
            boolean same = asked.bound == wantedBound && asked.maxBytes == wantedBytes;
            return asked.offset == wanted
                    && range.endOffset() <= wantedBound
                    && (range.sizeBytes() <= wantedBytes || asked.maxBytes == wantedBytes)
                    && (range.sizeBytes() > 0 || (same && (asked.wholeFirstBatch || !wholeFirstBatch)));
        }

        /** Lets go of the file. */
        void drop() {
            reads.ready.remove(this);
            reads.log.host().reader().ready().remove(this);
            segment.release();
        }
    }

    /** One look-up under way and who waits for it. */
    private static final class Waiting implements ReadResult.Pending {
        private final long offset;
        private final long bound;
        private final int maxBytes;
        private final boolean wholeFirstBatch;
        private final List<Runnable> readers = new ArrayList<>(1);
        private final int version;
        private boolean done;

        Waiting(long offset, long bound, int maxBytes, boolean wholeFirstBatch, int version) {
            this.wholeFirstBatch = wholeFirstBatch;
            this.version = version;
            this.offset = offset;
            this.bound = bound;
            this.maxBytes = maxBytes;
        }

        @Override
        public void whenReady(Runnable reader) {
            if (done) {
                reader.run();
            } else {
                readers.add(reader);
            }
        }

        void done() {
            done = true;
            readers.forEach(Runnable::run);
            readers.clear();
        }
    }

    /** @param bound at most the end of the segments */
    ReadResult read(long offset, long bound, int maxBytes, boolean wholeFirstBatch) {
        for (int i = 0; i < ready.size(); i++) {
            Ready found = ready.get(i);
            if (found.answers(offset, bound, maxBytes, wholeFirstBatch)) {
                LocatedRange range = found.range;
                log.host().reader().ready().used(found);
                if (range.sizeBytes() == 0 || (range.sizeBytes() > maxBytes && !wholeFirstBatch)) {
                    return nothing(offset);
                }
                List<LogSlice> slices = new ArrayList<>(1);
                slices.add(found.segment.slice(range.filePosition(), range.sizeBytes()));
                return new ReadResult.Batches(slices, range.sizeBytes(), range.endOffset());
            }
        }
        ReadResult failed = faults.take(offset, nowNs());
        return failed != null ? failed : locate(offset, bound, maxBytes, wholeFirstBatch);
    }

    private ReadResult locate(long offset, long bound, int maxBytes, boolean wholeFirstBatch) {
        for (int i = 0; i < waiting.size(); i++) {
            Waiting running = waiting.get(i);
            if (running.offset == offset
                    && running.bound == bound
                    && running.maxBytes == maxBytes
                    && (running.wholeFirstBatch || !wholeFirstBatch)) {
                return running;
            }
        }
        SegmentRow row = log.files().segments().holding(offset);
        if (row == null) {
            return nothing(offset);
        }
        Waiting started = new Waiting(offset, bound, maxBytes, wholeFirstBatch, version);
        waiting.add(started);
        lookIn(row, started);
        return started;
    }

    private void lookIn(SegmentRow row, Waiting asked) {
        long end = Math.min(asked.bound, row.endOffset());
        boolean distrusts = log.damage() != null;
        log.host()
                .reader()
                .lookup(
                        log,
                        row,
                        segment -> segment.locateChecked(
                                asked.offset,
                                end,
                                asked.maxBytes,
                                asked.wholeFirstBatch,
                                new OpenSegment.Extent(row.endOffset(), row.lengthBytes(), row.indexEntries()),
                                distrusts),
                        (found, segment, problem) -> located(row, asked, found, segment, problem));
    }

    /** The segment above, when the one looked in ends below the offset asked for: nothing says that batches fill it to its end. */
    private @Nullable SegmentRow goesOn(SegmentRow row, Waiting asked, @Nullable CheckedRange found) {
        if (found == null || found.range().sizeBytes() > 0 || found.range().filePosition() < row.lengthBytes()) {
            return null;
        }
        SegmentRow above = log.files().segments().above(row);
        return above != null && above.baseOffset() < asked.bound ? above : null;
    }

    private void located(
            SegmentRow row,
            Waiting started,
            @Nullable CheckedRange found,
            @Nullable OpenSegment segment,
            @Nullable DiskException problem) {
        // A truncation may have made the look-up worthless, a failed one too, for files are cut while it runs; its
        // readers
        // repeat their reads and get what is there now.
        boolean stands = waiting.contains(started)
                && started.version == version
                && !log.files().isCutDue()
                && !log.files().isSwapRunning();
        SegmentRow above = stands ? goesOn(row, started, found) : null;
        if (above != null) {
            lookIn(above, started);
            return;
        }
        waiting.remove(started);
        // Between two tries of a swap a file may be the compacted one already, and the row that of the one before.
        boolean betweenFiles = log.compaction().isSwapBegun();
        if (found != null && found.damage() != null && stands && !betweenFiles) {
            log.quarantine().found(found.damage(), Quarantine.FoundBy.READ);
        }
        if (problem != null && stands) {
            StorageFailure failure = new StorageFailure(
                    "reading " + log.identity() + " at offset " + started.offset + " failed: " + problem.getMessage(),
                    false);
            faults.add(
                    started.offset,
                    SegmentDamagedException.isCauseOf(problem) && !betweenFiles
                            ? new ReadResult.Damaged(failure)
                            : new ReadResult.Failed(failure),
                    nowNs());
        } else if (stands && found != null && segment != null) {
            if (ready.size() == MAX_READY) {
                ready.getFirst().drop();
            }
            segment.retain();
            Ready range = new Ready(this, started, found.range(), segment);
            ready.add(range);
            log.host().reader().ready().add(range);
        }
        started.done();
    }

    private long nowNs() {
        return log.host().loop().clock().monotonicNs();
    }

    /** Changes whenever what look-ups under way have seen may be gone. */
    int version() {
        return version;
    }

    /** What was located is not to be used any more. */
    void clear() {
        version++;
        faults.clear();
        while (!ready.isEmpty()) {
            ready.getLast().drop();
        }
        waiting.clear();
    }
}
