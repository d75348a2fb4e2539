package io.millrace.storage;

import java.nio.ByteBuffer;

/** Bytes of an immutable tail chunk, off-heap. */
public non-sealed interface TailSlice extends LogSlice {

    /** A read-only view, {@code position..limit}; valid until {@link #release()}. */
    ByteBuffer bytes();
}
