package io.millrace.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DistributionTest {

    @Test
    void putsAValueIntoTheFirstBucketThatHoldsIt() {
        Distribution sizes = Distribution.ofBytes();
        sizes.record(0);
        sizes.record(4096);
        sizes.record(4097);
        sizes.record(1L << 40);
        assertThat(sizes.upperBound(0)).isEqualTo(4096);
        assertThat(sizes.count(0)).isEqualTo(2);
        assertThat(sizes.count(1)).isEqualTo(1);
        assertThat(sizes.upperBound(sizes.buckets() - 1)).isEqualTo(Long.MAX_VALUE);
        assertThat(sizes.count(sizes.buckets() - 1)).isEqualTo(1);
        assertThat(sizes.count()).isEqualTo(4);
        assertThat(sizes.sum()).isEqualTo(8193 + (1L << 40));
    }

    @Test
    void countsANegativeDurationAsNone() {
        Distribution durations = Distribution.ofNanos();
        durations.record(-5);
        assertThat(durations.count(0)).isEqualTo(1);
        assertThat(durations.sum()).isZero();
    }

    @Test
    void isCopiedWithWhatItCountedAndNoMore() {
        Distribution durations = Distribution.ofNanos();
        durations.record(1_000);
        Distribution copy = durations.copy();
        durations.record(1_000);
        assertThat(copy.count()).isEqualTo(1);
        copy.add(durations);
        assertThat(copy.count()).isEqualTo(3);
        assertThat(copy.sum()).isEqualTo(3_000);
        assertThatThrownBy(() -> copy.add(Distribution.ofBytes())).isInstanceOf(IllegalArgumentException.class);
    }
}
