package io.millrace.storage.log;

import io.millrace.storage.LogSlice;
import io.millrace.storage.ReadResult;
import io.millrace.storage.StorageFailure;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.segment.LocatedRange;
import io.millrace.storage.segment.OpenSegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads of one log that go to segments. A range has to be located first, on the I/O pool, because that reads the file: the read
 * is answered {@link ReadResult.Pending}, and its repetition finds the range ready. Owner: the log's loop.
 */
final class LogReads {

    static final ReadResult.Batches NOTHING = new ReadResult.Batches(List.of(), 0);

    /** Ranges kept ready: as many readers as may stand at different places of one log before they wait twice. */
    private static final int MAX_READY = 8;

    private final JournaledLog log;
    private final ArrayList<Ready> ready = new ArrayList<>(1);
    private final ArrayList<Waiting> waiting = new ArrayList<>(1);
    private @Nullable StorageFailure failure;
    // Moves whenever what look-ups under way have seen may be gone.
    private int version;

    LogReads(JournaledLog log) {
        this.log = log;
    }

    /** A located range, holding a reference to its segment. */
    private record Ready(long offset, long bound, int maxBytes, LocatedRange range, OpenSegment segment) {

        /** Whether this is what a new look-up would find: the bound may rise once the range does not end at it. */
        boolean answers(long wanted, long wantedBound, int wantedBytes) {
            return offset == wanted
                    && range.endOffset() <= wantedBound
                    && (range.sizeBytes() <= wantedBytes || maxBytes == wantedBytes)
                    && (range.sizeBytes() > 0 || (bound == wantedBound && maxBytes == wantedBytes));
        }
    }

    /** One look-up under way and who waits for it. */
    private static final class Waiting implements ReadResult.Pending {
        private final long offset;
        private final long bound;
        private final int maxBytes;
        private final List<Runnable> readers = new ArrayList<>(1);
        private final int version;
        private boolean done;

        Waiting(long offset, long bound, int maxBytes, int version) {
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
            if (found.answers(offset, bound, maxBytes)) {
                LocatedRange range = found.range();
                if (range.sizeBytes() == 0 || (range.sizeBytes() > maxBytes && !wholeFirstBatch)) {
                    return NOTHING;
                }
                List<LogSlice> slices = new ArrayList<>(1);
                slices.add(found.segment().slice(range.filePosition(), range.sizeBytes()));
                return new ReadResult.Batches(slices, range.sizeBytes());
            }
        }
        StorageFailure failed = failure;
        if (failed != null) {
            failure = null;
            return new ReadResult.Failed(failed);
        }
        return locate(offset, bound, maxBytes, wholeFirstBatch);
    }

    private ReadResult locate(long offset, long bound, int maxBytes, boolean wholeFirstBatch) {
        for (int i = 0; i < waiting.size(); i++) {
            Waiting running = waiting.get(i);
            if (running.offset == offset && running.bound == bound && running.maxBytes == maxBytes) {
                return running;
            }
        }
        SegmentRow row = log.files().segments().holding(offset);
        if (row == null) {
            return NOTHING;
        }
        long end = Math.min(bound, row.endOffset());
        Waiting started = new Waiting(offset, bound, maxBytes, version);
        waiting.add(started);
        log.host()
                .reader()
                .lookup(
                        row,
                        segment -> {
                            LocatedRange range = segment.locate(
                                    offset, end, maxBytes, wholeFirstBatch, row.lengthBytes(), row.indexEntries());
                            segment.warm(range.filePosition(), range.sizeBytes());
                            return range;
                        },
                        (range, segment, problem) -> located(started, range, segment, problem));
        return started;
    }

    private void located(
            Waiting started,
            @Nullable LocatedRange range,
            @Nullable OpenSegment segment,
            @Nullable DiskException problem) {
        // A truncation may have made the look-up worthless, a failed one too, for files are cut while it runs; its
        // readers
        // repeat their reads and get what is there now.
        boolean wanted = waiting.remove(started);
        boolean stands = wanted && started.version == version && !log.files().isCutDue();
        if (problem != null && stands) {
            failure = new StorageFailure(
                    "reading " + log.identity() + " at offset " + started.offset + " failed: " + problem.getMessage(),
                    false);
        } else if (stands && range != null && segment != null) {
            if (ready.size() == MAX_READY) {
                ready.removeFirst().segment().release();
            }
            segment.retain();
            ready.add(new Ready(started.offset, started.bound, started.maxBytes, range, segment));
        }
        started.done();
    }

    /** What was located is not to be used any more. */
    void clear() {
        version++;
        for (int i = 0; i < ready.size(); i++) {
            ready.get(i).segment().release();
        }
        ready.clear();
        waiting.clear();
    }
}
