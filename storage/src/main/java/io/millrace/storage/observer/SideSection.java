package io.millrace.storage.observer;

import java.nio.ByteBuffer;

/**
 * A typed, versioned piece of derived state as it is stored in a {@code .side} file or a checkpoint, which add the checksum.
 * Immutable.
 *
 * @param type one of the constants here, or unknown to this build and then kept as it is
 * @param version of the payload's layout
 */
public record SideSection(int type, int version, ByteBuffer payload) {

    /** Sparse index by offset and time. */
    public static final int INDEX = 1;

    /** Leader epochs of the log up to the segment's end. */
    public static final int EPOCHS = 2;

    /** Producer state at the segment's end. */
    public static final int PRODUCERS = 3;

    /** Aborted transactions whose markers lie in the segment. */
    public static final int ABORTED_TRANSACTIONS = 4;

    /** Up to which offset the segment was compacted: a 64-bit number. In segments that compaction wrote. */
    public static final int COMPACTED_END = 5;

    /**
     * @param payload {@code position..limit}; kept as a read-only view, must not be changed afterwards
     */
    public SideSection {
        payload = payload.asReadOnlyBuffer();
    }

    /** The payload, {@code position..limit}; a fresh view for each call. */
    @Override
    public ByteBuffer payload() {
        return payload.duplicate();
    }

    public int sizeBytes() {
        return payload.remaining();
    }
}
