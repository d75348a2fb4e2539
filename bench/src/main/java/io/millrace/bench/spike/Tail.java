package io.millrace.bench.spike;

import java.nio.ByteBuffer;

/**
 * The off-heap tail: a ring in journal record format and a table of the batches in it. The generator thread appends and frees;
 * other threads read entries they were handed through a volatile or a queue.
 *
 * <pre>
 *   ring:  | 32 B record header | batch | 32 B record header | batch | ...   (a record never wraps)
 * </pre>
 */
final class Tail {
    static final int RECORD_HEADER_BYTES = 32;
    static final int CAPACITY_BYTES = 64 << 20;
    private static final int TABLE_SIZE = 1 << 17;

    private final ByteBuffer ring = ByteBuffer.allocateDirect(CAPACITY_BYTES);
    private final long[] position = new long[TABLE_SIZE];
    private final int[] length = new int[TABLE_SIZE];
    private final int[] partition = new int[TABLE_SIZE];
    private final long[] startNs = new long[TABLE_SIZE];
    private final boolean[] written = new boolean[TABLE_SIZE];
    private long nextSequence;
    private long freeSequence;
    private long endPosition;
    private long freePosition;

    /** Copies the batch in and returns its sequence, or -1 when the tail is full. */
    long append(int toPartition, ByteBuffer batch, long atNs) {
        int bytes = RECORD_HEADER_BYTES + batch.remaining();
        int index = (int) (endPosition % CAPACITY_BYTES);
        long start = index + bytes > CAPACITY_BYTES ? endPosition + (CAPACITY_BYTES - index) : endPosition;
        if (start + bytes - freePosition > CAPACITY_BYTES || nextSequence - freeSequence >= TABLE_SIZE) {
            return -1;
        }
        int slot = slot(nextSequence);
        index = (int) (start % CAPACITY_BYTES);
        ring.putInt(index, bytes).putInt(index + 4, toPartition).putLong(index + 8, nextSequence);
        ring.put(index + RECORD_HEADER_BYTES, batch, batch.position(), batch.remaining());
        position[slot] = start;
        length[slot] = bytes;
        partition[slot] = toPartition;
        startNs[slot] = atNs;
        written[slot] = false;
        endPosition = start + bytes;
        return nextSequence++;
    }

    /** The batch lies in its segment; its space is free once all older ones do too. */
    void written(long sequence) {
        written[slot(sequence)] = true;
        while (freeSequence < nextSequence && written[slot(freeSequence)]) {
            freePosition = position[slot(freeSequence)] + length[slot(freeSequence)];
            freeSequence++;
        }
    }

    boolean isWritten(long sequence) {
        return written[slot(sequence)];
    }

    /** All sequences below this one lie in their segments. */
    long freeSequence() {
        return freeSequence;
    }

    long nextSequence() {
        return nextSequence;
    }

    long usedBytes() {
        return endPosition - freePosition;
    }

    int partition(long sequence) {
        return partition[slot(sequence)];
    }

    long startNs(long sequence) {
        return startNs[slot(sequence)];
    }

    int recordBytes(long sequence) {
        return length[slot(sequence)];
    }

    /** A view of the batch without its record header, for the segment. */
    ByteBuffer batch(long sequence) {
        int index = (int) (position[slot(sequence)] % CAPACITY_BYTES);
        return ring.slice(index + RECORD_HEADER_BYTES, length[slot(sequence)] - RECORD_HEADER_BYTES);
    }

    /** Views of the records of sequences [first, end), one or (around the ring's end) two. */
    ByteBuffer[] records(long first, long end) {
        int from = (int) (position[slot(first)] % CAPACITY_BYTES);
        int last = (int) (position[slot(end - 1)] % CAPACITY_BYTES);
        int to = last + length[slot(end - 1)];
        if (to > from) {
            return new ByteBuffer[] {ring.slice(from, to - from)};
        }
        return new ByteBuffer[] {ring.slice(from, CAPACITY_BYTES - from), ring.slice(0, to)};
    }

    static int slot(long sequence) {
        return (int) (sequence & (TABLE_SIZE - 1));
    }

    static int slots() {
        return TABLE_SIZE;
    }
}
