package io.millrace.bench.spike;

/** A partition's run of batches on its way to its segment. Not a record: it holds an array, which it hands over uncopied. */
final class SegmentRun {
    private static final int SYNC_ONLY = -1;
    private final int partition;
    private final long[] sequences;
    private final long bytes;

    SegmentRun(int partition, long[] sequences, long bytes) {
        this.partition = partition;
        this.sequences = sequences;
        this.bytes = bytes;
    }

    /** On the way in asks for a sync of all runs before it, on the way back reports one. */
    static SegmentRun syncOnly() {
        return new SegmentRun(SYNC_ONLY, new long[0], 0);
    }

    boolean isSync() {
        return partition == SYNC_ONLY;
    }

    int partition() {
        return partition;
    }

    long[] sequences() {
        return sequences;
    }

    long bytes() {
        return bytes;
    }
}
