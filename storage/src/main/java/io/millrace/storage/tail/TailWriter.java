package io.millrace.storage.tail;

import org.jspecify.annotations.Nullable;

/**
 * Hands out space for batches, front to back, in the chunk that a shard currently fills. One per shard, owned by its loop.
 * Chunks are shared between the shard's logs, so that ten thousand logs with one small batch each do not pin ten thousand
 * chunks.
 */
public final class TailWriter {

    private final TailMemory memory;
    private @Nullable TailChunk current;
    private int nextPosition;
    private @Nullable TailChunk reservedChunk;
    private int reservedPosition;
    private long returnsBeforeTake;

    public TailWriter(TailMemory memory) {
        this.memory = memory;
    }

    public TailMemory memory() {
        return memory;
    }

    /**
     * Finds space for one batch. On success {@link #chunk()} and {@link #position()} say where, and the caller owns one
     * reference to the chunk.
     *
     * @return false when the budget is used up
     */
    boolean reserve(int sizeBytes) {
        if (sizeBytes > memory.chunkBytes()) {
            TailChunk own = take(sizeBytes);
            reservedChunk = own;
            reservedPosition = 0;
            return own != null;
        }
        TailChunk chunk = current;
        if (chunk == null || nextPosition + sizeBytes > chunk.capacityBytes()) {
            close();
            chunk = take(sizeBytes);
            if (chunk == null) {
                return false;
            }
            current = chunk;
        }
        chunk.retain();
        reservedChunk = chunk;
        reservedPosition = nextPosition;
        nextPosition += sizeBytes;
        return true;
    }

    private @Nullable TailChunk take(int sizeBytes) {
        returnsBeforeTake = memory.returns();
        return memory.take(sizeBytes);
    }

    /**
     * Whether so many bytes may find room: false when there is none for certain. Asked before the bytes are checked, which costs
     * far more and would be done again at every try.
     */
    public boolean mayHold(int sizeBytes) {
        returnsBeforeTake = memory.returns();
        TailChunk chunk = current;
        return (chunk != null && nextPosition + sizeBytes <= chunk.capacityBytes())
                || memory.usedBytes() + Math.max(sizeBytes, memory.chunkBytes()) <= memory.budgetBytes()
                // Too large for ever: to be told so, not to wait.
                || sizeBytes > memory.budgetBytes() / 2
                // The chunk being filled goes back when it holds nothing any more and the next one is taken.
                || (chunk != null && memory.usedBytes() <= chunk.capacityBytes());
    }

    /** Memory came back because the batches that were placed before the refusal were taken back: no reason to try again. */
    public void discount(long returned) {
        returnsBeforeTake += returned;
    }

    /** After a refusal: runs {@code wake} once, on any thread, when it may be worth asking again. */
    public void awaitRoom(Runnable wake) {
        memory.awaitReturn(returnsBeforeTake, wake);
    }

    TailChunk chunk() {
        TailChunk chunk = reservedChunk;
        if (chunk == null) {
            throw new IllegalStateException("nothing reserved");
        }
        return chunk;
    }

    int position() {
        return reservedPosition;
    }

    /** Lets go of the current chunk; the next reservation takes another. */
    public void close() {
        TailChunk chunk = current;
        current = null;
        nextPosition = 0;
        if (chunk != null) {
            chunk.release();
        }
    }
}
