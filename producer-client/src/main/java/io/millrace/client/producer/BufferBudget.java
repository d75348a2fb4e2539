package io.millrace.client.producer;

import io.millrace.client.error.BufferFullException;
import java.util.concurrent.TimeUnit;

/** The bound on bytes of records that are not delivered yet. Thread-safe by its own lock. */
final class BufferBudget {

    private final long maxBytes;
    private long usedBytes;
    private boolean closed;

    BufferBudget(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * Reserves bytes, waiting for others to be released.
     *
     * @param maxWaitMs 0 refuses at once
     * @throws BufferFullException when there is no room within that time
     * @throws InterruptedException when the caller is interrupted while it waits
     */
    synchronized void reserve(long bytes, long maxWaitMs) throws InterruptedException {
        if (usedBytes + bytes > maxBytes && !closed) {
            long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(maxWaitMs);
            while (usedBytes + bytes > maxBytes && !closed) {
                long leftNs = deadlineNs - System.nanoTime();
                if (leftNs <= 0) {
                    throw new BufferFullException("the producer's buffer of " + maxBytes
                            + " bytes is full of undelivered records and stayed so for " + maxWaitMs
                            + " ms: send more slowly, or give it more with bufferBytes");
                }
                TimeUnit.NANOSECONDS.timedWait(this, leftNs);
            }
        }
        usedBytes += bytes;
    }

    synchronized void release(long bytes) {
        usedBytes -= bytes;
        notifyAll();
    }

    synchronized long usedBytes() {
        return usedBytes;
    }

    /** Lets everybody who waits go on, to find the producer closed. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
