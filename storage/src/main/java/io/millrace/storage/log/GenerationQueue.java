package io.millrace.storage.log;

import java.util.Arrays;

/**
 * Which journal generations still hold batches that are not in a checkpointed segment: pairs (generation, end offset of what
 * it holds), both rising. At most as many entries as the journal has files. Owner: the log's loop.
 */
final class GenerationQueue {

    /** What {@link #oldest} answers when no generation is needed. */
    static final long NONE = Long.MAX_VALUE;

    private long[] generations = new long[2];
    private long[] endOffsets = new long[2];
    private int count;

    void add(long generation, long endOffset) {
        if (count > 0 && generations[count - 1] == generation) {
            endOffsets[count - 1] = endOffset;
            return;
        }
        if (count == generations.length) {
            generations = Arrays.copyOf(generations, count * 2);
            endOffsets = Arrays.copyOf(endOffsets, count * 2);
        }
        generations[count] = generation;
        endOffsets[count++] = endOffset;
    }

    /** Truncation: nothing above {@code endOffset} is needed from anywhere, once a row says that the log ends there. */
    void clamp(long endOffset) {
        for (int i = 0; i < count; i++) {
            endOffsets[i] = Math.min(endOffsets[i], endOffset);
        }
    }

    /** Everything below {@code endOffset} is in a checkpointed segment. */
    void dropThrough(long endOffset) {
        int dropped = 0;
        while (dropped < count && endOffsets[dropped] <= endOffset) {
            dropped++;
        }
        if (dropped > 0) {
            System.arraycopy(generations, dropped, generations, 0, count - dropped);
            System.arraycopy(endOffsets, dropped, endOffsets, 0, count - dropped);
            count -= dropped;
        }
    }

    long oldest() {
        return count == 0 ? NONE : generations[0];
    }

    /** What {@link #oldest} will be once everything below {@code endOffset} is checkpointed. */
    long oldestAfter(long endOffset) {
        for (int i = 0; i < count; i++) {
            if (endOffsets[i] > endOffset) {
                return generations[i];
            }
        }
        return NONE;
    }
}
