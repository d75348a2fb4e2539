package io.millrace.replication.replica;

import java.util.Arrays;

/**
 * The sizes of the appends above the high watermark, so that a parked fetch learns how many bytes each move uncovers. Owned
 * by the shard loop. A ring of pairs (end offset, bytes); empty, it holds no memory.
 */
final class AppendSizes {

    private static final long[] NOTHING = new long[0];
    private static final int INITIAL_PAIRS = 8;

    private long[] ring = NOTHING;
    /** Indexes of pairs; they only grow and are taken modulo the capacity, a power of two. */
    private int head;

    private int tail;

    void appended(long endOffset, int sizeBytes) {
        int capacity = ring.length >> 1;
        if (tail - head == capacity) {
            grow(capacity);
            capacity = ring.length >> 1;
        }
        int slot = (tail & (capacity - 1)) << 1;
        ring[slot] = endOffset;
        ring[slot + 1] = sizeBytes;
        tail++;
    }

    /** Forgets the appends that end at or below {@code offset} and answers their bytes. */
    long takeUpTo(long offset) {
        int mask = (ring.length >> 1) - 1;
        long bytes = 0;
        while (head != tail && ring[(head & mask) << 1] <= offset) {
            bytes += ring[((head & mask) << 1) + 1];
            head++;
        }
        if (head == tail && ring.length > 2 * INITIAL_PAIRS * 16) {
            ring = NOTHING;
            head = 0;
            tail = 0;
        }
        return bytes;
    }

    private void grow(int capacity) {
        if (capacity == 0) {
            ring = new long[2 * INITIAL_PAIRS];
            return;
        }
        long[] grown = Arrays.copyOf(unrolled(capacity), 4 * capacity);
        ring = grown;
        tail -= head;
        head = 0;
    }

    private long[] unrolled(int capacity) {
        long[] pairs = new long[2 * capacity];
        int first = (head & (capacity - 1)) << 1;
        System.arraycopy(ring, first, pairs, 0, ring.length - first);
        System.arraycopy(ring, 0, pairs, ring.length - first, first);
        return pairs;
    }
}
