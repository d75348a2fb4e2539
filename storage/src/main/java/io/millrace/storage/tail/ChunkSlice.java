package io.millrace.storage.tail;

import io.millrace.storage.FileSlice;
import io.millrace.storage.TailSlice;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Neighbouring batches in one chunk, holding one reference to it until it is released: it never moves. */
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
    public @Nullable Loan lend(int from, int size) {
        return chunk.lend(position + from, size);
    }

    @Override
    public void readInto(long from, ByteBuffer target) {
        int size = (int) Math.min(target.remaining(), sizeBytes - from);
        target.put(chunk.view(position + (int) from, size));
    }

    @Override
    public @Nullable FileSlice moved() {
        return null;
    }

    TailChunk chunk() {
        return chunk;
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
