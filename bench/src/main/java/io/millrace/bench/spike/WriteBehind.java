package io.millrace.bench.spike;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The write-behind thread of a log directory: writes batches into segments and syncs the segments after so many dirty bytes. */
final class WriteBehind implements AutoCloseable {
    private static final int QUEUE_BOUND = 4096;

    private final Tail tail;
    private final Segments segments;
    private final NativeSync fileSystem;
    private final FileChannel checkpoint;
    private final ByteBuffer checkpointBlock = ByteBuffer.allocateDirect(4096);
    private final int syncfsFromFiles;
    private final long dirtyLimitBytes;
    private final BitSet dirtyPartitions = new BitSet();
    private long dirtyBytes;
    private final ArrayBlockingQueue<SegmentRun> jobs = new ArrayBlockingQueue<>(QUEUE_BOUND);
    private final ArrayBlockingQueue<SegmentRun> done = new ArrayBlockingQueue<>(QUEUE_BOUND * 2);
    private final Thread generator = Thread.currentThread();
    private final Thread thread = new Thread(this::work, "write-behind");
    private final AtomicLong syncs = new AtomicLong();

    WriteBehind(Path folder, Tail tail, Segments segments, SharedJournal.Options options) throws IOException {
        this.tail = tail;
        this.segments = segments;
        syncfsFromFiles = options.syncfsFromFiles();
        dirtyLimitBytes = options.dirtyLimitBytes();
        fileSystem = NativeSync.of(folder);
        checkpoint =
                FileChannel.open(folder.resolve("checkpoint"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        thread.setDaemon(true);
        thread.start();
    }

    void submit(int partition, long[] sequences, long bytes) {
        jobs.add(new SegmentRun(partition, sequences, bytes));
    }

    void submitSync() {
        jobs.add(SegmentRun.syncOnly());
    }

    /** The next finished job in order, or null; a sync covers every job reported before it. */
    @Nullable
    SegmentRun poll() {
        return done.poll();
    }

    long syncs() {
        return syncs.get();
    }

    private void work() {
        try {
            while (true) {
                SegmentRun job = jobs.take();
                if (job.isSync()) {
                    sync();
                } else {
                    segments.write(tail, job.partition(), job.sequences());
                    dirtyPartitions.set(job.partition());
                    dirtyBytes += job.bytes();
                    done.put(job);
                    if (dirtyBytes >= dirtyLimitBytes) {
                        sync();
                    }
                }
                LockSupport.unpark(generator);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void sync() throws IOException, InterruptedException {
        if (dirtyPartitions.cardinality() >= syncfsFromFiles) {
            fileSystem.syncfs();
        } else {
            for (int i = dirtyPartitions.nextSetBit(0); i >= 0; i = dirtyPartitions.nextSetBit(i + 1)) {
                segments.sync(i);
            }
        }
        checkpoint.write(checkpointBlock.clear(), 0);
        checkpoint.force(false);
        dirtyPartitions.clear();
        dirtyBytes = 0;
        syncs.incrementAndGet();
        done.put(SegmentRun.syncOnly());
    }

    @Override
    public void close() throws IOException {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        fileSystem.close();
        checkpoint.close();
    }
}
