package io.millrace.storage.segment;

import io.millrace.protocol.record.RecordBatchView;
import java.nio.ByteBuffer;

/**
 * Follows the batches of one segment in order: makes the index entries that fall due and keeps what an entry says of all
 * batches before it. Owned by an {@link ActiveSegment}.
 */
final class IndexBuilder {

    /**
     * What is true after some prefix of the segment. Immutable.
     *
     * @param lengthBytes of the prefix
     * @param nextOffset after its last batch
     * @param maxTimestampOffsetDelta of the first batch with the largest timestamp, -1 none
     * @param lastIndexedPosition of the last entry's batch, 0 when there is none
     */
    record State(
            long lengthBytes,
            long nextOffset,
            long maxTimestampMs,
            int maxTimestampOffsetDelta,
            int digest,
            long lastIndexedPosition,
            int indexEntries) {

        static State start(long baseOffset) {
            return new State(0, baseOffset, -1, -1, SegmentDigest.EMPTY, 0, 0);
        }

        /** Right before the batch of entry number {@code number}, that entry included. */
        static State at(IndexEntry entry, int number, long baseOffset) {
            return new State(
                    entry.filePosition,
                    baseOffset + entry.offsetDelta,
                    entry.maxTimestampBeforeMs,
                    entry.maxTimestampOffsetDelta,
                    entry.digestBefore,
                    entry.filePosition,
                    number + 1);
        }

        WriteOutcome outcome() {
            return new WriteOutcome(lengthBytes, nextOffset, maxTimestampMs, indexEntries, digest);
        }
    }

    private final long baseOffset;
    private final int intervalBytes;
    private final SegmentDigest digests = new SegmentDigest();
    private final IndexEntry entry = new IndexEntry();
    private ByteBuffer pending = ByteBuffer.allocate(4 * IndexEntry.BYTES);

    private long lengthBytes;
    private long nextOffset;
    private long maxTimestampMs;
    private int maxTimestampOffsetDelta;
    private int digest;
    private long lastIndexedPosition;
    private int indexEntries;

    IndexBuilder(long baseOffset, int intervalBytes) {
        this.baseOffset = baseOffset;
        this.intervalBytes = intervalBytes;
        reset(State.start(baseOffset));
    }

    State state() {
        return new State(
                lengthBytes,
                nextOffset,
                maxTimestampMs,
                maxTimestampOffsetDelta,
                digest,
                lastIndexedPosition,
                indexEntries);
    }

    /** Goes on from a known prefix; pending entries are forgotten. */
    void reset(State state) {
        lengthBytes = state.lengthBytes;
        nextOffset = state.nextOffset;
        maxTimestampMs = state.maxTimestampMs;
        maxTimestampOffsetDelta = state.maxTimestampOffsetDelta;
        digest = state.digest;
        lastIndexedPosition = state.lastIndexedPosition;
        indexEntries = state.indexEntries;
        pending.clear();
    }

    long lengthBytes() {
        return lengthBytes;
    }

    long nextOffset() {
        return nextOffset;
    }

    /** The next batch of the segment; only its header is looked at. */
    void add(RecordBatchView batch) {
        long batchOffset = batch.baseOffset();
        long lastDelta = batch.lastOffset() - baseOffset;
        int size = batch.sizeBytes();
        if (batchOffset < nextOffset || lastDelta > Integer.MAX_VALUE || lengthBytes + size > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("batch " + batchOffset + ".." + batch.lastOffset() + " of " + size
                    + " bytes does not follow offset " + nextOffset + " at byte " + lengthBytes + " of segment "
                    + baseOffset);
        }
        int offsetDelta = (int) (batchOffset - baseOffset);
        if (lengthBytes - lastIndexedPosition >= intervalBytes && offsetDelta > 0 && lengthBytes > 0) {
            addEntry(offsetDelta, batch.partitionLeaderEpoch());
        }
        // Compaction may have left a header only: it has a timestamp, but no record that a look-up could answer.
        if (batch.maxTimestampMs() > maxTimestampMs && batch.recordCount() != 0) {
            maxTimestampMs = batch.maxTimestampMs();
            maxTimestampOffsetDelta = offsetDelta;
        }
        digest = digests.after(digest, batch);
        lengthBytes += size;
        nextOffset = batch.nextOffset();
    }

    /** Entries made since the last {@link #reset} or {@link #pendingWritten}, ready to be written. */
    ByteBuffer pending() {
        return pending.duplicate().flip();
    }

    void pendingWritten() {
        pending.clear();
    }

    private void addEntry(int offsetDelta, int leaderEpoch) {
        if (pending.remaining() < IndexEntry.BYTES) {
            pending = ByteBuffer.allocate(pending.capacity() * 2).put(pending.flip());
        }
        entry.offsetDelta = offsetDelta;
        entry.filePosition = (int) lengthBytes;
        entry.leaderEpoch = leaderEpoch;
        entry.maxTimestampOffsetDelta = maxTimestampOffsetDelta;
        entry.maxTimestampBeforeMs = maxTimestampMs;
        entry.digestBefore = digest;
        entry.write(pending, pending.position());
        pending.position(pending.position() + IndexEntry.BYTES);
        lastIndexedPosition = lengthBytes;
        indexEntries++;
    }
}
