package io.millrace.storage.log;

/**
 * The truncation whose cut of the segment files is due, if any; several fold into the lowest. Owner: the log's loop.
 *
 * <pre>
 *   NONE --below the tail, inside a batch perhaps--> INEXACT --where the batch begins is found--> EXACT
 *     |--in the tail, or written beside it------------------------------------------------------> EXACT
 *   EXACT --its record is synced, or no checkpoint speaks of what goes--> allowed --files cut--> NONE
 * </pre>
 */
final class PendingCut {

    private static final long NONE = -1;

    private long to = NONE;
    // Whether it is where a batch begins: what the journal says must be exact, for a start may find the file cut
    // already.
    private boolean exact;
    // Whether the record of the very truncation that asks for the cut is synced, not that of one before it.
    private boolean recorded;

    boolean isDue() {
        return to != NONE;
    }

    boolean isExact() {
        return exact;
    }

    boolean isRecorded() {
        return recorded;
    }

    long endOffset() {
        return to;
    }

    /** @param needsRecord whether the journal has, or will have, records that only a truncation record takes back */
    void asked(long endOffset, boolean isExact, boolean needsRecord) {
        if (to == NONE || endOffset < to) {
            to = endOffset;
            exact = isExact;
            recorded = !needsRecord;
        }
    }

    /** A batch begins at {@code endOffset}. */
    void found(long endOffset) {
        to = endOffset;
        exact = true;
    }

    /** A truncation record is synced, and none that came later waits. */
    void recordSynced() {
        recorded |= to != NONE && exact;
    }

    void clear() {
        to = NONE;
    }

    @Override
    public String toString() {
        return to == NONE ? "cut=none" : "cut=" + to + " exact=" + exact + " recorded=" + recorded;
    }
}
