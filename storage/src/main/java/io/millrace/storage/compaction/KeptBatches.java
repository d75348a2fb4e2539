package io.millrace.storage.compaction;

import java.util.Arrays;

/** Batches of which at least the header stays, by their last offset: those that producers are known by. Immutable. */
public final class KeptBatches {

    private final long[] lastOffsets;

    /** @param lastOffsets in any order */
    public KeptBatches(long... lastOffsets) {
        this.lastOffsets = lastOffsets.clone();
        Arrays.sort(this.lastOffsets);
    }

    boolean has(long lastOffset) {
        return Arrays.binarySearch(lastOffsets, lastOffset) >= 0;
    }
}
