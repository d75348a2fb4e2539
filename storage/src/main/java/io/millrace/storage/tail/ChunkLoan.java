package io.millrace.storage.tail;

import io.millrace.storage.TailSlice;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/** Bytes of a chunk on their way to a socket, holding one reference to it. */
final class ChunkLoan implements TailSlice.Loan {

    private final TailChunk chunk;
    private final int position;
    private final int sizeBytes;
    private final AtomicBoolean given = new AtomicBoolean();

    /** Takes over a reference, counted as a loan. */
    ChunkLoan(TailChunk chunk, int position, int sizeBytes) {
        this.chunk = chunk;
        this.position = position;
        this.sizeBytes = sizeBytes;
    }

    @Override
    public ByteBuffer bytes() {
        return chunk.view(position, sizeBytes);
    }

    @Override
    public void giveBack() {
        if (!given.compareAndSet(false, true)) {
            throw new IllegalStateException("bytes of a tail chunk given back twice");
        }
        chunk.loanGivenBack();
    }
}
