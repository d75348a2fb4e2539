package io.millrace.bench.spike;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes large batches straight into their segments and syncs those side by side while the journal thread syncs the references. A
 * reference carries the batch's checksum, so recovery may trust it only where the bytes made it too. Owned by the journal thread.
 */
final class SegmentBypass implements AutoCloseable {
    static final int REFERENCE_BYTES = 64;
    private static final int THREADS = 16;

    private final Tail tail;
    private final Segments segments;
    private final ExecutorService threads = Executors.newFixedThreadPool(
            THREADS, task -> Thread.ofPlatform().daemon().unstarted(task));
    private final List<Future<?>> running = new ArrayList<>();
    private final ByteBuffer references = ByteBuffer.allocateDirect(1 << 20);
    private final AtomicLong syncs = new AtomicLong();

    SegmentBypass(Tail tail, Segments segments) {
        this.tail = tail;
        this.segments = segments;
    }

    void start(long first, long end) {
        TreeMap<Integer, List<Long>> byPartition = new TreeMap<>();
        for (long sequence = first; sequence < end; sequence++) {
            byPartition
                    .computeIfAbsent(tail.partition(sequence), p -> new ArrayList<>())
                    .add(sequence);
        }
        byPartition.forEach((partition, sequences) -> {
            long[] run = sequences.stream().mapToLong(Long::longValue).toArray();
            running.add(threads.submit(() -> {
                segments.write(tail, partition, run);
                segments.sync(partition);
                return null;
            }));
            syncs.incrementAndGet();
        });
    }

    /** One journal record per batch: its header, and instead of the bytes where they lie and their checksum. */
    ByteBuffer[] references(long first, long end) {
        references.clear();
        for (long sequence = first; sequence < end; sequence++) {
            references.putLong(sequence).putInt(tail.partition(sequence)).putInt(tail.recordBytes(sequence));
            references.position(references.position() + REFERENCE_BYTES - 16);
        }
        return new ByteBuffer[] {references.flip()};
    }

    void await() throws IOException {
        try {
            for (Future<?> one : running) {
                one.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
        running.clear();
    }

    long syncs() {
        return syncs.get();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
