package io.millrace.storage.log;

import io.millrace.storage.segment.Segment;
import io.millrace.storage.segment.WriteOutcome;

/**
 * What may be read of one segment at this moment. Immutable, so that a job can take it along.
 *
 * @param segment identity, under which readers keep its files open
 * @param endOffset exclusive
 * @param lengthBytes that readers may use; a running write may have made the file longer
 * @param indexEntries that readers may use
 * @param maxTimestampMs of its batches; {@link #UNKNOWN_TIME} when it was found at start and not looked into
 * @param sealed whether it has its {@code .side} file and never grows again
 */
public record SegmentRow(
        Segment segment, long endOffset, long lengthBytes, int indexEntries, long maxTimestampMs, boolean sealed) {

    public static final long UNKNOWN_TIME = Long.MAX_VALUE;

    public long baseOffset() {
        return segment.baseOffset();
    }

    public SegmentRow wrote(WriteOutcome outcome) {
        return new SegmentRow(
                segment,
                outcome.endOffset(),
                outcome.lengthBytes(),
                outcome.indexEntries(),
                outcome.maxTimestampMs(),
                false);
    }

    SegmentRow newestKnown(long newestMs) {
        return new SegmentRow(segment, endOffset, lengthBytes, indexEntries, newestMs, sealed);
    }

    SegmentRow asSealed() {
        return new SegmentRow(segment, endOffset, lengthBytes, indexEntries, maxTimestampMs, true);
    }
}
