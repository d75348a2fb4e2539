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

    /** Read at once. */
    public static final int WINDOW_BYTES = 256 * 1024;

    private static final ByteBuffer NONE = ByteBuffer.allocate(0);

    private final DiskFile log;
    private final long lengthBytes;
    private final RecordBatchView batch = new RecordBatchView();
    private ByteBuffer window;
    private long windowStart;
    private long position;
    private long nextOffset;
    private long batches;
    private ScanOutcome.Stop stop = ScanOutcome.Stop.END;
    private String message = "";

    private SegmentScan(DiskFile log, long lengthBytes, ByteBuffer window) {
        this.log = log;
        this.lengthBytes = lengthBytes;
        this.window = window.limit(0);
    }

    private static ByteBuffer windowFor(long lengthBytes) {
        return ByteBuffer.allocate((int) Math.min(WINDOW_BYTES, lengthBytes));
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
        return new SegmentScan(log, lengthBytes, windowFor(lengthBytes)).run(fromPosition, expectedOffset, visitor);
    }

    /** A scan in steps, from {@code fromPosition} on: see {@link #next}. */
    public static SegmentScan from(DiskFile log, long fromPosition, long lengthBytes, long expectedOffset) {
        return from(log, fromPosition, lengthBytes, expectedOffset, windowFor(lengthBytes));
    }

    /**
     * A scan in steps that reads into a lent window, of any size, and into one of its own if a batch should be larger.
     *
     * @param window the caller's again when the scan is over; outside the heap it spares a copy
     */
    public static SegmentScan from(
            DiskFile log, long fromPosition, long lengthBytes, long expectedOffset, ByteBuffer window) {
        SegmentScan scan = new SegmentScan(log, lengthBytes, window);
        scan.position = fromPosition;
        scan.nextOffset = expectedOffset;
        return scan;
    }

    private ScanOutcome run(long fromPosition, long expectedOffset, BatchVisitor visitor) throws DiskException {
        position = fromPosition;
        nextOffset = expectedOffset;
        RecordBatchView good;
        long from = position;
        while ((good = next()) != null) {
            visitor.batch(good, from);
            from = position;
        }
        return outcome();
    }

    /** The next good batch, valid until the next call; null at the end or before the first bad byte, {@link #outcome} tells. */
    public @Nullable RecordBatchView next() throws DiskException {
        if (position >= lengthBytes) {
            return null;
        }
        if (!load(position, RecordBatchView.HEADER_BYTES)) {
            return stopped(
                    ScanOutcome.Stop.TORN, "only " + (lengthBytes - position) + " bytes, too few for a batch header");
        }
        String fault = headerFault(nextOffset);
        if (fault != null) {
            return stopped(ScanOutcome.Stop.CORRUPT, fault);
        }
        int size = batch.sizeBytes();
        if (!load(position, size)) {
            return stopped(
                    ScanOutcome.Stop.TORN,
                    "batch of " + size + " bytes, of which " + (lengthBytes - position) + " are there");
        }
        if (!batch.crcValid()) {
            return stopped(
                    ScanOutcome.Stop.CORRUPT,
                    "CRC is " + batch.computeCrc() + ", the batch at offset " + batch.baseOffset() + " says "
                            + batch.crc());
        }
        batches++;
        nextOffset = batch.nextOffset();
        position += size;
        return batch;
    }

    private @Nullable RecordBatchView stopped(ScanOutcome.Stop why, String what) {
        stop = why;
        message = what;
        return null;
    }

    /** Whether every byte up to the given length was a good batch. */
    public boolean isAtEnd() {
        return position >= lengthBytes;
    }

    /** How far the scan has come and, once {@link #next} gave null, why it ended. */
    public ScanOutcome outcome() {
        return new ScanOutcome(position, nextOffset, batches, stop, message);
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
            fill(position, bytes);
            if (window.limit() < bytes) {
                return false;
            }
        }
        batch.wrap(window, (int) (position - windowStart));
        return true;
    }

    /** Has the window begin at a position. What is in it from there on moves to its front and is not read again. */
    private void fill(long position, int bytes) throws DiskException {
        if (window.capacity() < bytes) {
            // The old one goes first: both at once may be more than there is.
            window = NONE;
            window = BatchMemory.allocate(bytes).limit(0);
        }
        long from = position - windowStart;
        if (from >= 0 && from < window.limit()) {
            window.position((int) from).compact();
        } else {
            window.clear();
        }
        // Nothing is in it unless the read succeeds.
        windowStart = Long.MAX_VALUE;
        window.limit((int) Math.min(window.capacity(), lengthBytes - position));
        log.read(position + window.position(), window);
        window.flip();
        windowStart = position;
    }
}
