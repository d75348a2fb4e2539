package io.millrace.replication.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.replication.controller.ControllerSettings.Limits;
import org.junit.jupiter.api.Test;

class ControllerLimitsTest {

    @Test
    void aSmallHeapHoldsFewerPartitions() {
        assertThat(Limits.forHeap(128L << 20).maxPartitions()).isEqualTo(32_768);
        assertThat(Limits.forHeap(1).maxPartitions()).isEqualTo(1);
    }

    @Test
    void aLargeHeapDoesNotLiftTheBound() {
        assertThat(Limits.forHeap(64L << 30)).isEqualTo(Limits.DEFAULT);
    }
}
