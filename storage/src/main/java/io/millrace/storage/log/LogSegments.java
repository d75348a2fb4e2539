package io.millrace.storage.log;

import io.millrace.storage.segment.Segment;
import io.millrace.storage.segment.WriteOutcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The segments of one log, by base offset; only the last may be unsealed. Owner: the log's loop, recovery before that. */
public final class LogSegments {

    private final ArrayList<SegmentRow> rows;
    private long sizeBytes;

    public LogSegments() {
        rows = new ArrayList<>(1);
    }

    public LogSegments(List<SegmentRow> sorted) {
        rows = new ArrayList<>(sorted);
        for (SegmentRow row : sorted) {
            sizeBytes += row.lengthBytes();
        }
    }

    public int size() {
        return rows.size();
    }

    public SegmentRow get(int index) {
        return rows.get(index);
    }

    public long sizeBytes() {
        return sizeBytes;
    }

    public List<SegmentRow> copy() {
        return List.copyOf(rows);
    }

    /** The last segment, null when there is none. */
    public @Nullable SegmentRow last() {
        return rows.isEmpty() ? null : rows.getLast();
    }

    /** The segment that holds {@code offset}: the last whose base is at or below it, or the first; null when empty. */
    public @Nullable SegmentRow holding(long offset) {
        return rows.isEmpty() ? null : rows.get(Math.max(0, indexBelow(offset + 1)));
    }

    /** The one behind it, null when it is the last. */
    @Nullable
    SegmentRow above(SegmentRow row) {
        int index = indexBelow(row.baseOffset() + 1) + 1;
        return index < rows.size() ? rows.get(index) : null;
    }

    /** Index of the last row with a base below {@code offset}, -1 when none. */
    private int indexBelow(long offset) {
        int low = 0;
        int high = rows.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (rows.get(middle).baseOffset() < offset) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    @Nullable
    SegmentRow lastBelow(long offset) {
        int index = indexBelow(offset);
        return index < 0 ? null : rows.get(index);
    }

    List<Long> bases() {
        return bases(0, rows.size());
    }

    /** Bases of the segments at or above {@code offset}. */
    List<Long> basesFrom(long offset) {
        return bases(indexBelow(offset) + 1, rows.size());
    }

    /** Bases of sealed segments that lie wholly below {@code offset}. */
    List<Long> basesBelow(long offset) {
        int end = 0;
        while (end < rows.size() && rows.get(end).sealed() && rows.get(end).endOffset() <= offset) {
            end++;
        }
        return bases(0, end);
    }

    private List<Long> bases(int from, int to) {
        List<Long> bases = new ArrayList<>(to - from);
        for (int i = from; i < to; i++) {
            bases.add(rows.get(i).baseOffset());
        }
        return bases;
    }

    /** The newest timestamp of a segment was looked up; nothing happens when the segment is another one by now. */
    void newestKnown(SegmentRow asked, long maxTimestampMs) {
        int index = indexBelow(asked.baseOffset() + 1);
        if (index >= 0 && rows.get(index).equals(asked)) {
            rows.set(index, asked.newestKnown(maxTimestampMs));
        }
    }

    SegmentRow lastSealed() {
        SegmentRow sealed = rows.getLast().asSealed();
        rows.set(rows.size() - 1, sealed);
        return sealed;
    }

    /** A write or cut left the segment like this; a new base is a new segment. */
    void wrote(Path folder, long baseOffset, WriteOutcome outcome) {
        SegmentRow last = last();
        if (last == null || last.baseOffset() < baseOffset) {
            last = new SegmentRow(new Segment(folder, baseOffset), baseOffset, 0, 0, -1, false);
            rows.add(last);
        }
        sizeBytes += outcome.lengthBytes() - last.lengthBytes();
        rows.set(rows.size() - 1, last.wrote(outcome));
    }

    /** The first sealed segment whose base is at or above {@code offset}; null when there is none. */
    public @Nullable SegmentRow sealedFrom(long offset) {
        int index = indexBelow(offset) + 1;
        return index < rows.size() && rows.get(index).sealed() ? rows.get(index) : null;
    }

    /** The segments above the one with that base. */
    public List<SegmentRow> above(long baseOffset) {
        return List.copyOf(rows.subList(indexBelow(baseOffset + 1) + 1, rows.size()));
    }

    /** The segments below the one with that base. */
    public List<SegmentRow> below(long baseOffset) {
        return List.copyOf(rows.subList(0, indexBelow(baseOffset) + 1));
    }

    /** Whether the log still has the very segment. */
    public boolean has(Segment segment) {
        int index = indexBelow(segment.baseOffset() + 1);
        return index >= 0 && isOf(rows.get(index), segment);
    }

    /** The very segment, not another one of the same name. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean isOf(SegmentRow row, Segment segment) {
        return row.segment() == segment;
    }

    /** A compacted segment took the place of all from {@code baseOffset} to {@code endOffset}; tells its new identity. */
    Segment replace(Path folder, long endOffset, WriteOutcome outcome, long baseOffset, SegmentReader reader) {
        int first = indexBelow(baseOffset + 1);
        while (first < rows.size() - 1 && rows.get(first + 1).endOffset() <= endOffset) {
            dropped(rows.remove(first + 1), reader);
        }
        SegmentRow made = new SegmentRow(
                new Segment(folder, baseOffset), endOffset, outcome.lengthBytes(), 0, outcome.maxTimestampMs(), true);
        dropped(rows.set(first, made), reader);
        sizeBytes += made.lengthBytes();
        return made.segment();
    }

    private void dropped(SegmentRow row, SegmentReader reader) {
        sizeBytes -= row.lengthBytes();
        reader.drop(row.segment());
    }

    @Override
    public String toString() {
        return rows.toString();
    }

    /** Their files go: nothing keeps them open, and their space taken, but slices that are being read. */
    void dropReaders(SegmentReader reader) {
        rows.forEach(row -> reader.drop(row.segment()));
    }

    void remove(List<Long> bases, SegmentReader reader) {
        for (long base : bases) {
            int index = indexBelow(base + 1);
            if (index >= 0 && rows.get(index).baseOffset() == base) {
                dropped(rows.remove(index), reader);
            }
        }
    }
}
