package io.millrace.storage.log;

import io.millrace.storage.LogSlice;
import io.millrace.storage.ReadResult;
import io.millrace.storage.segment.OpenSegment;
import io.millrace.storage.segment.Segment;
import io.millrace.storage.tail.ReaderSlice;
import io.millrace.storage.tail.TailLog;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The slices of one log's tail that readers hold, and where their bytes go when they are written to a segment: from then on the
 * slices are places in that file and keep no memory. Owner: the log's loop; readers release their slices when they like.
 *
 * <p>A slice may reach its segment in several writes; the last one moves it. Bounded by the answers that are under way.
 */
final class ReaderSlices {

    private static final int FIRST_PURGE = 16;

    private final JournaledLog log;
    private final ArrayList<Held> held = new ArrayList<>(0);
    private int purgeAt = FIRST_PURGE;

    /** A slice and, once its first bytes are in a segment, where. */
    private static final class Held {
        private final ReaderSlice slice;
        private @Nullable Segment segment;
        private long filePosition;

        Held(ReaderSlice slice) {
            this.slice = slice;
        }
    }

    ReaderSlices(JournaledLog log) {
        this.log = log;
    }

    /** Slices as {@link TailLog#slices} has them, of one segment: a slice cannot lie in two files. */
    ReadResult read(long offset, long bound, int maxBytes, boolean wholeFirstBatch) {
        List<LogSlice> slices = new ArrayList<>(2);
        long limit = Math.min(bound, log.files().rolls().endAfter(offset));
        int bytes = log.tail().readerSlices(offset, limit, maxBytes, wholeFirstBatch, slices);
        hold(slices);
        return bytes == 0
                ? LogReads.nothing(offset)
                : new ReadResult.Batches(slices, bytes, log.tail().offsetAfter(offset, bytes));
    }

    private void hold(List<LogSlice> slices) {
        for (int i = 0; i < slices.size(); i++) {
            if (slices.get(i) instanceof ReaderSlice slice) {
                held.add(new Held(slice));
            }
        }
        if (held.size() >= purgeAt) {
            held.removeIf(h -> !h.slice.isInTail());
            purgeAt = Math.max(FIRST_PURGE, 2 * held.size());
        }
    }

    /** The tail is in {@code segment} up to {@code endOffset}, from {@code filePosition} on. Before it drops that. */
    void written(Segment segment, long filePosition, long endOffset) {
        TailLog tail = log.tail();
        long[] positions = null;
        for (int i = 0; i < held.size(); i++) {
            Held one = held.get(i);
            long start = one.slice.startOffset();
            if (one.segment == null && one.slice.isInTail() && start >= tail.startOffset() && start < endOffset) {
                if (positions == null) {
                    positions = positions(tail, filePosition, endOffset);
                }
                one.segment = segment;
                one.filePosition = positions[(int) (tail.entryHolding(start) - tail.firstEntry())];
            }
        }
    }

    private static long[] positions(TailLog tail, long filePosition, long endOffset) {
        int count = (int) (tail.entryHolding(endOffset) - tail.firstEntry());
        long[] positions = new long[count];
        long next = filePosition;
        for (int i = 0; i < count; i++) {
            positions[i] = next;
            next += tail.sizeAt(tail.firstEntry() + i);
        }
        return positions;
    }

    /** The tail has dropped what is in segments. */
    void dropped() {
        long tailStart = log.tail().startOffset();
        SegmentRow last = log.files().segments().last();
        List<Held> moving = new ArrayList<>(0);
        held.removeIf(one -> {
            if (!one.slice.isInTail()) {
                return true;
            }
            if (one.slice.endOffset() > tailStart) {
                return false;
            }
            if (last != null && last.segment().equals(one.segment)) {
                moving.add(one);
            } else {
                // Written in the course of a truncation, or the segment was left halfway because it is damaged.
                one.slice.lose();
            }
            return true;
        });
        if (last != null && !moving.isEmpty()) {
            move(last, moving);
        }
    }

    private void move(SegmentRow row, List<Held> moving) {
        OpenSegment known = log.host().reader().openNow(row.segment());
        if (known != null) {
            move(known, moving);
            return;
        }
        // By its name, so what was opened may be another file when one was put in its place meanwhile.
        log.host()
                .reader()
                .lookup(
                        log,
                        row,
                        segment -> true,
                        (found, segment, failure) -> move(stands(row) ? segment : null, moving));
    }

    private boolean stands(SegmentRow row) {
        LogFiles files = log.files();
        return files.segments().has(row.segment()) && !files.isCutDue() && !files.isSwapRunning();
    }

    private static void move(@Nullable OpenSegment segment, List<Held> moving) {
        for (Held one : moving) {
            if (segment == null) {
                one.slice.lose();
            } else if (one.slice.isInTail()) {
                one.slice.moveTo(segment.slice(one.filePosition, one.slice.sizeBytes()));
            }
        }
    }

    /** What lies above is gone from the log and will be in no segment. */
    void truncated(long endOffset) {
        held.removeIf(one -> {
            if (one.slice.endOffset() > endOffset) {
                one.slice.lose();
                return true;
            }
            return false;
        });
    }
}
