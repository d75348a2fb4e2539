package io.millrace.storage.compaction;

import io.millrace.protocol.record.RecordBatchView;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import io.millrace.storage.segment.OpenSegment;
import io.millrace.storage.segment.SegmentNames;
import io.millrace.storage.segment.SideFile;
import io.millrace.storage.segment.TimestampMatch;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * What compaction has to know of a sealed segment. Immutable.
 *
 * @param maxTimestampMs of its records, -1 none
 * @param firstTimestampMs of its first batch, -1 none
 * @param compactedEnd everything below it was compacted, -1 when nothing was
 */
public record SegmentFacts(long maxTimestampMs, long firstTimestampMs, long compactedEnd) {

    /** The same segment, compacted further. */
    public SegmentFacts compactedTo(long offset) {
        return new SegmentFacts(maxTimestampMs, firstTimestampMs, offset);
    }

    /** Reads them from the files. Blocks: on the I/O pool. */
    public static SegmentFacts read(Disk disk, Path folder, long baseOffset, long endOffset, long lengthBytes)
            throws DiskException {
        SideFile side = SideFile.read(disk, folder, baseOffset);
        if (side == null) {
            return new SegmentFacts(
                    lookUpMaxTimestamp(disk, folder, baseOffset, endOffset, lengthBytes),
                    firstTimestampMs(disk, folder, baseOffset),
                    -1);
        }
        return new SegmentFacts(
                side.header().maxTimestampMs(),
                firstTimestampMs(disk, folder, baseOffset),
                GroupCompaction.compactedEnd(side.sections(disk)));
    }

    private static long lookUpMaxTimestamp(Disk disk, Path folder, long baseOffset, long endOffset, long lengthBytes)
            throws DiskException {
        OpenSegment open = OpenSegment.open(disk, folder, baseOffset, SegmentFacts::closeNow);
        try {
            TimestampMatch match = open.findMaxTimestamp(baseOffset, endOffset, lengthBytes, 0);
            return match.found() ? match.timestampMs() : -1;
        } finally {
            open.release();
        }
    }

    private static long firstTimestampMs(Disk disk, Path folder, long baseOffset) throws DiskException {
        ByteBuffer header = ByteBuffer.allocate(RecordBatchView.HEADER_BYTES);
        try (DiskFile file = disk.open(SegmentNames.log(folder, baseOffset))) {
            if (file.read(0, header) < RecordBatchView.HEADER_BYTES) {
                return -1;
            }
        }
        RecordBatchView batch = new RecordBatchView().wrap(header, 0);
        return batch.hasDeleteHorizon() ? batch.maxTimestampMs() : batch.baseTimestampMs();
    }

    private static void closeNow(DiskFile file) {
        try {
            file.close();
        } catch (DiskException e) {
            // Only read from: nothing can be lost by a close that fails.
            return;
        }
    }
}
