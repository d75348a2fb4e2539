package io.millrace.storage.tail;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The batches of one tail in parallel primitive arrays: a ring addressed by entry number. Owned by its {@link TailLog}. About
 * 32 bytes a batch; nothing when empty, unless the last fill was large enough that the next is likely to be.
 */
final class TailEntries {

    private static final int FIRST_CAPACITY = 8;

    /** Arrays up to this many entries are dropped when the tail empties: idle logs must cost next to nothing. */
    private static final int DROPPED_CAPACITY = 64;

    private static final long[] NO_LONGS = {};
    private static final int[] NO_INTS = {};
    private static final @Nullable TailChunk[] NO_CHUNKS = {};

    private long[] baseOffsets = NO_LONGS;
    private long[] maxTimestampsMs = NO_LONGS;
    private int[] offsetCounts = NO_INTS;
    private int[] sizes = NO_INTS;
    private int[] positions = NO_INTS;
    private @Nullable TailChunk[] chunks = NO_CHUNKS;
    private long first;
    private long end;
    private int mostUsed;

    long first() {
        return first;
    }

    long end() {
        return end;
    }

    int count() {
        return (int) (end - first);
    }

    int capacity() {
        return sizes.length;
    }

    /** Takes over the caller's reference to {@code chunk}. */
    void addLast(long baseOffset, int offsetCount, int size, long maxTimestampMs, TailChunk chunk, int position) {
        if (count() == sizes.length) {
            resize(Math.max(FIRST_CAPACITY, sizes.length * 2));
        }
        int i = index(end);
        baseOffsets[i] = baseOffset;
        offsetCounts[i] = offsetCount;
        sizes[i] = size;
        maxTimestampsMs[i] = maxTimestampMs;
        chunks[i] = chunk;
        positions[i] = position;
        end++;
        mostUsed = Math.max(mostUsed, count());
    }

    /** Releases the oldest entry's chunk. */
    void removeFirst() {
        drop(first);
        first++;
        shrinkWhenEmpty();
    }

    /** Releases the newest entry's chunk. */
    void removeLast() {
        drop(end - 1);
        end--;
        shrinkWhenEmpty();
    }

    /** Puts an entry's bytes elsewhere; takes over the reference to {@code chunk}, releases the old one. */
    void move(long entry, TailChunk chunk, int position) {
        TailChunk old = chunk(entry);
        chunks[index(entry)] = chunk;
        positions[index(entry)] = position;
        old.release();
    }

    long baseOffset(long entry) {
        return baseOffsets[checked(entry)];
    }

    long endOffset(long entry) {
        int i = checked(entry);
        return baseOffsets[i] + offsetCounts[i];
    }

    int size(long entry) {
        return sizes[checked(entry)];
    }

    long maxTimestampMs(long entry) {
        return maxTimestampsMs[checked(entry)];
    }

    int position(long entry) {
        return positions[checked(entry)];
    }

    TailChunk chunk(long entry) {
        TailChunk chunk = chunks[checked(entry)];
        if (chunk == null) {
            throw new IllegalStateException("tail entry " + entry + " has no chunk");
        }
        return chunk;
    }

    private int checked(long entry) {
        if (entry < first || entry >= end) {
            throw new IndexOutOfBoundsException("tail entry " + entry + " outside [" + first + ", " + end + ")");
        }
        return index(entry);
    }

    private int index(long entry) {
        return (int) entry & (sizes.length - 1);
    }

    private void drop(long entry) {
        TailChunk chunk = chunk(entry);
        chunks[index(entry)] = null;
        chunk.release();
    }

    private void shrinkWhenEmpty() {
        if (first != end) {
            return;
        }
        if (sizes.length <= DROPPED_CAPACITY || mostUsed < sizes.length / 4) {
            baseOffsets = NO_LONGS;
            maxTimestampsMs = NO_LONGS;
            offsetCounts = NO_INTS;
            sizes = NO_INTS;
            positions = NO_INTS;
            chunks = NO_CHUNKS;
        }
        mostUsed = 0;
    }

    private void resize(int capacity) {
        long[] newBaseOffsets = new long[capacity];
        long[] newMaxTimestamps = new long[capacity];
        int[] newOffsetCounts = new int[capacity];
        int[] newSizes = new int[capacity];
        int[] newPositions = new int[capacity];
        @Nullable TailChunk[] newChunks = Arrays.copyOf(NO_CHUNKS, capacity);
        for (long e = first; e < end; e++) {
            int from = index(e);
            int to = (int) e & (capacity - 1);
            newBaseOffsets[to] = baseOffsets[from];
            newMaxTimestamps[to] = maxTimestampsMs[from];
            newOffsetCounts[to] = offsetCounts[from];
            newSizes[to] = sizes[from];
            newPositions[to] = positions[from];
            newChunks[to] = chunks[from];
        }
        baseOffsets = newBaseOffsets;
        maxTimestampsMs = newMaxTimestamps;
        offsetCounts = newOffsetCounts;
        sizes = newSizes;
        positions = newPositions;
        chunks = newChunks;
    }
}
