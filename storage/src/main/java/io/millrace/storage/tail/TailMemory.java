package io.millrace.storage.tail;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The off-heap memory of all tails of a broker: a budget, and the free chunks that wait for their next use. Thread-safe and
 * lock-free: shards take chunks, and whoever drops the last reference to a chunk (a connection, a lane) gives it back.
 *
 * <p>Used bytes are those of chunks that somebody holds, so a chunk pinned by a slow reader counts. Allocated bytes are the
 * used ones plus the free chunks kept for reuse. Invariant: {@code usedBytes <= allocatedBytes <= budgetBytes}. At the bound
 * {@link #take} answers null and the append is refused; whoever wants to try again is told by {@link #awaitReturn} once memory
 * came back.
 *
 * <p>Slices for readers keep a chunk only as long as their log needs it itself ({@link ReaderSlice}). What a socket did not take
 * yet keeps it longer, by a loan; chunks with loans may be a quarter of the budget, beyond which bytes are copied to be sent.
 * So readers, however many and however slow, leave three quarters to the producers.
 *
 * <p>A batch larger than a chunk gets a chunk of its own, rounded up to whole chunks so that it can be used again. Memory of
 * chunks that make room for others is returned by the garbage collector.
 */
public final class TailMemory {

    public static final long DEFAULT_BUDGET_BYTES = 64L << 20;
    public static final int DEFAULT_CHUNK_BYTES = 1 << 20;

    /** A node is made anew for every push, so a pop by several threads has no ABA problem. */
    private record Free(TailChunk chunk, @Nullable Free next) {}

    private final long budgetBytes;
    private final int chunkBytes;
    private final AtomicLong usedBytes = new AtomicLong();
    private final AtomicLong allocatedBytes = new AtomicLong();
    private final AtomicLong peakUsedBytes = new AtomicLong();
    private final AtomicLong refusals = new AtomicLong();
    private final AtomicLong allocationFailures = new AtomicLong();
    private final AtomicLong lentBytes = new AtomicLong();
    private final AtomicLong loanRefusals = new AtomicLong();
    private final AtomicLong movedBytes = new AtomicLong();
    private final AtomicLong lostSlices = new AtomicLong();
    private final AtomicLong lastChunkNumber = new AtomicLong();
    private final AtomicLong returns = new AtomicLong();
    // At most one of each shard: its next append waits behind the one that was refused.
    private final ConcurrentLinkedQueue<Runnable> waiters = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable Free> free = new AtomicReference<>();
    private final AtomicReference<@Nullable Free> freeOversize = new AtomicReference<>();

    /**
     * @param budgetBytes at least one chunk
     * @param chunkBytes usual chunk; a batch never straddles two
     */
    public TailMemory(long budgetBytes, int chunkBytes) {
        if (chunkBytes < 64 || budgetBytes < chunkBytes) {
            throw new IllegalArgumentException(
                    "the tail budget of " + budgetBytes + " bytes must hold one chunk of " + chunkBytes + " bytes");
        }
        this.budgetBytes = budgetBytes;
        this.chunkBytes = chunkBytes;
    }

    public long budgetBytes() {
        return budgetBytes;
    }

    public int chunkBytes() {
        return chunkBytes;
    }

    /** Bytes of chunks that a tail, a slice or a writer holds. */
    public long usedBytes() {
        return usedBytes.get();
    }

    /** Used bytes plus free chunks kept for reuse. */
    public long allocatedBytes() {
        return allocatedBytes.get();
    }

    public long peakUsedBytes() {
        return peakUsedBytes.get();
    }

    /** How often memory was refused for want of budget. */
    public long refusals() {
        return refusals.get();
    }

    /** How often the process had no direct memory left though the budget had: MaxDirectMemorySize is too small. */
    public long allocationFailures() {
        return allocationFailures.get();
    }

    /** Bytes of chunks that sockets hold; about a quarter of the budget at most. */
    public long lentBytes() {
        return lentBytes.get();
    }

    /** How often bytes were not lent because that much was lent already, and were copied instead. */
    public long loanRefusals() {
        return loanRefusals.get();
    }

    /** Bytes that readers got, or will get, from a segment because they were not sent when it was written. */
    public long movedBytes() {
        return movedBytes.get();
    }

    /** Slices whose batches the log took back, or could not be opened in the segment, before they were sent. */
    public long lostSlices() {
        return lostSlices.get();
    }

    /** Whether a chunk of which nothing is lent yet may be lent. Exceeded by one chunk for each thread that asks at once. */
    boolean mayLend(int chunkCapacityBytes) {
        if (lentBytes.get() + chunkCapacityBytes <= budgetBytes / 4) {
            return true;
        }
        loanRefusals.incrementAndGet();
        return false;
    }

    void lent(int bytes) {
        lentBytes.addAndGet(bytes);
    }

    void moved(int bytes) {
        movedBytes.addAndGet(bytes);
    }

    void lost() {
        lostSlices.incrementAndGet();
    }

    /** Whether more than three quarters are used: time to write tails to segments and to stop reading producers. */
    public boolean pressured() {
        return usedBytes.get() > budgetBytes - budgetBytes / 4;
    }

    /**
     * A chunk with one reference, or null at the bound.
     *
     * @param minBytes what must fit
     */
    @Nullable
    TailChunk take(int minBytes) {
        TailChunk chunk = minBytes <= chunkBytes ? takeUsual() : takeOversize(minBytes);
        if (chunk == null) {
            refusals.incrementAndGet();
            return null;
        }
        long used = usedBytes.addAndGet(chunk.capacityBytes());
        peakUsedBytes.accumulateAndGet(used, Math::max);
        chunk.reuse(lastChunkNumber.incrementAndGet());
        return chunk;
    }

    /** Called by the chunk when its last reference goes. */
    void giveBack(TailChunk chunk) {
        usedBytes.addAndGet(-chunk.capacityBytes());
        push(chunk.capacityBytes() == chunkBytes ? free : freeOversize, chunk);
        // Counted before the queue is looked at, and read after an entry is made: one of both sides sees the other.
        returns.incrementAndGet();
        if (!waiters.isEmpty()) {
            wakeWaiters();
        }
    }

    /** Moves whenever memory came back. To be read before {@link #take}, for {@link #awaitReturn} after its refusal. */
    public long returns() {
        return returns.get();
    }

    /**
     * Runs {@code wake} once, on any thread, when memory came back after {@link #returns()} was {@code seen}, perhaps at once.
     * That it is enough is not promised, so who is refused again waits again; it cannot spin, for each wake costs a return.
     */
    void awaitReturn(long seen, Runnable wake) {
        waiters.add(wake);
        if (returns.get() != seen) {
            wakeWaiters();
        }
    }

    /** Wakes all that wait though no memory came back: something else changed what an append would be answered. */
    public void wakeWaiters() {
        // Only those that wait now: who is refused again queues behind them.
        for (int left = waiters.size(); left > 0; left--) {
            Runnable wake = waiters.poll();
            if (wake == null) {
                return;
            }
            wake.run();
        }
    }

    private @Nullable TailChunk takeUsual() {
        TailChunk chunk = pop(free);
        if (chunk != null) {
            return chunk;
        }
        if (!allocate(chunkBytes, freeOversize)) {
            // Another thread may have given one back since the first look.
            return pop(free);
        }
        return create(chunkBytes);
    }

    private @Nullable TailChunk takeOversize(int minBytes) {
        long capacity = (minBytes + (long) chunkBytes - 1) / chunkBytes * chunkBytes;
        if (capacity > budgetBytes) {
            return null;
        }
        TailChunk chunk;
        do {
            chunk = pop(freeOversize);
            if (chunk != null) {
                if (chunk.capacityBytes() >= minBytes) {
                    return chunk;
                }
                allocatedBytes.addAndGet(-chunk.capacityBytes());
            }
            if (allocate((int) capacity, free)) {
                return create((int) capacity);
            }
        } while (chunk != null);
        return null;
    }

    /** A chunk whose bytes are counted as allocated already; null, and not counted, when the process has no memory for it. */
    private @Nullable TailChunk create(int capacityBytes) {
        try {
            return new TailChunk(this, capacityBytes);
        } catch (OutOfMemoryError e) {
            // Direct memory is bounded by -XX:MaxDirectMemorySize, which may be below the budget: a smaller tail, no
            // crash.
            allocatedBytes.addAndGet(-capacityBytes);
            allocationFailures.incrementAndGet();
            return null;
        }
    }

    /** Counts {@code bytes} as allocated, dropping free chunks of the other kind until they fit. */
    private boolean allocate(int bytes, AtomicReference<@Nullable Free> droppable) {
        while (true) {
            long allocated = allocatedBytes.get();
            if (allocated + bytes <= budgetBytes) {
                if (allocatedBytes.compareAndSet(allocated, allocated + bytes)) {
                    return true;
                }
            } else {
                TailChunk dropped = pop(droppable);
                if (dropped == null) {
                    return false;
                }
                allocatedBytes.addAndGet(-dropped.capacityBytes());
            }
        }
    }

    private static void push(AtomicReference<@Nullable Free> stack, TailChunk chunk) {
        while (true) {
            Free top = stack.get();
            if (stack.compareAndSet(top, new Free(chunk, top))) {
                return;
            }
        }
    }

    private static @Nullable TailChunk pop(AtomicReference<@Nullable Free> stack) {
        while (true) {
            Free top = stack.get();
            if (top == null) {
                return null;
            }
            if (stack.compareAndSet(top, top.next())) {
                return top.chunk();
            }
        }
    }
}
