package io.millrace.storage.log;

import io.millrace.storage.segment.Segment;

/**
 * A {@code .side} file that was made again beside the log's file work and waits for its name. Immutable.
 *
 * @param madeAt number of the log's contents that it speaks of
 */
record MadeSide(Segment segment, int madeAt) {

    /**
     * What is to be done about it. A segment that was cut open meanwhile is the same one and is written to: what was made of it
     * before speaks of batches that are gone.
     */
    FileWork work(FileWork.Place place, LogSegments segments, int plan) {
        SegmentRow row = segments.holding(segment.baseOffset());
        boolean stands = madeAt == plan && segments.has(segment) && row != null && row.sealed();
        return new FileWork.PlaceSide(place, segment, stands);
    }
}
