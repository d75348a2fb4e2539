package io.millrace.storage.compaction;

import io.millrace.storage.LogConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether a log is worth a pass, and how its segments are put together, as Kafka decides it. Pure: segments and the time go in,
 * a decision comes out.
 *
 * <pre>
 *      compacted before             dirty                       too young          open segment
 *   |--------------------|---------------------------|------------------------|----------------|
 *   0                dirtyFrom                    dirtyTo
 *
 *   ratio = bytes of the dirty segments / bytes of compacted and dirty ones
 * </pre>
 */
public final class CompactionRules {

    /** No moment at which time alone changes the decision. */
    public static final long NEVER = Long.MAX_VALUE;

    private CompactionRules() {}

    /**
     * A sealed, committed segment.
     *
     * @param endOffset exclusive
     * @param maxTimestampMs of its records, -1 none
     * @param firstTimestampMs of its first batch
     * @param compactedEnd everything below it was compacted, -1 when nothing was
     */
    public record Part(
            long baseOffset,
            long endOffset,
            long lengthBytes,
            long maxTimestampMs,
            long firstTimestampMs,
            long compactedEnd) {}

    /**
     * What to do.
     *
     * @param due whether a pass is due now
     * @param dirtyFrom first offset that was not compacted yet
     * @param dirtyTo exclusive end of what may be compacted
     * @param ratio share of the bytes below {@code dirtyTo} that is dirty
     * @param nextMs wall clock at which to ask again although no segment was added, {@link #NEVER}
     */
    public record Decision(boolean due, long dirtyFrom, long dirtyTo, double ratio, long nextMs) {}

    /**
     * Whether a pass is due, and over what.
     *
     * @param parts one after another from the log start on
     */
    public static Decision decide(List<Part> parts, LogConfig.Compaction config, long nowMs) {
        int firstDirty = 0;
        long cleanBytes = 0;
        while (firstDirty < parts.size() && parts.get(firstDirty).compactedEnd >= parts.get(firstDirty).endOffset) {
            cleanBytes += parts.get(firstDirty++).lengthBytes;
        }
        if (firstDirty == parts.size()) {
            long end = parts.isEmpty() ? 0 : parts.getLast().endOffset;
            return new Decision(false, end, end, 0, NEVER);
        }
        Part first = parts.get(firstDirty);
        long dirtyFrom = Math.max(first.baseOffset, first.compactedEnd);
        long dirtyTo = dirtyFrom;
        long dirtyBytes = 0;
        long nextMs = NEVER;
        long oldestMs = NEVER;
        for (int i = firstDirty; i < parts.size(); i++) {
            Part part = parts.get(i);
            if (config.minLagMs() > 0 && part.maxTimestampMs > nowMs - config.minLagMs()) {
                nextMs = after(part.maxTimestampMs, config.minLagMs());
                break;
            }
            dirtyBytes += part.lengthBytes;
            dirtyTo = part.endOffset;
            if (part.firstTimestampMs >= 0) {
                oldestMs = Math.min(oldestMs, part.firstTimestampMs);
            }
        }
        if (dirtyBytes == 0) {
            return new Decision(false, dirtyFrom, dirtyTo, 0, nextMs);
        }
        double ratio = (double) dirtyBytes / (cleanBytes + dirtyBytes);
        long overdueMs = oldestMs == NEVER ? NEVER : after(oldestMs, config.maxLagMs());
        boolean due = ratio > config.minDirtyRatio() || overdueMs < nowMs;
        return new Decision(due, dirtyFrom, dirtyTo, ratio, due ? NEVER : Math.min(nextMs, after(overdueMs, 1)));
    }

    private static long after(long ms, long delayMs) {
        return delayMs > Long.MAX_VALUE - ms ? NEVER : ms + delayMs;
    }

    /** A segment that a pass reads. */
    public record Source(long baseOffset, long endOffset, long lengthBytes) {}

    /** Neighbours whose rest goes to one segment; at least one. */
    public record Group(List<Source> sources) {

        public Group {
            sources = List.copyOf(sources);
        }

        public long baseOffset() {
            return sources.getFirst().baseOffset;
        }

        public long endOffset() {
            return sources.getLast().endOffset;
        }
    }

    /** Puts neighbours together as long as one segment can take them as they are now. */
    public static List<Group> groups(List<Source> sources, LogConfig config) {
        List<Group> groups = new ArrayList<>();
        List<Source> current = new ArrayList<>();
        long bytes = 0;
        for (Source source : sources) {
            bytes += source.lengthBytes;
            boolean fits = bytes <= config.segmentBytes()
                    && config.indexBytesAtMost(bytes) <= config.segmentIndexBytes()
                    && (current.isEmpty() || source.endOffset - 1 - current.getFirst().baseOffset <= Integer.MAX_VALUE);
            if (!fits && !current.isEmpty()) {
                groups.add(new Group(current));
                current.clear();
                bytes = source.lengthBytes;
            }
            current.add(source);
        }
        if (!current.isEmpty()) {
            groups.add(new Group(current));
        }
        return groups;
    }
}
