package io.millrace.broker.coordinator.group.log;

import io.millrace.broker.coordinator.group.state.GroupRecord;
import io.millrace.broker.coordinator.group.state.GroupRecordCodec;
import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.MalformedMessageException;
import io.millrace.protocol.record.CorruptBatchException;
import io.millrace.protocol.record.RecordBatchScanner;
import io.millrace.protocol.record.RecordBatchView;
import io.millrace.protocol.record.RecordCursor;
import io.millrace.replication.replica.DeadlineQueue;
import io.millrace.replication.replica.LeaderReplica;
import io.millrace.replication.replica.MissingBytes;
import io.millrace.replication.replica.PendingFetch;
import io.millrace.replication.replica.ReadBound;
import io.millrace.replication.replica.ReplicaRead;
import io.millrace.runtime.EventLoop;
import io.millrace.storage.FileSlice;
import io.millrace.storage.LogSlice;
import io.millrace.storage.TailSlice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One pass over a coordinator's partition, from its log start to where the log ended when the pass began. Owned by the shard
 * loop.
 *
 * <pre>
 * READING --batches--> READING (next turn of the loop, so that the shard serves others between two pieces)
 *    |------cold-----> waits for the I/O pool, which has the bytes in the page cache before it says so
 *    |------not yet committed --> waits for the high watermark
 *    `------at the end, or unreadable --> told once
 * </pre>
 */
final class LogLoading {

    private static final Logger LOG = LoggerFactory.getLogger(LogLoading.class);
    /** Some milliseconds of replay. */
    private static final int PIECE_BYTES = 256 * 1024;

    private static final long MAX_WAIT_NS = 1_000_000_000;
    private static final int NO_EPOCH = -1;

    private final EventLoop loop;
    private final DeadlineQueue deadlines;
    private final LeaderReplica replica;
    private final Consumer<GroupRecord> sink;
    private final Consumer<ErrorCode> loaded;
    private final long endOffset;
    private long nextOffset;

    LogLoading(
            EventLoop loop,
            DeadlineQueue deadlines,
            LeaderReplica replica,
            Consumer<GroupRecord> sink,
            Consumer<ErrorCode> loaded) {
        this.loop = loop;
        this.deadlines = deadlines;
        this.replica = replica;
        this.sink = sink;
        this.loaded = loaded;
        this.nextOffset = replica.logStartOffset();
        this.endOffset = replica.logEndOffset();
    }

    void step() {
        if (!replica.isLeading()) {
            loaded.accept(ErrorCode.NOT_COORDINATOR);
            return;
        }
        if (nextOffset >= endOffset) {
            loaded.accept(ErrorCode.NONE);
            return;
        }
        switch (replica.read(nextOffset, ReadBound.COMMITTED, NO_EPOCH, NO_EPOCH, PIECE_BYTES, true)) {
            case ReplicaRead.Batches(var slices, var sizeBytes, var endOffset, var offsets) -> {
                if (sizeBytes == 0) {
                    awaitCommit();
                    return;
                }
                ErrorCode error = ErrorCode.NONE;
                for (LogSlice slice : slices) {
                    error = error == ErrorCode.NONE ? replay(slice) : error;
                    slice.release();
                }
                if (error == ErrorCode.NONE) {
                    loop.post(this::step);
                } else {
                    loaded.accept(error);
                }
            }
            case ReplicaRead.Pending(var bytes) -> bytes.whenReady(this::step);
            case ReplicaRead.Diverging diverging ->
                loaded.accept(unreadable("a diverging epoch that was not asked for"));
            case ReplicaRead.Refused(var error, var message, var offsets) ->
                loaded.accept(unreadable(error + ": " + message));
        }
    }

    private void awaitCommit() {
        new PendingFetch(deadlines, new MissingBytes(1), MAX_WAIT_NS, reason -> step()).watch(replica);
    }

    private ErrorCode replay(LogSlice slice) {
        try {
            ByteBuffer bytes = bytes(slice);
            RecordBatchScanner batches = new RecordBatchScanner().reset(bytes, bytes.position(), bytes.limit());
            try (RecordCursor records = new RecordCursor()) {
                while (batches.next()) {
                    RecordBatchView batch = batches.batch();
                    if (!batch.crcValid()) {
                        return unreadable("a batch with a wrong CRC: " + batch);
                    }
                    // A look-up by offset may answer a batch that begins before it.
                    if (batch.lastOffset() >= nextOffset) {
                        replay(batch, records);
                        nextOffset = batch.nextOffset();
                    }
                }
            }
            return batches.stop() == RecordBatchScanner.Stop.END
                    ? ErrorCode.NONE
                    : unreadable("bytes that are no whole batch: " + batches.stop());
        } catch (IOException | MalformedMessageException | CorruptBatchException e) {
            return unreadable(e.toString());
        }
    }

    private void replay(RecordBatchView batch, RecordCursor records) {
        if (batch.isControl()) {
            return;
        }
        records.reset(batch);
        while (records.next()) {
            ByteBuffer key = records.record().key();
            if (key != null) {
                GroupRecord record = GroupRecordCodec.read(key, records.record().value());
                if (record != null) {
                    sink.accept(record);
                }
            }
        }
    }

    private static ByteBuffer bytes(LogSlice slice) throws IOException {
        return switch (slice) {
            case TailSlice tail -> tail.bytes();
            case FileSlice file -> {
                ByteBuffer copy = ByteBuffer.allocate(file.sizeBytes());
                file.readInto(0, copy);
                yield copy.flip();
            }
        };
    }

    private ErrorCode unreadable(String why) {
        LOG.error(
                "event=coordinator-load-failed partition={} offset={} cause=\"{}\"",
                replica.identity(),
                nextOffset,
                why);
        return ErrorCode.COORDINATOR_NOT_AVAILABLE;
    }
}
