package io.millrace.storage.compaction;

import java.util.concurrent.atomic.AtomicLong;

/** What compaction has done since the start of the process, for meters. Written by loops, read by any thread. */
public final class CompactionTotals {

    private final AtomicLong passes = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final AtomicLong readBytes = new AtomicLong();
    private final AtomicLong writtenBytes = new AtomicLong();
    private final AtomicLong droppedRecords = new AtomicLong();
    private final AtomicLong passNs = new AtomicLong();
    private volatile double lastDirtyRatio;

    /** Passes that ended as they should. */
    public long passes() {
        return passes.get();
    }

    /** Passes that a fault ended: a full disk, a damaged segment. */
    public long failures() {
        return failures.get();
    }

    public long readBytes() {
        return readBytes.get();
    }

    public long writtenBytes() {
        return writtenBytes.get();
    }

    /** Records that were superseded, or tombstones whose time was over. */
    public long droppedRecords() {
        return droppedRecords.get();
    }

    /** Time from the begin to the end of passes, waits for the byte rate included. */
    public long passNs() {
        return passNs.get();
    }

    /** Dirty share of the log that was compacted last, when its pass began. */
    public double lastDirtyRatio() {
        return lastDirtyRatio;
    }

    public void began(double dirtyRatio) {
        lastDirtyRatio = dirtyRatio;
    }

    public void moved(long read, long written) {
        readBytes.addAndGet(read);
        writtenBytes.addAndGet(written);
    }

    public void ended(long dropped, long tookNs) {
        passes.incrementAndGet();
        droppedRecords.addAndGet(dropped);
        passNs.addAndGet(tookNs);
    }

    public void failed() {
        failures.incrementAndGet();
    }
}
