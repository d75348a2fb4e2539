package io.millrace.bench.spike;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Candidates (b) and (c): one journal for all partitions, segments written later from the tail; with a bypass, batches over a bound
 * go straight to their segment and leave only a reference in the journal.
 *
 * <p>Threads: the generator (append, acks, tail accounting), the journal thread (groups), {@link WriteBehind} (segments). They meet
 * in {@code handedOver}, {@code synced}, {@code reclaimed}, each written by one thread.
 */
final class SharedJournal implements Candidate {
    private static final long SEGMENT_FLUSH_BYTES = 256 << 10;

    /** How this candidate differs from its sisters. */
    record Options(
            boolean direct, int bypassOverBytes, int syncfsFromFiles, long dirtyLimitBytes, long groupLimitBytes) {
        static final Options BUFFERED = new Options(false, Integer.MAX_VALUE, 4, 8 << 20, 4 << 20);

        Options withDirect() {
            return new Options(true, bypassOverBytes, syncfsFromFiles, dirtyLimitBytes, groupLimitBytes);
        }

        Options withBypassOver(int bytes) {
            return new Options(direct, bytes, syncfsFromFiles, dirtyLimitBytes, groupLimitBytes);
        }

        Options withSyncfsFrom(int files) {
            return new Options(direct, bypassOverBytes, files, dirtyLimitBytes, groupLimitBytes);
        }

        Options withDirtyLimit(long bytes) {
            return new Options(direct, bypassOverBytes, syncfsFromFiles, bytes, groupLimitBytes);
        }

        Options withGroupLimit(long bytes) {
            return new Options(direct, bypassOverBytes, syncfsFromFiles, dirtyLimitBytes, bytes);
        }
    }

    private final Tail tail;
    private final Options options;
    private final JournalFiles journal;
    private final Segments segments;
    private final WriteBehind writeBehind;
    private final SegmentBypass bypass;
    private final SequenceLists pending;
    private final Thread generator = Thread.currentThread();
    private final Thread journalThread = new Thread(this::runJournal, "journal");
    private volatile long handedOver;
    private volatile long synced;
    private volatile long reclaimed;
    private volatile long reclaimWanted;
    private volatile boolean asleep;
    private volatile boolean stopped;
    private final AtomicLong groups = new AtomicLong();
    private long appended;
    private long acked;
    private long oldestUnflushed;
    private final boolean[] flushed = new boolean[Tail.slots()];

    SharedJournal(Path journalFolder, Path folder, Tail tail, int partitions, Options options) throws IOException {
        this.tail = tail;
        this.options = options;
        journal = new JournalFiles(journalFolder, options.direct);
        segments = new Segments(folder, partitions);
        writeBehind = new WriteBehind(folder, tail, segments, options);
        bypass = new SegmentBypass(tail, segments);
        pending = new SequenceLists(partitions);
        journalThread.setDaemon(true);
        journalThread.start();
    }

    @Override
    public void append(long sequence) {
        appended = sequence + 1;
    }

    @Override
    public void tick() {
        if (appended != handedOver) {
            handedOver = appended;
            if (asleep) {
                LockSupport.unpark(journalThread);
            }
        }
    }

    @Override
    public void poll(Acks acks) {
        for (long end = synced; acked < end; acked++) {
            acks.durable(acked);
            if (bypasses(acked)) {
                flushed[Tail.slot(acked)] = true;
                tail.written(acked);
                continue;
            }
            flushed[Tail.slot(acked)] = false;
            int partition = tail.partition(acked);
            pending.add(partition, acked, tail.recordBytes(acked));
            if (pending.bytes(partition) >= SEGMENT_FLUSH_BYTES) {
                flush(partition);
            }
        }
        if (tail.usedBytes() > Tail.CAPACITY_BYTES / 4 * 3) {
            flushOldest(tail.freeSequence() + (tail.nextSequence() - tail.freeSequence()) / 4);
        }
        flushOldest(reclaimWanted);
        for (SegmentRun job = writeBehind.poll(); job != null; job = writeBehind.poll()) {
            for (long sequence : job.sequences()) {
                tail.written(sequence);
            }
            if (job.isSync()) {
                reclaimed = tail.freeSequence();
                LockSupport.unpark(journalThread);
            }
        }
    }

    private void flush(int partition) {
        long bytes = pending.bytes(partition);
        long[] sequences = pending.take(partition);
        for (long sequence : sequences) {
            flushed[Tail.slot(sequence)] = true;
        }
        writeBehind.submit(partition, sequences, bytes);
    }

    private void flushOldest(long belowSequence) {
        while (oldestUnflushed < acked && oldestUnflushed < belowSequence) {
            if (!flushed[Tail.slot(oldestUnflushed)]) {
                flush(tail.partition(oldestUnflushed));
            }
            oldestUnflushed++;
        }
    }

    private boolean bypasses(long sequence) {
        return tail.recordBytes(sequence) > options.bypassOverBytes;
    }

    private void runJournal() {
        long next = 0;
        try {
            while (!stopped) {
                long end = handedOver;
                if (end == next) {
                    asleep = true;
                    if (handedOver == next && !stopped) {
                        LockSupport.park(this);
                    }
                    asleep = false;
                    continue;
                }
                next = writeGroup(next, end);
                groups.incrementAndGet();
                synced = next;
                LockSupport.unpark(generator);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long writeGroup(long first, long handedOverEnd) throws IOException {
        long bytes = 0;
        long end = first;
        boolean bypassed = bypasses(first);
        while (end < handedOverEnd && bypasses(end) == bypassed) {
            bytes += tail.recordBytes(end);
            if (bytes > options.groupLimitBytes && end > first) {
                break;
            }
            end++;
        }
        if (bypassed) {
            bypass.start(first, end);
            roomFor((end - first) * SegmentBypass.REFERENCE_BYTES);
            journal.writeGroup(bypass.references(first, end), end);
            bypass.await();
        } else {
            ByteBuffer[] records = tail.records(first, end);
            roomFor(bytes + Tail.RECORD_HEADER_BYTES);
            journal.writeGroup(records, end);
        }
        return end;
    }

    private void roomFor(long bytes) {
        if (!journal.mustRoll(bytes)) {
            return;
        }
        long needed = journal.nextFileLastSequence() + 1;
        reclaimWanted = needed;
        while (reclaimed < needed && !stopped) {
            writeBehind.submitSync();
            LockSupport.unpark(generator);
            LockSupport.parkNanos(this, 1_000_000);
        }
        journal.roll();
        reclaimWanted = journal.nextFileLastSequence() + 1;
    }

    @Override
    public void drain(Acks acks) {
        tick();
        while (acked < appended) {
            poll(acks);
            LockSupport.parkNanos(100_000);
        }
        flushOldest(appended);
        writeBehind.submitSync();
        while (reclaimed < appended) {
            poll(acks);
            LockSupport.parkNanos(100_000);
        }
    }

    @Override
    public long ackSyncs() {
        return groups.get() + bypass.syncs();
    }

    @Override
    public long segmentSyncs() {
        return writeBehind.syncs();
    }

    @Override
    public void close() throws IOException {
        stopped = true;
        LockSupport.unpark(journalThread);
        try {
            journalThread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        bypass.close();
        writeBehind.close();
        segments.close();
        journal.close();
    }
}
