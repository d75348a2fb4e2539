package io.millrace.storage.compaction;

import io.millrace.storage.compaction.CompactionRules.Source;
import io.millrace.storage.segment.CleanedSegment;
import io.millrace.storage.segment.SegmentScan;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * What a pass reads into and writes from, one segment after another. Outside the heap: the kernel copies into it and out of it
 * without a stop between.
 *
 * @param window of the one segment that is being read
 * @param outgoing of the one that is being written
 */
record PassBuffers(ByteBuffer window, ByteBuffer outgoing) {

    /** No larger than the segments are: most logs are small. */
    static PassBuffers of(List<Source> sources) {
        long bytes = 0;
        for (Source each : sources) {
            bytes += each.lengthBytes();
        }
        return new PassBuffers(
                ByteBuffer.allocateDirect((int) Math.min(bytes, SegmentScan.WINDOW_BYTES)),
                ByteBuffer.allocateDirect((int) Math.min(bytes, CleanedSegment.BUFFER_BYTES)));
    }
}
