package io.millrace.client.connection;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * How long to wait before the next attempt: doubling from a first wait to a bound, each one moved by up to a fifth either way so
 * that clients that failed together do not come back together. Owned by whoever counts the attempts.
 */
public final class Backoff {

    private static final int MAX_DOUBLINGS = 30;
    private static final double JITTER = 0.2;

    private final long firstMs;
    private final long maxMs;
    private int attempts;

    public Backoff(long firstMs, long maxMs) {
        this.firstMs = firstMs;
        this.maxMs = maxMs;
    }

    /** The wait before the next attempt, which it counts. */
    public long nextNs() {
        long plainMs = Math.min(maxMs, firstMs << Math.min(attempts, MAX_DOUBLINGS));
        if (plainMs < firstMs) { // shifted out
            plainMs = maxMs;
        }
        attempts++;
        double factor = 1 - JITTER + 2 * JITTER * ThreadLocalRandom.current().nextDouble();
        return (long) (TimeUnit.MILLISECONDS.toNanos(plainMs) * factor);
    }

    /** Attempts since the last success. */
    public int attempts() {
        return attempts;
    }

    /** An attempt succeeded: the next wait is the first one again. */
    public void reset() {
        attempts = 0;
    }
}
