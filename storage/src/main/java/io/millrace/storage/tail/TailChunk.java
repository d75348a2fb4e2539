package io.millrace.storage.tail;

import io.millrace.storage.TailSlice;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A piece of off-heap memory, filled from front to back by one {@link TailWriter} and shared by all logs of its shard. Bytes
 * are immutable once their batch is appended. Counted: the writer that fills it, every batch in it and every slice of it
 * hold one reference each; with the last one it goes back to {@link TailMemory}, from whatever thread.
 */
public final class TailChunk {

    private final TailMemory home;
    private final ByteBuffer memory;
    private final ByteBuffer readOnly;
    private final AtomicInteger references = new AtomicInteger();
    /** Loans of bytes in it: with the first one it counts against the memory's share for loans. */
    private final AtomicInteger loans = new AtomicInteger();

    private long number;

    TailChunk(TailMemory home, int capacityBytes) {
        this.home = home;
        this.memory = ByteBuffer.allocateDirect(capacityBytes);
        this.readOnly = memory.asReadOnlyBuffer();
    }

    /** Starts a life with one reference. The hand-over through the free list makes it visible to the taker. */
    void reuse(long newNumber) {
        number = newNumber;
        if (references.getAndSet(1) != 0) {
            throw new IllegalStateException("tail chunk " + newNumber + " was free while somebody held it");
        }
    }

    /** Rises with every use of any chunk of the broker: the lower, the older. */
    public long number() {
        return number;
    }

    public int capacityBytes() {
        return memory.capacity();
    }

    /** For the writer, before the batch is appended; absolute access only. */
    ByteBuffer memory() {
        return memory;
    }

    /** A read-only view of {@code size} bytes from {@code position} on; valid while a reference is held. */
    public ByteBuffer view(int position, int size) {
        return readOnly.slice(position, size);
    }

    /** Adds a reference; the caller must hold or be shielded by another one. */
    public void retain() {
        if (references.getAndIncrement() <= 0) {
            references.getAndDecrement();
            throw new IllegalStateException("tail chunk " + number + " was already given back");
        }
    }

    /**
     * Adds a reference unless the last one is gone. For who may be late: it may be a reference to the chunk's next life then, which
     * has to be found out, and released, before its bytes are looked at.
     */
    boolean tryRetain() {
        int held = references.get();
        while (held > 0) {
            if (references.compareAndSet(held, held + 1)) {
                return true;
            }
            held = references.get();
        }
        return false;
    }

    /** As {@link #tryRetain}; null also when too much memory is lent. */
    TailSlice.@Nullable Loan lend(int position, int sizeBytes) {
        if (loans.get() == 0 && !home.mayLend(capacityBytes())) {
            return null;
        }
        if (!tryRetain()) {
            return null;
        }
        if (loans.getAndIncrement() == 0) {
            home.lent(capacityBytes());
        }
        return new ChunkLoan(this, position, sizeBytes);
    }

    void loanGivenBack() {
        if (loans.decrementAndGet() == 0) {
            home.lent(-capacityBytes());
        }
        release();
    }

    /** Counts bytes that are read from a segment from now on. */
    void moved(int sizeBytes) {
        home.moved(sizeBytes);
    }

    /** Counts bytes that nobody can read any more. */
    void lost() {
        home.lost();
    }

    /** Drops a reference, from any thread. */
    public void release() {
        int left = references.decrementAndGet();
        if (left == 0) {
            home.giveBack(this);
        } else if (left < 0) {
            throw new IllegalStateException("tail chunk " + number + " was released more often than retained");
        }
    }

    int references() {
        return references.get();
    }
}
