package io.millrace.storage.tail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.storage.TailSlice;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class TailMemoryTest {

    private final TailMemory memory = new TailMemory(4096, 1024);

    @Test
    void refusesAtTheBoundAndServesAgainAfterARelease() {
        List<TailChunk> taken = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            taken.add(take(1));
        }
        assertThat(memory.take(1)).isNull();
        assertThat(memory.refusals()).isEqualTo(1);
        assertThat(memory.usedBytes()).isEqualTo(4096);
        assertThat(memory.pressured()).isTrue();

        taken.get(2).release();

        assertThat(memory.usedBytes()).isEqualTo(3072);
        assertThat(memory.allocatedBytes()).isEqualTo(4096);
        assertThat(take(1)).isSameAs(taken.get(2));
    }

    @Test
    void aPinnedChunkCountsUntilItsLastReferenceGoes() {
        TailChunk chunk = take(1);
        chunk.retain();
        chunk.release();
        assertThat(memory.usedBytes()).isEqualTo(1024);
        chunk.release();
        assertThat(memory.usedBytes()).isZero();
        assertThat(memory.peakUsedBytes()).isEqualTo(1024);
    }

    @Test
    void lendsAQuarterAtMost() {
        TailChunk first = take(1);
        TailChunk second = take(1);
        TailSlice.Loan one = Objects.requireNonNull(first.lend(0, 10));
        TailSlice.Loan same = Objects.requireNonNull(first.lend(20, 10));
        assertThat(second.lend(0, 10)).isNull();
        assertThat(memory.lentBytes()).isEqualTo(1024);
        assertThat(memory.loanRefusals()).isEqualTo(1);

        one.giveBack();
        assertThat(second.lend(0, 10)).isNull();
        same.giveBack();
        Objects.requireNonNull(second.lend(0, 10)).giveBack();

        assertThat(memory.lentBytes()).isZero();
        first.release();
        assertThat(first.lend(0, 10)).isNull();
        assertThat(memory.usedBytes()).isEqualTo(1024);
    }

    @Test
    void aBatchAboveTheChunkSizeGetsWholeChunksOfItsOwn() {
        TailChunk large = take(1025);
        assertThat(large.capacityBytes()).isEqualTo(2048);
        assertThat(memory.usedBytes()).isEqualTo(2048);
        large.release();
        assertThat(take(2000)).isSameAs(large);
    }

    @Test
    void freeChunksMakeRoomForALargeOneAndBack() {
        List<TailChunk> usual = List.of(take(1), take(1), take(1), take(1));
        usual.forEach(TailChunk::release);
        assertThat(memory.allocatedBytes()).isEqualTo(4096);

        TailChunk large = take(3000);
        assertThat(memory.allocatedBytes()).isEqualTo(4096);
        large.release();

        assertThat(List.of(take(1), take(1), take(1), take(1))).hasSize(4);
        assertThat(memory.usedBytes()).isEqualTo(4096);
        assertThat(memory.allocatedBytes()).isEqualTo(4096);
    }

    @Test
    void whatIsLargerThanTheBudgetIsRefused() {
        assertThat(memory.take(4097)).isNull();
        assertThat(memory.take(Integer.MAX_VALUE)).isNull();
        assertThat(memory.allocatedBytes()).isZero();
    }

    @Test
    void manyFreeLargeChunksDoNotHinderALargerOne() {
        List<TailChunk> large = List.of(take(2048), take(2048));
        large.forEach(TailChunk::release);
        assertThat(take(4096).capacityBytes()).isEqualTo(4096);
        assertThat(memory.allocatedBytes()).isEqualTo(4096);
    }

    @Test
    void whoWasRefusedIsWokenOnceByTheNextReturn() {
        TailChunk chunk = take(4096);
        long seen = memory.returns();
        assertThat(memory.take(1)).isNull();
        List<String> woken = new ArrayList<>();
        memory.awaitReturn(seen, () -> woken.add("a"));
        memory.awaitReturn(seen, () -> woken.add("b"));
        assertThat(woken).isEmpty();
        chunk.release();
        assertThat(woken).containsExactly("a", "b");
        take(1).release();
        assertThat(woken).hasSize(2);
    }

    @Test
    void aReturnBetweenTheRefusalAndTheWaitIsNotMissed() {
        TailChunk chunk = take(4096);
        long seen = memory.returns();
        assertThat(memory.take(1)).isNull();
        chunk.release();
        List<String> woken = new ArrayList<>();
        memory.awaitReturn(seen, () -> woken.add("a"));
        assertThat(woken).containsExactly("a");
    }

    @Test
    void roomIsAskedForBeforeItIsTaken() {
        TailWriter writer = new TailWriter(memory);
        assertThat(writer.reserve(600)).isTrue();
        TailChunk others = take(3072);
        assertThat(writer.mayHold(424)).as("in the chunk being filled").isTrue();
        assertThat(writer.mayHold(425)).isFalse();
        assertThat(writer.reserve(425)).isFalse();
        assertThat(writer.mayHold(2049))
                .as("too large ever: told so, not kept waiting")
                .isTrue();
        List<String> woken = new ArrayList<>();
        assertThat(writer.mayHold(425)).isFalse();
        writer.awaitRoom(() -> woken.add("a"));
        others.release();
        assertThat(woken).containsExactly("a");
        assertThat(writer.mayHold(425)).isTrue();
    }

    @Test
    void chunkNumbersRiseWithEveryUse() {
        TailChunk first = take(1);
        long number = first.number();
        first.release();
        assertThat(take(1).number()).isGreaterThan(number);
    }

    @Test
    void aReleaseTooManyIsAnError() {
        TailChunk chunk = take(1);
        chunk.release();
        assertThatThrownBy(chunk::release).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(chunk::retain).isInstanceOf(IllegalStateException.class);
    }

    private TailChunk take(int bytes) {
        return Objects.requireNonNull(memory.take(bytes));
    }
}
