package io.millrace.storage.tail;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** Shards take, anybody gives back, all at once. */
class TailMemoryStressTest {

    @Test
    void noChunkHasTwoHoldersAndNothingIsLost() {
        TailMemory memory = new TailMemory(16 * 256, 256);
        ConcurrentLinkedQueue<TailChunk> handedOver = new ConcurrentLinkedQueue<>();
        List<CompletableFuture<Void>> shards = new ArrayList<>();
        for (int shard = 1; shard <= 4; shard++) {
            int mark = shard;
            shards.add(CompletableFuture.runAsync(() -> run(memory, mark, handedOver)));
        }
        shards.forEach(CompletableFuture::join);
        handedOver.forEach(TailChunk::release);
        assertThat(memory.usedBytes()).isZero();
        assertThat(memory.allocatedBytes()).isLessThanOrEqualTo(memory.budgetBytes());
        assertThat(memory.peakUsedBytes()).isLessThanOrEqualTo(memory.budgetBytes());
        List<TailChunk> all = new ArrayList<>();
        for (TailChunk chunk = memory.take(1); chunk != null; chunk = memory.take(1)) {
            all.add(chunk);
        }
        assertThat(all).hasSize(16).doesNotHaveDuplicates();
    }

    private static void run(TailMemory memory, int mark, ConcurrentLinkedQueue<TailChunk> handedOver) {
        Random random = new Random(mark);
        for (int i = 0; i < 50_000; i++) {
            TailChunk chunk = memory.take(random.nextInt(20) == 0 ? 700 : 100);
            if (chunk != null) {
                chunk.memory().putLong(0, mark * 1_000_000L + i);
                chunk.retain();
                handedOver.add(chunk);
                assertThat(chunk.memory().getLong(0)).isEqualTo(mark * 1_000_000L + i);
                chunk.release();
            }
            TailChunk other = handedOver.poll();
            if (other != null) {
                other.release();
            }
        }
    }
}
