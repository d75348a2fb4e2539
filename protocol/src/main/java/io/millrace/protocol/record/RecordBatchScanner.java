package io.millrace.protocol.record;

import java.nio.ByteBuffer;

/**
 * Walks the batches that lie one after another in a buffer, as in a segment file or a fetch answer, where the last one may
 * be cut off. One owner, reusable, no allocation. Looks only at sizes and the magic byte; the CRC is the caller's business.
 */
public final class RecordBatchScanner {
    /** Why {@link #next()} was false. */
    public enum Stop {
        /** Every byte belongs to a whole batch. */
        END,
        /** The bytes from {@link #position()} on are the beginning of a batch. */
        TRUNCATED,
        /** The bytes at {@link #position()} cannot be a batch: impossible length or another magic. */
        CORRUPT
    }

    private final RecordBatchView batch = new RecordBatchView();
    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private int position;
    private int end;
    private Stop stop = Stop.END;

    /** Starts at index {@code from}; bytes at {@code end} and after are not looked at. */
    public RecordBatchScanner reset(ByteBuffer newBuffer, int from, int newEnd) {
        if (from < 0 || from > newEnd || newEnd > newBuffer.limit()) {
            throw new IndexOutOfBoundsException(
                    "range " + from + ".." + newEnd + " outside a buffer with limit " + newBuffer.limit());
        }
        buffer = newBuffer;
        position = from;
        end = newEnd;
        stop = Stop.END;
        batch.wrap(newBuffer, from);
        return this;
    }

    /** Moves to the next whole batch; false when there is none, and then {@link #stop()} says why. */
    public boolean next() {
        int left = end - position;
        if (left == 0) {
            stop = Stop.END;
            return false;
        }
        if (left < RecordBatchView.MAGIC_POSITION + 1) {
            stop = Stop.TRUNCATED;
            return false;
        }
        batch.wrap(buffer, position);
        int length = batch.batchLength();
        if (length < RecordBatchView.HEADER_BYTES - RecordBatchView.LOG_OVERHEAD_BYTES
                || batch.magic() != RecordBatchView.MAGIC) {
            stop = Stop.CORRUPT;
            return false;
        }
        if (length > left - RecordBatchView.LOG_OVERHEAD_BYTES) {
            stop = Stop.TRUNCATED;
            return false;
        }
        position += RecordBatchView.LOG_OVERHEAD_BYTES + length;
        return true;
    }

    /** The batch that {@link #next()} found; valid until the next call of it. */
    public RecordBatchView batch() {
        return batch;
    }

    /** Index after the last whole batch found so far. */
    public int position() {
        return position;
    }

    /** Why the walk ended. */
    public Stop stop() {
        return stop;
    }
}
