package io.millrace.storage;

/**
 * A counted reference to immutable bytes of a log: whole record batches. Any thread may read and release it; release exactly
 * once. Retention, deletion and reclaim drop only their own reference, so the bytes stay valid until then.
 */
public sealed interface LogSlice permits TailSlice, FileSlice {

    /** At least 1. */
    int sizeBytes();

    /** Gives the reference back. Exactly once, from any thread. */
    void release();
}
