package io.millrace.clients.stub;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.record.RecordBatchView;
import io.millrace.protocol.record.RecordCursor;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One partition in memory, with the sequence checks of a real one. Guarded by the cluster's lock. */
final class StubLog {

    private static final int REMEMBERED_BATCHES = 5;

    /** What an append came to. */
    record Appended(ErrorCode error, long baseOffset) {}

    private record Batch(int baseSequence, int lastSequence, long baseOffset) {}

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Stored(long baseOffset, long lastOffset, byte[] bytes) {}

    private static final class ProducerState {
        short epoch = -1;
        final ArrayDeque<Batch> batches = new ArrayDeque<>();
    }

    private final List<Stored> batches = new ArrayList<>();
    private final Map<Long, ProducerState> producers = new HashMap<>();
    private long startOffset;
    private long endOffset;
    private int maxBatchBytes = Integer.MAX_VALUE;

    long startOffset() {
        return startOffset;
    }

    long endOffset() {
        return endOffset;
    }

    void startOffset(long offset) {
        startOffset = offset;
    }

    void maxBatchBytes(int bytes) {
        maxBatchBytes = bytes;
    }

    void forgetProducers() {
        producers.clear();
    }

    Appended append(ByteBuffer bytes, int leaderEpoch) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        RecordBatchView batch = new RecordBatchView().wrap(ByteBuffer.wrap(copy), 0);
        if (!batch.crcValid() || batch.sizeBytes() != copy.length) {
            return new Appended(ErrorCode.CORRUPT_MESSAGE, -1);
        }
        if (copy.length > maxBatchBytes) {
            return new Appended(ErrorCode.MESSAGE_TOO_LARGE, -1);
        }
        if (batch.hasProducerId()) {
            Appended verdict = checkSequence(batch);
            if (verdict != null) {
                return verdict;
            }
        }
        long baseOffset = endOffset;
        batch.baseOffset(baseOffset);
        batch.partitionLeaderEpoch(leaderEpoch);
        batches.add(new Stored(baseOffset, batch.lastOffset(), copy));
        endOffset = batch.nextOffset();
        return new Appended(ErrorCode.NONE, baseOffset);
    }

    private @Nullable Appended checkSequence(RecordBatchView batch) {
        ProducerState state = producers.computeIfAbsent(batch.producerId(), id -> new ProducerState());
        if (batch.producerEpoch() < state.epoch) {
            return new Appended(ErrorCode.INVALID_PRODUCER_EPOCH, -1);
        }
        if (batch.producerEpoch() > state.epoch) {
            if (batch.baseSequence() != 0) {
                ErrorCode error =
                        state.epoch < 0 ? ErrorCode.UNKNOWN_PRODUCER_ID : ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER;
                return new Appended(error, -1);
            }
            state.epoch = batch.producerEpoch();
            state.batches.clear();
        } else {
            for (Batch known : state.batches) {
                if (known.baseSequence() == batch.baseSequence() && known.lastSequence() == batch.lastSequence()) {
                    return new Appended(ErrorCode.NONE, known.baseOffset());
                }
            }
            Batch last = state.batches.peekLast();
            int expected = last == null ? 0 : RecordBatchView.sequenceAfter(last.lastSequence(), 1);
            if (batch.baseSequence() != expected) {
                return new Appended(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, -1);
            }
        }
        state.batches.addLast(new Batch(batch.baseSequence(), batch.lastSequence(), endOffset));
        if (state.batches.size() > REMEMBERED_BATCHES) {
            state.batches.removeFirst();
        }
        return null;
    }

    /** Whole batches from the one that holds an offset, at least one when there is any. */
    byte[] read(long offset, int maxBytes) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (Stored batch : batches) {
            if (batch.lastOffset() >= offset) {
                if (bytes.size() > 0 && bytes.size() + batch.bytes().length > maxBytes) {
                    break;
                }
                bytes.writeBytes(batch.bytes());
            }
        }
        return bytes.toByteArray();
    }

    /** Adds bytes as they are, to see what readers make of them. */
    void appendRaw(byte[] bytes, int records) {
        batches.add(new Stored(endOffset, endOffset + records - 1, bytes));
        endOffset += records;
    }

    /** The values, in order. */
    List<String> values() {
        List<String> values = new ArrayList<>();
        try (RecordCursor cursor = new RecordCursor()) {
            for (Stored batch : batches) {
                cursor.reset(new RecordBatchView().wrap(ByteBuffer.wrap(batch.bytes()), 0));
                while (cursor.next()) {
                    byte[] value = cursor.record().copyValue();
                    values.add(value == null ? "null" : new String(value, StandardCharsets.UTF_8));
                }
            }
        }
        return values;
    }
}
