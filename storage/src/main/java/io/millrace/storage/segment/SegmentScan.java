package io.millrace.storage.segment;

import io.millrace.protocol.record.RecordBatchView;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Walks a segment file batch by batch and verifies every byte: for recovery, scrubbing, and rebuilding what is derived.
 * Memory is bounded by the largest batch, and that by {@link #MAX_BATCH_BYTES}, whatever a damaged length field says. One per
 * job.
 */
public final class SegmentScan {

    /** No batch is larger: twice what a request may hold. */
    public static final int MAX_BATCH_BYTES = 256 << 20;

    private static final int WINDOW_BYTES = 256 * 1024;

    private final DiskFile log;
    private final long lengthBytes;
    private final RecordBatchView batch = new RecordBatchView();
    private ByteBuffer window;
    private long windowStart;

    private SegmentScan(DiskFile log, long lengthBytes) {
        this.log = log;
        this.lengthBytes = lengthBytes;
        this.window =
                ByteBuffer.allocate((int) Math.min(WINDOW_BYTES, lengthBytes)).limit(0);
    }

    /**
     * Scans {@code [fromPosition, lengthBytes)}.
     *
     * @param fromPosition where a batch begins
     * @param expectedOffset no batch may begin below it: the end of the batch before
     */
    public static ScanOutcome scan(
            DiskFile log, long fromPosition, long lengthBytes, long expectedOffset, BatchVisitor visitor)
            throws DiskException {
        return new SegmentScan(log, lengthBytes).run(fromPosition, expectedOffset, visitor);
    }

    private ScanOutcome run(long fromPosition, long expectedOffset, BatchVisitor visitor) throws DiskException {
        long position = fromPosition;
        long nextOffset = expectedOffset;
        long batches = 0;
        while (position < lengthBytes) {
            if (!load(position, RecordBatchView.HEADER_BYTES)) {
                String message = "only " + (lengthBytes - position) + " bytes, too few for a batch header";
                return new ScanOutcome(position, nextOffset, batches, ScanOutcome.Stop.TORN, message);
            }
            String fault = headerFault(nextOffset);
            if (fault != null) {
                return new ScanOutcome(position, nextOffset, batches, ScanOutcome.Stop.CORRUPT, fault);
            }
            int size = batch.sizeBytes();
            if (!load(position, size)) {
                String message = "batch of " + size + " bytes, of which " + (lengthBytes - position) + " are there";
                return new ScanOutcome(position, nextOffset, batches, ScanOutcome.Stop.TORN, message);
            }
            if (!batch.crcValid()) {
                String message = "CRC is " + batch.computeCrc() + ", the batch at offset " + batch.baseOffset()
                        + " says " + batch.crc();
                return new ScanOutcome(position, nextOffset, batches, ScanOutcome.Stop.CORRUPT, message);
            }
            visitor.batch(batch, position);
            batches++;
            nextOffset = batch.nextOffset();
            position += size;
        }
        return new ScanOutcome(position, nextOffset, batches, ScanOutcome.Stop.END, "");
    }

    private @Nullable String headerFault(long nextOffset) {
        long size = RecordBatchView.LOG_OVERHEAD_BYTES + (long) batch.batchLength();
        if (batch.magic() != RecordBatchView.MAGIC || size < RecordBatchView.HEADER_BYTES || size > MAX_BATCH_BYTES) {
            return "magic " + batch.magic() + " and batch length " + batch.batchLength() + " are no record batch";
        }
        if (batch.baseOffset() < nextOffset || batch.lastOffsetDelta() < 0 || batch.nextOffset() < 0) {
            return "a batch at offset " + batch.baseOffset() + " with last offset delta " + batch.lastOffsetDelta()
                    + " cannot follow offset " + nextOffset;
        }
        return null;
    }

    /** Brings a range into the window and puts the view on it; false when it goes beyond the file. */
    private boolean load(long position, int bytes) throws DiskException {
        if (position + bytes > lengthBytes) {
            return false;
        }
        if (position < windowStart || position + bytes > windowStart + window.limit()) {
            if (window.capacity() < bytes) {
                window = ByteBuffer.allocate(bytes);
            }
            window.clear().limit((int) Math.min(window.capacity(), lengthBytes - position));
            int read = log.read(position, window);
            window.flip();
            windowStart = position;
            if (read < bytes) {
                return false;
            }
        }
        batch.wrap(window, (int) (position - windowStart));
        return true;
    }
}
