package io.millrace.protocol;

/**
 * The value of a {@code records} field: a run of record batches that somebody holds somewhere.
 *
 * <p>{@link BufferRecords} is what reading gives and what writing copies. Any other implementation (a region of a file, a slice of
 * a log's tail) is passed through unopened: it becomes a part of the encoded frame, and whoever takes the parts releases it.
 */
public interface RecordsPayload {

    /** The exact number of bytes this payload puts on the wire; must not change while a message is being encoded. */
    int sizeBytes();
}
