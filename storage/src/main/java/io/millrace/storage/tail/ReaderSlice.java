package io.millrace.storage.tail;

import io.millrace.storage.FileSlice;
import io.millrace.storage.TailSlice;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Neighbouring batches of a tail on their way to a reader. Held, read and released by whoever answers the reader; moved by
 * the log's loop:
 *
 * <pre>
 *   in the tail --moveTo--> in a segment --release--> released
 *       |  |                                             ^
 *       |  +--lose (the log took the batches back)--> lost
 *       +-----------------------release------------------+
 * </pre>
 *
 * <p>It lets go of its chunk in the moment it leaves the tail, whatever its holder does. Bytes that are being transferred then are
 * held by a {@link TailSlice.Loan}, and every look at the chunk is guarded by a reference taken before the place is looked at
 * again: a place that is left never comes back.
 */
public final class ReaderSlice implements TailSlice {

    private sealed interface Place {}

    private record InTail(ChunkSlice slice) implements Place {}

    private record InSegment(FileSlice slice) implements Place {}

    private enum Gone implements Place {
        LOST,
        RELEASED
    }

    private final AtomicReference<Place> place;
    private final int sizeBytes;
    private final long startOffset;
    private final long endOffset;

    /** Takes over {@code slice}. */
    ReaderSlice(ChunkSlice slice, long startOffset, long endOffset) {
        this.place = new AtomicReference<>(new InTail(slice));
        this.sizeBytes = slice.sizeBytes();
        this.startOffset = startOffset;
        this.endOffset = endOffset;
    }

    /** Base offset of the first batch. */
    public long startOffset() {
        return startOffset;
    }

    /** Exclusive. */
    public long endOffset() {
        return endOffset;
    }

    @Override
    public int sizeBytes() {
        return sizeBytes;
    }

    /** Whether it is held and keeps its chunk. */
    public boolean isInTail() {
        return place.get() instanceof InTail;
    }

    /** The same bytes in a segment; takes over {@code file}. Does nothing when the slice was released. On the log's loop. */
    public void moveTo(FileSlice file) {
        if (file.sizeBytes() != sizeBytes) {
            throw new IllegalArgumentException(sizeBytes + " bytes cannot move to " + file);
        }
        if (place.get() instanceof InTail left && place.compareAndSet(left, new InSegment(file))) {
            left.slice.chunk().moved(sizeBytes);
            left.slice.release();
        } else {
            file.release();
        }
    }

    /** The bytes will never be in a segment: who still wants them has to ask again. On the log's loop. */
    public void lose() {
        if (place.get() instanceof InTail left && place.compareAndSet(left, Gone.LOST)) {
            left.slice.chunk().lost();
            left.slice.release();
        }
    }

    @Override
    public ByteBuffer bytes() {
        if (place.get() instanceof InTail in) {
            return in.slice.bytes();
        }
        throw new IllegalStateException("not in the tail any more: " + this);
    }

    @Override
    public @Nullable Loan lend(int position, int size) {
        if (!(place.get() instanceof InTail in)) {
            return null;
        }
        Loan loan = in.slice.lend(position, size);
        if (loan != null && !isStill(in)) {
            loan.giveBack();
            return null;
        }
        return loan;
    }

    @Override
    public void readInto(long position, ByteBuffer target) throws IOException {
        while (true) {
            switch (place.get()) {
                case InTail in -> {
                    if (copied(in, position, target)) {
                        return;
                    }
                }
                case InSegment in -> {
                    in.slice.readInto(position, target);
                    return;
                }
                case Gone gone ->
                    throw new EOFException("the log took back offsets " + startOffset + " to " + endOffset
                            + " while they were sent: " + gone);
            }
        }
    }

    private boolean copied(InTail in, long position, ByteBuffer target) {
        TailChunk chunk = in.slice.chunk();
        if (!chunk.tryRetain()) {
            return false;
        }
        try {
            if (!isStill(in)) {
                return false;
            }
            in.slice.readInto(position, target);
            return true;
        } finally {
            chunk.release();
        }
    }

    /** After a reference to its chunk was taken: whether that was a reference to the life of the chunk that is meant. */
    private boolean isStill(InTail in) {
        return place.compareAndSet(in, in);
    }

    @Override
    public @Nullable FileSlice moved() {
        return place.get() instanceof InSegment in ? in.slice : null;
    }

    @Override
    public void release() {
        switch (place.getAndSet(Gone.RELEASED)) {
            case InTail in -> in.slice.release();
            case InSegment in -> in.slice.release();
            case Gone gone -> {
                if (gone == Gone.RELEASED) {
                    throw new IllegalStateException("tail slice released twice");
                }
            }
        }
    }

    @Override
    public String toString() {
        return "ReaderSlice[" + startOffset + ".." + endOffset + ", sizeBytes=" + sizeBytes + ", " + place.get() + "]";
    }
}
