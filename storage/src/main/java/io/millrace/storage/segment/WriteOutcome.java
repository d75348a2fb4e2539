package io.millrace.storage.segment;

/**
 * Where an active segment stands after a job, as of its last whole write. Immutable.
 *
 * @param lengthBytes of the {@code .log} file
 * @param endOffset exclusive
 * @param maxTimestampMs largest of all batches, -1 when empty
 * @param indexEntries entries that readers may use
 * @param digest over all stored bytes, see {@link SegmentDigest}
 */
public record WriteOutcome(long lengthBytes, long endOffset, long maxTimestampMs, int indexEntries, int digest) {}
