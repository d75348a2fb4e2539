package io.millrace.storage.producer;

import io.millrace.protocol.record.RecordBatchView;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One producer: its epoch, its last batches under that epoch, its open transaction. Owned by {@link ProducerStates}; also a
 * link of the list from longest idle to last active.
 *
 * <pre>
 *  stored: producer id (8) | epoch (2) | coordinator epoch (4) | last timestamp (8) | last offset (8)
 *          | open transaction offset (8) | batches (1) | batches x { base sequence (4) | offset delta (4)
 *          | base offset (8) | max timestamp (8) }, oldest first
 * </pre>
 */
final class ProducerEntry {

    /** As many as a client may have in flight (KIP-98), so that a retry of any of them is recognised. */
    static final int BATCHES = 5;

    static final int HEADER_BYTES = 39;
    static final int BATCH_BYTES = 24;

    final long producerId;
    short epoch = RecordBatchView.NO_PRODUCER_EPOCH;
    int coordinatorEpoch = -1;
    long lastTimestampMs = RecordBatchView.NO_TIMESTAMP;
    long lastOffset = -1;
    long openTransactionOffset = -1;

    /** Local, not derived from the log: when this process last saw a batch of it. */
    long activeNs;

    @Nullable
    ProducerEntry idler;

    @Nullable
    ProducerEntry fresher;

    private final int[] baseSequences = new int[BATCHES];
    private final int[] offsetDeltas = new int[BATCHES];
    private final long[] baseOffsets = new long[BATCHES];
    private final long[] timestampsMs = new long[BATCHES];
    private int oldest;
    private int batchCount;

    ProducerEntry(long producerId) {
        this.producerId = producerId;
    }

    /** Last offset of one of its batches, 0 being the oldest. */
    long lastOffsetAt(int number) {
        int at = (oldest + number) % BATCHES;
        return baseOffsets[at] + offsetDeltas[at];
    }

    int batchCount() {
        return batchCount;
    }

    void epoch(short newEpoch) {
        if (newEpoch != epoch) {
            epoch = newEpoch;
            batchCount = 0;
        }
    }

    void add(int baseSequence, int offsetDelta, long baseOffset, long timestampMs) {
        int at = (oldest + batchCount) % BATCHES;
        if (batchCount == BATCHES) {
            oldest = (oldest + 1) % BATCHES;
        } else {
            batchCount++;
        }
        baseSequences[at] = baseSequence;
        offsetDeltas[at] = offsetDelta;
        baseOffsets[at] = baseOffset;
        timestampsMs[at] = timestampMs;
    }

    /** Sequence that the next batch must begin with. */
    int nextSequence() {
        if (batchCount == 0) {
            return 0;
        }
        int last = (oldest + batchCount - 1) % BATCHES;
        return RecordBatchView.sequenceAfter(baseSequences[last], offsetDeltas[last] + 1);
    }

    /** First sequence of the oldest batch kept; only when there is one. */
    int oldestSequence() {
        return baseSequences[oldest];
    }

    ProducerCheck.@Nullable Duplicate duplicateOf(int baseSequence, int offsetDelta) {
        for (int i = 0; i < batchCount; i++) {
            int at = (oldest + i) % BATCHES;
            if (baseSequences[at] == baseSequence && offsetDeltas[at] == offsetDelta) {
                return new ProducerCheck.Duplicate(
                        baseOffsets[at], baseOffsets[at] + offsetDelta + 1, timestampsMs[at]);
            }
        }
        return null;
    }

    int storedBytes() {
        return HEADER_BYTES + batchCount * BATCH_BYTES;
    }

    void write(ByteBuffer out) {
        out.putLong(producerId).putShort(epoch).putInt(coordinatorEpoch);
        out.putLong(lastTimestampMs).putLong(lastOffset).putLong(openTransactionOffset);
        out.put((byte) batchCount);
        for (int i = 0; i < batchCount; i++) {
            int at = (oldest + i) % BATCHES;
            out.putInt(baseSequences[at]).putInt(offsetDeltas[at]);
            out.putLong(baseOffsets[at]).putLong(timestampsMs[at]);
        }
    }

    /** Null when the bytes cannot be an entry. */
    static @Nullable ProducerEntry read(ByteBuffer in) {
        if (in.remaining() < HEADER_BYTES) {
            return null;
        }
        ProducerEntry entry = new ProducerEntry(in.getLong());
        entry.epoch = in.getShort();
        entry.coordinatorEpoch = in.getInt();
        entry.lastTimestampMs = in.getLong();
        entry.lastOffset = in.getLong();
        entry.openTransactionOffset = in.getLong();
        int batches = in.get();
        if (entry.producerId < 0 || batches < 0 || batches > BATCHES || in.remaining() < batches * BATCH_BYTES) {
            return null;
        }
        for (int i = 0; i < batches; i++) {
            entry.add(in.getInt(), in.getInt(), in.getLong(), in.getLong());
        }
        return entry;
    }
}
