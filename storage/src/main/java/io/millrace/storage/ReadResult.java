package io.millrace.storage;

import java.util.List;

/** What a read found. */
public sealed interface ReadResult {

    /**
     * Whole batches in offset order, possibly none.
     *
     * @param slices in order; the receiver releases each one, from any thread
     * @param sizeBytes sum over the slices
     * @param endOffset after the last batch: where a reader goes on; the offset asked for when there is none
     */
    record Batches(List<LogSlice> slices, int sizeBytes, long endOffset) implements ReadResult {}

    /**
     * The bytes are not at hand (cold, or being loaded): the log calls {@code ready} on the owner loop once, then the same
     * read is worth repeating.
     */
    non-sealed interface Pending extends ReadResult {

        void whenReady(Runnable ready);
    }

    /** The offset lies outside {@code [logStartOffset, logEndOffset]}. */
    record OutOfRange(long logStartOffset, long logEndOffset) implements ReadResult {}

    /** The bytes cannot be read now: the disk refused, or the directory is offline. */
    record Failed(StorageFailure failure) implements ReadResult {}

    /** The bytes at the offset asked for are damaged: nobody can be given them. The failure names the file and the extent. */
    record Damaged(StorageFailure failure) implements ReadResult {}
}
