package io.millrace.storage.tail;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.FileSlice;
import io.millrace.storage.TailSlice;
import io.millrace.storage.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A log moves slices while connections read, borrow and release them, and their chunks are filled anew at once. */
class ReaderSliceStressTest {

    private static final int SLICES = 150_000;
    private static final int SLICE_BYTES = 128;

    private final TailMemory memory = new TailMemory(4 * 256, 256);
    private final AtomicInteger openFiles = new AtomicInteger();
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

    private record Taken(ReaderSlice slice, long mark) {}

    /** The same bytes in a file. */
    private final class Stored implements FileSlice {

        private final long mark;

        Stored(long mark) {
            this.mark = mark;
            openFiles.incrementAndGet();
        }

        @Override
        public DiskFile file() {
            throw new UnsupportedOperationException();
        }

        @Override
        public long filePosition() {
            return 0;
        }

        @Override
        public long transferTo(long position, long countBytes, WritableByteChannel target) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void readInto(long position, ByteBuffer target) {
            while (target.hasRemaining()) {
                target.putLong(mark);
            }
        }

        @Override
        public int sizeBytes() {
            return SLICE_BYTES;
        }

        @Override
        public void release() {
            openFiles.decrementAndGet();
        }
    }

    @Test
    void nobodySeesBytesOfAChunksNextLife() throws InterruptedException {
        LinkedBlockingQueue<Taken> taken = new LinkedBlockingQueue<>(64);
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            int seed = i;
            readers.add(start(() -> read(taken, new Random(seed))));
        }
        Thread log = start(() -> write(taken, new Random(7)));
        log.join();
        for (Thread reader : readers) {
            reader.join();
        }
        assertThat(failures).isEmpty();
        assertThat(memory.usedBytes()).isZero();
        assertThat(memory.lentBytes()).isZero();
        assertThat(memory.movedBytes()).isPositive();
        assertThat(openFiles.get()).isZero();
    }

    private Thread start(Runnable task) {
        return Thread.ofPlatform()
                .uncaughtExceptionHandler((thread, failure) -> failures.add(failure))
                .start(task);
    }

    private void write(LinkedBlockingQueue<Taken> taken, Random random) {
        List<Taken> unmoved = new ArrayList<>();
        for (long mark = 1; mark <= SLICES && failures.isEmpty(); mark++) {
            TailChunk chunk = memory.take(SLICE_BYTES);
            while (chunk == null) {
                leave(unmoved, random);
                Thread.onSpinWait();
                chunk = memory.take(SLICE_BYTES);
            }
            for (int i = 0; i < SLICE_BYTES; i += Long.BYTES) {
                chunk.memory().putLong(i, mark);
            }
            Taken next = new Taken(new ReaderSlice(new ChunkSlice(chunk, 0, SLICE_BYTES), mark, mark + 1), mark);
            chunk.release();
            unmoved.add(next);
            put(taken, next);
            if (random.nextBoolean()) {
                leave(unmoved, random);
            }
        }
        leave(unmoved, random);
        put(taken, new Taken(new ReaderSlice(lastSlice(), 0, 1), -1));
    }

    private ChunkSlice lastSlice() {
        TailChunk chunk = memory.take(1);
        while (chunk == null) {
            Thread.onSpinWait();
            chunk = memory.take(1);
        }
        ChunkSlice slice = new ChunkSlice(chunk, 0, 1);
        chunk.release();
        return slice;
    }

    private void leave(List<Taken> unmoved, Random random) {
        for (Taken one : unmoved) {
            if (random.nextInt(8) > 0) {
                one.slice.moveTo(new Stored(one.mark));
            } else if (one.slice.isInTail() && random.nextInt(100) == 0) {
                one.slice.lose();
            }
        }
        unmoved.clear();
    }

    private static void put(LinkedBlockingQueue<Taken> taken, Taken next) {
        try {
            taken.put(next);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void read(LinkedBlockingQueue<Taken> taken, Random random) {
        while (true) {
            Taken next;
            try {
                next = taken.take();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            if (next.mark < 0) {
                // For the other reader, too.
                if (next.slice.isInTail()) {
                    next.slice.release();
                }
                taken.add(next);
                return;
            }
            look(next, random);
            next.slice.release();
        }
    }

    private static void look(Taken taken, Random random) {
        ByteBuffer copy = ByteBuffer.allocate(SLICE_BYTES);
        for (int i = random.nextInt(4); i >= 0; i--) {
            TailSlice.Loan loan = taken.slice.lend(0, SLICE_BYTES);
            if (loan != null) {
                check(loan.bytes(), taken.mark);
                loan.giveBack();
            }
            try {
                taken.slice.readInto(0, copy.clear());
                check(copy.flip(), taken.mark);
            } catch (IOException lost) {
                // The log took it back.
            }
        }
    }

    private static void check(ByteBuffer bytes, long mark) {
        while (bytes.hasRemaining()) {
            long found = bytes.getLong();
            if (found != mark) {
                throw new AssertionError("bytes of " + found + " in the slice of " + mark);
            }
        }
    }
}
