package io.millrace.storage.segment;

/**
 * How far a segment is good. Immutable.
 *
 * @param endPosition file position after the last good batch: the first bad byte when {@code stop} is not END
 * @param endOffset after the last good batch
 * @param batches good ones seen
 * @param message what is wrong there, empty at END
 */
public record ScanOutcome(long endPosition, long endOffset, long batches, Stop stop, String message) {

    /** Why a scan ended. */
    public enum Stop {
        /** Every byte up to the given length belongs to a good batch. */
        END,
        /** The last bytes are the beginning of a batch whose rest is missing. */
        TORN,
        /** Bytes that are no batch, or one whose CRC or offsets are wrong. */
        CORRUPT
    }
}
