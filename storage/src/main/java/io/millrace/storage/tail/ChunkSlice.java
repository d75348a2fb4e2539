package io.millrace.storage.tail;

import io.millrace.storage.TailSlice;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/** Neighbouring batches in one chunk, holding one reference to it. */
final class ChunkSlice implements TailSlice {

    private final TailChunk chunk;
    private final int position;
    private final int sizeBytes;
    private final AtomicBoolean released = new AtomicBoolean();

    /** Takes a reference. */
    ChunkSlice(TailChunk chunk, int position, int sizeBytes) {
        chunk.retain();
        this.chunk = chunk;
        this.position = position;
        this.sizeBytes = sizeBytes;
    }

    @Override
    public int sizeBytes() {
        return sizeBytes;
    }

    @Override
    public ByteBuffer bytes() {
        return chunk.view(position, sizeBytes);
    }

    @Override
    public void release() {
        if (!released.compareAndSet(false, true)) {
            throw new IllegalStateException("tail slice released twice");
        }
        chunk.release();
    }

    @Override
    public String toString() {
        return "ChunkSlice[chunk=" + chunk.number() + ", position=" + position + ", sizeBytes=" + sizeBytes + "]";
    }
}
