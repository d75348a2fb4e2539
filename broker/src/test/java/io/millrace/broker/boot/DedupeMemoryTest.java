package io.millrace.broker.boot;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How large a table compaction may make on which machine. */
class DedupeMemoryTest {

    private static final long MIB = 1L << 20;

    @Test
    void aTableTakesAtMostHalfOfWhatTheMachineHasBesideTheHeap() {
        assertThat(DedupeMemory.within(2_047 * MIB, 2_176 * MIB, 128 * MIB)).isEqualTo(1_024 * MIB);
        assertThat(DedupeMemory.within(512 * MIB, 2_176 * MIB, 128 * MIB)).isEqualTo(512 * MIB);
    }

    @Test
    void theDefaultIsAlwaysAllowed() {
        assertThat(DedupeMemory.within(512 * MIB, 256 * MIB, 200 * MIB)).isEqualTo(128 * MIB);
        assertThat(DedupeMemory.within(512 * MIB, 100 * MIB, 200 * MIB)).isEqualTo(128 * MIB);
        assertThat(DedupeMemory.within(MIB, 100 * MIB, 200 * MIB)).isEqualTo(MIB);
    }

    @Test
    void thisMachineTellsWhatItHas() {
        assertThat(DedupeMemory.allowed(128 * MIB)).isEqualTo(128 * MIB);
        assertThat(DedupeMemory.allowed(Long.MAX_VALUE)).isBetween(128 * MIB, 1L << 50);
    }
}
