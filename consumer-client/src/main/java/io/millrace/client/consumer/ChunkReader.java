package io.millrace.client.consumer;

import io.millrace.client.error.RefusedException;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.record.CorruptBatchException;
import io.millrace.protocol.record.RecordBatchScanner;
import io.millrace.protocol.record.RecordBatchView;
import io.millrace.protocol.record.RecordCursor;
import io.millrace.protocol.record.RecordView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns fetched batches into records, a poll's worth at a time. Owned by the polling thread.
 *
 * <p>Checks each batch's CRC before it opens it. Control batches and records before the position are passed over, the latter because a
 * fetch answers whole batches.
 */
final class ChunkReader implements AutoCloseable {

    private final RecordBatchScanner scanner = new RecordBatchScanner();
    private final RecordCursor cursor = new RecordCursor();
    private FetchEvent.@Nullable Fetched chunk;
    private @Nullable RecordBatchView batch;
    private @Nullable RefusedException damage;

    /** Starts on a chunk, which the caller still owns. */
    void start(FetchEvent.Fetched newChunk) {
        chunk = newChunk;
        batch = null;
        damage = null;
        scanner.reset(newChunk.records().nioBuffer(), 0, newChunk.records().sizeBytes());
    }

    FetchEvent.@Nullable Fetched chunk() {
        return chunk;
    }

    /** Forgets the chunk. */
    void stop() {
        chunk = null;
        batch = null;
        damage = null;
    }

    /**
     * Adds records until {@code into} has {@code maxRecords}, the chunk is read, or a batch is damaged: see {@link #damage}.
     *
     * @param position records below it are passed over
     * @return the position after what was added
     */
    long read(long position, int maxRecords, List<ConsumerRecord> into) {
        long next = position;
        while (chunk != null && damage == null && into.size() < maxRecords) {
            RecordBatchView current = batch;
            if (current == null) {
                if (!scanner.next()) {
                    stop();
                    return next;
                }
                current = scanner.batch();
                if (!open(chunk, current)) {
                    next = damage == null ? Math.max(next, current.nextOffset()) : next;
                    continue;
                }
                batch = current;
            }
            next = readBatch(chunk, current, next, maxRecords, into);
        }
        return next;
    }

    private long readBatch(
            FetchEvent.Fetched from,
            RecordBatchView current,
            long position,
            int maxRecords,
            List<ConsumerRecord> into) {
        long next = position;
        try {
            while (into.size() < maxRecords) {
                if (!cursor.next()) {
                    batch = null;
                    // Compaction may have removed the last records of the batch.
                    return Math.max(next, current.nextOffset());
                }
                RecordView record = cursor.record();
                if (record.offset() >= next) {
                    into.add(recordOf(from, current, record));
                    next = record.offset() + 1;
                }
            }
        } catch (CorruptBatchException e) {
            damage = damaged(from, current, String.valueOf(e.getMessage()));
        }
        return next;
    }

    /** Why nothing more can be read of this chunk; null while that is not so. */
    @Nullable
    RefusedException damage() {
        return damage;
    }

    /** Whether there is no chunk, or all of it was given out. */
    boolean isRead() {
        return chunk == null;
    }

    /** Whether the batch holds records for the application; a damaged one sets {@link #damage}. */
    private boolean open(FetchEvent.Fetched from, RecordBatchView next) {
        if (next.magic() != RecordBatchView.MAGIC) {
            damage = damaged(from, next, "it has format " + next.magic() + ", which this client does not read");
            return false;
        }
        if (!next.crcValid()) {
            damage = damaged(from, next, "its checksum is wrong");
            return false;
        }
        if (next.isControl()) {
            return false;
        }
        try {
            cursor.reset(next);
        } catch (CorruptBatchException e) {
            damage = damaged(from, next, String.valueOf(e.getMessage()));
            return false;
        }
        return true;
    }

    private static ConsumerRecord recordOf(FetchEvent.Fetched from, RecordBatchView batch, RecordView record) {
        return new ConsumerRecord(
                from.partition(),
                record.offset(),
                record.timestampMs(),
                batch.timestampType(),
                record.copyKey(),
                record.copyValue(),
                record.headerCount() == 0 ? List.of() : record.headers(),
                batch.partitionLeaderEpoch());
    }

    private static RefusedException damaged(FetchEvent.Fetched from, RecordBatchView batch, String why) {
        return RefusedException.of(
                "read " + from.partition() + " at offset " + batch.baseOffset(),
                ErrorCode.CORRUPT_MESSAGE,
                "the batch is damaged: " + why + "; seek past offset " + batch.lastOffset() + " to go on without it");
    }

    @Override
    public void close() {
        cursor.close();
    }
}
