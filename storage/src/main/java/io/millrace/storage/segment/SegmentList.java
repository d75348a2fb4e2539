package io.millrace.storage.segment;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The segments of one log in offset order. Owned by the shard loop of the log. Invariant: base offsets rise strictly, and
 * all but the last are sealed.
 */
public final class SegmentList {

    private final List<Segment> segments = new ArrayList<>(1);

    public int size() {
        return segments.size();
    }

    public boolean isEmpty() {
        return segments.isEmpty();
    }

    /** In offset order, {@code 0..size-1}. */
    public Segment get(int index) {
        return segments.get(index);
    }

    /** The one that is written to, null when there is none or the last is sealed. */
    public @Nullable Segment active() {
        Segment last = last();
        return last == null || last.sealed() ? null : last;
    }

    public @Nullable Segment last() {
        return segments.isEmpty() ? null : segments.getLast();
    }

    /** Index of the segment that would hold {@code offset}: the last with a base offset at or below it; -1 when none. */
    public int floor(long offset) {
        int low = 0;
        int high = segments.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (segments.get(middle).baseOffset() <= offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    /** Appends a segment above all others. */
    public void add(Segment segment) {
        Segment last = last();
        if (last != null && (segment.baseOffset() <= last.baseOffset() || segment.baseOffset() < last.endOffset())) {
            throw new IllegalArgumentException(segment + " does not follow " + last);
        }
        segments.add(segment);
    }

    /** Takes out the sealed segments that end at or below {@code offset}, oldest first, for deletion. */
    public List<Segment> removeBelow(long offset) {
        int count = 0;
        while (count < segments.size() - 1 && segments.get(count + 1).baseOffset() <= offset) {
            count++;
        }
        if (count == segments.size() - 1
                && segments.get(count).sealed()
                && segments.get(count).endOffset() <= offset) {
            count++;
        }
        return take(0, count);
    }

    /** Takes out the segments that begin at or above {@code offset}, for deletion; the one that holds it stays. */
    public List<Segment> removeFrom(long offset) {
        int first = 0;
        while (first < segments.size() && segments.get(first).baseOffset() < offset) {
            first++;
        }
        return take(first, segments.size());
    }

    /** Bytes of all segments. */
    public long lengthBytes() {
        long bytes = 0;
        for (Segment segment : segments) {
            bytes += segment.lengthBytes();
        }
        return bytes;
    }

    private List<Segment> take(int from, int to) {
        List<Segment> range = segments.subList(from, to);
        List<Segment> taken = List.copyOf(range);
        range.clear();
        return taken;
    }
}
