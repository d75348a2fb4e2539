package io.millrace.bench.crash;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one writer sent and what was acknowledged, by sequence. Appended to by the writer's thread, acknowledged by its
 * producer's I/O thread, read by the checker while neither runs ahead of it. The monitor guards the arrays.
 */
final class Ledger {

    private static final long SENT = -1;
    private static final long FAILED = -2;

    private final int writer;
    private long[] offsets = new long[1 << 16];
    private int sent;
    private final AtomicLong acked = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();

    Ledger(int writer) {
        this.writer = writer;
    }

    int writer() {
        return writer;
    }

    /** The next sequence. */
    synchronized int send() {
        if (sent == offsets.length) {
            offsets = Arrays.copyOf(offsets, sent * 2);
        }
        offsets[sent] = SENT;
        return sent++;
    }

    void ack(int sequence, long offset) {
        synchronized (this) {
            offsets[sequence] = offset;
        }
        acked.incrementAndGet();
    }

    /** The producer gave up: the record may be in the log or not. */
    void fail(int sequence) {
        synchronized (this) {
            offsets[sequence] = FAILED;
        }
        failed.incrementAndGet();
    }

    synchronized int sent() {
        return sent;
    }

    long acked() {
        return acked.get();
    }

    long failed() {
        return failed.get();
    }

    long inFlight() {
        return sent() - acked.get() - failed.get();
    }

    /** Offsets by sequence as of now; below 0 where there is none. */
    synchronized long[] snapshot() {
        return Arrays.copyOf(offsets, sent);
    }
}
