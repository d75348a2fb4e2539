package io.millrace.client.producer;

import io.millrace.protocol.compress.Codec;
import io.millrace.protocol.record.RecordBatchBuilder;
import java.util.ArrayDeque;

/** Builders to use again, so that their buffers and compressors are not made anew for each batch. Thread-safe by its own lock. */
final class BatchPool {

    private static final int MAX_IDLE = 64;
    private static final int INITIAL_BYTES = 4 * 1024;

    private final Codec codec;
    private final int batchBytes;
    private final ArrayDeque<RecordBatchBuilder> idle = new ArrayDeque<>();
    private boolean closed;

    BatchPool(Codec codec, int batchBytes) {
        this.codec = codec;
        this.batchBytes = batchBytes;
    }

    /** A builder of the usual size. */
    RecordBatchBuilder take() {
        synchronized (this) {
            RecordBatchBuilder known = idle.pollLast();
            if (known != null) {
                return known;
            }
        }
        return new RecordBatchBuilder(INITIAL_BYTES, batchBytes).codec(codec);
    }

    /** A builder for one record that is larger than a batch usually is, or for half of one. */
    RecordBatchBuilder takeLarge(int maxBytes) {
        return new RecordBatchBuilder(Math.min(maxBytes, batchBytes), maxBytes).codec(codec);
    }

    /** Takes a builder back, large ones to drop them. */
    void giveBack(RecordBatchBuilder builder, boolean usualSize) {
        builder.clear();
        synchronized (this) {
            if (usualSize && !closed && idle.size() < MAX_IDLE) {
                idle.addLast(builder);
                return;
            }
        }
        builder.close();
    }

    void close() {
        synchronized (this) {
            closed = true;
            for (RecordBatchBuilder builder : idle) {
                builder.close();
            }
            idle.clear();
        }
    }
}
