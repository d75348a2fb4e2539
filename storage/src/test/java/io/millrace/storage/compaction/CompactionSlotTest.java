package io.millrace.storage.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CompactionSlotTest {

    private final CompactionSlot slot = new CompactionSlot();

    @Test
    void whoAskedFirstHasItNext() {
        assertThat(slot.tryTake("a")).isTrue();
        assertThat(slot.tryTake("b")).isFalse();
        assertThat(slot.tryTake("c")).isFalse();
        assertThat(slot.tryTake("b")).isFalse();
        slot.give();
        assertThat(slot.tryTake("a")).as("again, before b had it").isFalse();
        assertThat(slot.tryTake("c")).isFalse();
        assertThat(slot.tryTake("b")).isTrue();
        slot.give();
        assertThat(slot.tryTake("c")).isTrue();
        slot.give();
        assertThat(slot.tryTake("a")).isTrue();
    }

    @Test
    void whoLeavesKeepsNobodyWaiting() {
        assertThat(slot.tryTake("a")).isTrue();
        assertThat(slot.tryTake("b")).isFalse();
        slot.leave("b");
        slot.give();
        assertThat(slot.tryTake("a")).isTrue();
    }
}
