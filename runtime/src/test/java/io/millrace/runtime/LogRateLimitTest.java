package io.millrace.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogRateLimitTest {

    private long nowNs = Long.MAX_VALUE - 5; // the monotonic clock may wrap

    private final Clock clock = new Clock() {
        @Override
        public long monotonicNs() {
            return nowNs;
        }

        @Override
        public long wallMs() {
            return 0;
        }
    };

    @Test
    void letsOneLineThroughPerIntervalAndCountsTheOthers() {
        LogRateLimit limit = new LogRateLimit(clock, 10);
        assertThat(limit.permit()).isZero();
        assertThat(limit.permit()).isEqualTo(LogRateLimit.HELD_BACK);
        nowNs += 9;
        assertThat(limit.permit()).isEqualTo(LogRateLimit.HELD_BACK);
        nowNs += 1;
        assertThat(limit.permit()).isEqualTo(2);
        assertThat(limit.permit()).isEqualTo(LogRateLimit.HELD_BACK);
        nowNs += 100;
        assertThat(limit.permit()).isEqualTo(1);
    }
}
