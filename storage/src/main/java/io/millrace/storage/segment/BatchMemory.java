package io.millrace.storage.segment;

import java.nio.ByteBuffer;

/**
 * Memory for bytes that are read from a file as a whole: large batches lie outside the heap, which is small, while a batch may
 * have 32 MiB and several jobs may hold one each. What is let go of comes back with a collection, which the bound on direct
 * memory brings about.
 */
public final class BatchMemory {

    /** Above it outside the heap. */
    static final int MAX_HEAP_BYTES = 1 << 20;

    private BatchMemory() {}

    /** A new buffer of just that size. */
    public static ByteBuffer allocate(int sizeBytes) {
        return sizeBytes > MAX_HEAP_BYTES ? ByteBuffer.allocateDirect(sizeBytes) : ByteBuffer.allocate(sizeBytes);
    }
}
