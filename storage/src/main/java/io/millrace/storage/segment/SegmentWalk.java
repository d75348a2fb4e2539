package io.millrace.storage.segment;

import io.millrace.protocol.record.RecordBatchView;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import java.nio.ByteBuffer;

/**
 * A {@link SegmentScan} that goes on behind damage where it can: a batch whose header is sound but whose bytes are not is skipped by
 * its length, when a whole batch follows there. For people who look at files; recovery never skips.
 */
public final class SegmentWalk {

    private SegmentWalk() {}

    /** Told what a walk meets, in order. */
    public interface Visitor extends BatchVisitor {

        /**
         * Bytes that are no good batch.
         *
         * @param endOffset of the last good batch before them
         * @param resumesAt file position of the next good batch; -1 when the rest of the file cannot be read
         */
        void damaged(long filePosition, long endOffset, long resumesAt, String message);
    }

    /**
     * Walks {@code [0, lengthBytes)}.
     *
     * @param expectedOffset no batch may begin below it
     * @return as a scan: the stop is that of the first damage, the ends are those of the last good batch
     */
    public static ScanOutcome walk(DiskFile log, long lengthBytes, long expectedOffset, Visitor visitor)
            throws DiskException {
        long position = 0;
        long nextOffset = expectedOffset;
        long batches = 0;
        ScanOutcome.Stop stop = ScanOutcome.Stop.END;
        String message = "";
        while (true) {
            ScanOutcome part = SegmentScan.scan(log, position, lengthBytes, nextOffset, visitor);
            batches += part.batches();
            if (stop == ScanOutcome.Stop.END) {
                stop = part.stop();
                message = part.message();
            }
            if (part.stop() == ScanOutcome.Stop.END) {
                return new ScanOutcome(part.endPosition(), part.endOffset(), batches, stop, message);
            }
            long resumesAt = part.stop() == ScanOutcome.Stop.CORRUPT
                    ? behind(log, part.endPosition(), lengthBytes, part.endOffset())
                    : -1;
            visitor.damaged(part.endPosition(), part.endOffset(), resumesAt, part.message());
            if (resumesAt < 0) {
                return new ScanOutcome(part.endPosition(), part.endOffset(), batches, stop, message);
            }
            position = resumesAt;
            nextOffset = part.endOffset();
        }
    }

    /** Where the batch behind a damaged one begins; -1 when there is none that is good. */
    private static long behind(DiskFile log, long position, long lengthBytes, long nextOffset) throws DiskException {
        ByteBuffer header = ByteBuffer.allocate(RecordBatchView.HEADER_BYTES);
        if (log.read(position, header) < RecordBatchView.HEADER_BYTES) {
            return -1;
        }
        RecordBatchView batch = new RecordBatchView().wrap(header.flip(), 0);
        long size = RecordBatchView.LOG_OVERHEAD_BYTES + (long) batch.batchLength();
        if (size < RecordBatchView.HEADER_BYTES
                || size > SegmentScan.MAX_BATCH_BYTES
                || position + size >= lengthBytes) {
            return -1;
        }
        long at = position + size;
        ByteBuffer next = ByteBuffer.allocate(RecordBatchView.HEADER_BYTES);
        if (log.read(at, next) < RecordBatchView.HEADER_BYTES) {
            return -1;
        }
        batch.wrap(next.flip(), 0);
        long nextBytes = RecordBatchView.LOG_OVERHEAD_BYTES + (long) batch.batchLength();
        if (nextBytes < RecordBatchView.HEADER_BYTES || at + nextBytes > lengthBytes) {
            return -1;
        }
        ScanOutcome one = SegmentScan.scan(log, at, at + nextBytes, nextOffset, (good, where) -> {});
        return one.batches() == 1 ? at : -1;
    }
}
