package io.millrace.bench.spike;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Candidate (a): each partition appends to its own segment and syncs it; {@value #THREADS} threads run the fdatasyncs side by side
 * and a partition's next sync takes all that arrived while its last one ran.
 */
final class FilePerPartition implements Candidate {
    private static final int THREADS = 16;
    private static final int QUEUE_BOUND = 1024;

    private final Tail tail;
    private final Segments segments;
    private final SequenceLists pending;
    private final boolean[] running;
    private final int[] dirty;
    private int dirtyCount;
    private long inFlight;
    private final ArrayBlockingQueue<SegmentRun> jobs = new ArrayBlockingQueue<>(QUEUE_BOUND);
    private final ArrayBlockingQueue<SegmentRun> done = new ArrayBlockingQueue<>(QUEUE_BOUND);
    private final AtomicLong syncs = new AtomicLong();
    private final Thread[] threads = new Thread[THREADS];
    private final Thread generator = Thread.currentThread();

    FilePerPartition(Path folder, Tail tail, int partitions) throws IOException {
        this.tail = tail;
        segments = new Segments(folder, partitions);
        pending = new SequenceLists(partitions);
        running = new boolean[partitions];
        dirty = new int[partitions];
        for (int i = 0; i < THREADS; i++) {
            threads[i] = new Thread(this::work, "sync-" + i);
            threads[i].setDaemon(true);
            threads[i].start();
        }
    }

    @Override
    public void append(long sequence) {
        int partition = tail.partition(sequence);
        if (pending.isEmpty(partition) && !running[partition]) {
            dirty[dirtyCount++] = partition;
        }
        pending.add(partition, sequence, tail.recordBytes(sequence));
        inFlight++;
    }

    @Override
    public void tick() {
        for (int i = 0; i < dirtyCount; i++) {
            start(dirty[i]);
        }
        dirtyCount = 0;
    }

    private void start(int partition) {
        running[partition] = true;
        long bytes = pending.bytes(partition);
        jobs.add(new SegmentRun(partition, pending.take(partition), bytes));
    }

    @Override
    public void poll(Acks acks) {
        for (SegmentRun job = done.poll(); job != null; job = done.poll()) {
            for (long sequence : job.sequences()) {
                acks.durable(sequence);
                tail.written(sequence);
            }
            inFlight -= job.sequences().length;
            running[job.partition()] = false;
            if (!pending.isEmpty(job.partition())) {
                start(job.partition());
            }
        }
    }

    private void work() {
        try {
            while (true) {
                SegmentRun job = jobs.take();
                segments.write(tail, job.partition(), job.sequences());
                segments.sync(job.partition());
                syncs.incrementAndGet();
                done.put(job);
                LockSupport.unpark(generator);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void drain(Acks acks) {
        tick();
        while (inFlight > 0) {
            poll(acks);
            LockSupport.parkNanos(100_000);
        }
    }

    @Override
    public long ackSyncs() {
        return syncs.get();
    }

    @Override
    public long segmentSyncs() {
        return 0;
    }

    @Override
    public void close() throws IOException {
        for (Thread thread : threads) {
            thread.interrupt();
        }
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        segments.close();
    }
}
