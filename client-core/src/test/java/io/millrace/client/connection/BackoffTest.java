package io.millrace.client.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private static long ms(long ns) {
        return TimeUnit.NANOSECONDS.toMillis(ns);
    }

    @Test
    void doublesToItsBoundWithinAFifth() {
        Backoff backoff = new Backoff(100, 1_000);
        for (long plain : new long[] {100, 200, 400, 800, 1_000, 1_000, 1_000}) {
            assertThat(ms(backoff.nextNs())).isBetween(plain * 8 / 10 - 1, plain * 12 / 10);
        }
    }

    @Test
    void startsOverAfterASuccessAndNeverOverflows() {
        Backoff backoff = new Backoff(100, Long.MAX_VALUE / 4_000_000);
        for (int i = 0; i < 200; i++) {
            assertThat(backoff.nextNs()).isPositive();
        }
        backoff.reset();
        assertThat(ms(backoff.nextNs())).isBetween(79L, 120L);
        assertThat(backoff.attempts()).isEqualTo(1);
    }
}
