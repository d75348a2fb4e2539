package io.millrace.storage.segment;

/**
 * Whole batches in a segment file that answer a read. Immutable.
 *
 * @param filePosition of the first byte
 * @param sizeBytes 0 when no whole batch lies within the bounds
 * @param baseOffset of the first batch; may be below the offset asked for
 * @param endOffset after the last batch: where a reader goes on
 */
public record LocatedRange(long filePosition, int sizeBytes, long baseOffset, long endOffset) {}
