package io.millrace.network.frame;

/** A run of bytes of a frame, with one reference to whatever holds them. */
public sealed interface FramePart permits BufferPart, RegionPart {

    long sizeBytes();

    /** Gives the reference back; exactly once. */
    void release();
}
