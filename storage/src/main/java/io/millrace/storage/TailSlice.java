package io.millrace.storage;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of an immutable tail chunk, off-heap. A slice that a log's {@link PartitionLog#read} gave may move while it is held: once
 * its batches are in a segment it is a place in that file, so that whoever reads slowly does not keep the memory.
 */
public non-sealed interface TailSlice extends LogSlice {

    /** A read-only view, {@code position..limit}; valid until {@link #release()} or the end of this turn of the log's loop. */
    ByteBuffer bytes();

    /** Bytes that stay in memory until they are given back, whatever becomes of the slice. */
    interface Loan {

        /** A read-only view, {@code position..limit}. */
        ByteBuffer bytes();

        /** Exactly once, from any thread. */
        void giveBack();
    }

    /**
     * Lends bytes for a transfer under way. Any thread.
     *
     * @param position relative to the slice
     * @return null when the slice moved, or when too much of the tail is lent already: {@link #readInto} serves then
     */
    @Nullable
    Loan lend(int position, int sizeBytes);

    /**
     * Copies bytes from {@code position} (relative to the slice) on, from wherever they are. Any thread that holds the slice.
     *
     * @throws EOFException when the log took the batches back before they were in a segment: close the connection
     */
    void readInto(long position, ByteBuffer target) throws IOException;

    /** The same bytes in a segment, owned by this slice; null while they are in memory. Any thread that holds the slice. */
    @Nullable
    FileSlice moved();
}
