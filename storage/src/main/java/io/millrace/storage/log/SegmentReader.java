package io.millrace.storage.log;

import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import io.millrace.storage.disk.DiskLane;
import io.millrace.storage.segment.OpenSegment;
import io.millrace.storage.segment.OpenSegments;
import io.millrace.storage.segment.Segment;
import io.millrace.storage.segment.SegmentCloser;
import org.jspecify.annotations.Nullable;

/** Look-ups in segment files, on the I/O pool, over a bounded number of open ones. Owned by the shard loop. */
public final class SegmentReader {

    /** Runs on the pool. */
    @FunctionalInterface
    interface Lookup<T> {
        T in(OpenSegment segment) throws DiskException;
    }

    /** Told on the loop. Exactly one of result and failure is set; {@code segment} stays valid during the call. */
    @FunctionalInterface
    interface Found<T> {
        void found(@Nullable T result, @Nullable OpenSegment segment, @Nullable DiskException failure);
    }

    private record Located<T>(T result, OpenSegment segment) {}

    private final Disk disk;
    private final DiskLane pool;
    private final SegmentCloser closer;
    private final OpenSegments open;
    private final ReadyRanges ready;

    public SegmentReader(Disk disk, DiskLane pool, SegmentCloser closer, int maxOpen) {
        this.disk = disk;
        this.pool = pool;
        this.closer = closer;
        this.open = new OpenSegments(maxOpen);
        // What readers stand at keeps its file open, too, also when it is not among the last used.
        this.ready = new ReadyRanges(maxOpen);
    }

    /** Runs a look-up on the pool; damage that it meets puts the log in quarantine before {@code told} hears of it. */
    <T> void lookup(JournaledLog log, SegmentRow row, Lookup<T> lookup, Found<T> told) {
        int sight = log.quarantine().sight();
        // Another segment may have the file's name by now: what is found there speaks of neither.
        boolean held = log.files().segments().has(row.segment());
        lookup(row, lookup, (result, segment, failure) -> {
            if (held) {
                log.quarantine().found(sight, failure, Quarantine.FoundBy.READ);
            }
            if (segment != null && row.sealed() && !segment.hasSoundIndex()) {
                log.host().sideMissing(log, row.segment());
            }
            told.found(result, segment, failure);
        });
    }

    private <T> void lookup(SegmentRow row, Lookup<T> lookup, Found<T> found) {
        Segment key = row.segment();
        OpenSegment known = open.get(key);
        if (known != null) {
            known.retain();
            pool.submit(() -> new Located<>(lookup.in(known), known), (located, failure) -> {
                found.found(located == null ? null : located.result(), known, failure);
                known.release();
            });
            return;
        }
        pool.submit(() -> openAndLook(key, lookup), (located, failure) -> {
            if (located == null) {
                found.found(null, null, failure);
            } else {
                OpenSegment kept = open.put(key, located.segment());
                found.found(located.result(), kept, null);
            }
        });
    }

    private <T> Located<T> openAndLook(Segment key, Lookup<T> lookup) throws DiskException {
        OpenSegment opened = OpenSegment.open(disk, key.directory(), key.baseOffset(), closer);
        try {
            return new Located<>(lookup.in(opened), opened);
        } catch (DiskException | RuntimeException e) {
            opened.release();
            throw e;
        }
    }

    /** The segment if it is open, without a reference of its own: for this turn of the loop. */
    @Nullable
    OpenSegment openNow(Segment segment) {
        return open.get(segment);
    }

    /** The segment was removed, or its index is another one now. */
    public void drop(Segment segment) {
        open.drop(segment);
    }

    /** Closes a file that nobody holds any more, off the loop: the last reader of a removed segment frees much. */
    public void closeOnPool(DiskFile file) {
        pool.submit(
                () -> {
                    file.close();
                    return true;
                },
                (done, failure) -> {});
    }

    /** Files open now. */
    public int openSegments() {
        return open.size();
    }

    /** Files closed to make room for others. */
    public long evictions() {
        return open.evictions();
    }

    ReadyRanges ready() {
        return ready;
    }

    /** Closes what no slice holds. */
    public void close() {
        ready.close();
        open.close();
    }
}
