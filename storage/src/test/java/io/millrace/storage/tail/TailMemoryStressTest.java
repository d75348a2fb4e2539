package io.millrace.storage.tail;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** Shards take, anybody gives back, all at once. */
class TailMemoryStressTest {

    @Test
    void noChunkHasTwoHoldersAndNothingIsLost() throws InterruptedException {
        TailMemory memory = new TailMemory(4 * 256, 256);
        ConcurrentLinkedQueue<TailChunk> handedOver = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
        List<Thread> shards = new ArrayList<>();
        for (int shard = 1; shard <= 4; shard++) {
            int mark = shard;
            shards.add(Thread.ofPlatform()
                    .uncaughtExceptionHandler((thread, failure) -> failures.add(failure))
                    .start(() -> run(memory, mark, handedOver)));
        }
        for (Thread shard : shards) {
            shard.join();
        }
        assertThat(failures).isEmpty();
        handedOver.forEach(TailChunk::release);
        assertThat(memory.usedBytes()).isZero();
        assertThat(memory.allocatedBytes()).isLessThanOrEqualTo(memory.budgetBytes());
        assertThat(memory.peakUsedBytes()).isLessThanOrEqualTo(memory.budgetBytes());
        List<TailChunk> all = new ArrayList<>();
        for (TailChunk chunk = memory.take(1); chunk != null; chunk = memory.take(1)) {
            all.add(chunk);
        }
        assertThat(all).hasSize(4).doesNotHaveDuplicates();
    }

    private static void run(TailMemory memory, int mark, ConcurrentLinkedQueue<TailChunk> handedOver) {
        Random random = new Random(mark);
        for (int i = 0; i < 200_000; i++) {
            TailChunk chunk = memory.take(random.nextInt(50) == 0 ? 700 : 100);
            if (chunk != null) {
                chunk.memory().putLong(0, mark * 1_000_000L + i);
                if ((i & 3) == 0) {
                    chunk.retain();
                    handedOver.add(chunk);
                }
                if (chunk.memory().getLong(0) != mark * 1_000_000L + i) {
                    throw new AssertionError("somebody else writes to chunk " + chunk.number());
                }
                chunk.release();
            }
            TailChunk other = handedOver.poll();
            if (other != null) {
                other.release();
            }
        }
    }
}
