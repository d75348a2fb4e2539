package io.millrace.runtime.metrics;

import java.util.Arrays;

/**
 * How often values fell into each of a few buckets, and their sum: a histogram. One owner; read on its thread, or from a
 * {@link #copy()}.
 *
 * <p>A value costs a walk over at most the number of bounds, which a dozen longs make cheaper than any cleverness.
 */
public final class Distribution {

    private static final long[] DURATION_BOUNDS_NS = {
        100_000L,
        300_000L,
        1_000_000L,
        3_000_000L,
        10_000_000L,
        30_000_000L,
        100_000_000L,
        300_000_000L,
        1_000_000_000L,
        3_000_000_000L,
        10_000_000_000L
    };
    private static final long[] SIZE_BOUNDS_BYTES = {
        4L << 10, 16L << 10, 64L << 10, 256L << 10, 1L << 20, 4L << 20, 16L << 20
    };

    private final long[] upperBounds;
    private final long[] counts;
    private long sum;

    /** @param upperBounds inclusive, growing; what is above the last one has a bucket of its own */
    private Distribution(long[] upperBounds) {
        this.upperBounds = upperBounds;
        this.counts = new long[upperBounds.length + 1];
    }

    /** Of durations in nanoseconds: 100 microseconds to 10 seconds, two or three buckets per power of ten. */
    public static Distribution ofNanos() {
        return new Distribution(DURATION_BOUNDS_NS);
    }

    /** Of sizes in bytes: 4 KiB to 16 MiB. */
    public static Distribution ofBytes() {
        return new Distribution(SIZE_BOUNDS_BYTES);
    }

    /** Counts one value; one below 0, which a clock's coarseness may bring, counts as 0. */
    public void record(long value) {
        long counted = Math.max(0, value);
        int bucket = 0;
        while (bucket < upperBounds.length && counted > upperBounds[bucket]) {
            bucket++;
        }
        counts[bucket]++;
        sum += counted;
    }

    /** Adds all that {@code other}, of the same bounds, has counted. */
    public void add(Distribution other) {
        if (!Arrays.equals(upperBounds, other.upperBounds)) {
            throw new IllegalArgumentException("distributions of different bounds cannot be added");
        }
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
        sum += other.sum;
    }

    public Distribution copy() {
        Distribution copy = new Distribution(upperBounds);
        copy.add(this);
        return copy;
    }

    /** One more than there are upper bounds. */
    public int buckets() {
        return counts.length;
    }

    /** Inclusive; {@link Long#MAX_VALUE} for the last bucket. */
    public long upperBound(int bucket) {
        return bucket < upperBounds.length ? upperBounds[bucket] : Long.MAX_VALUE;
    }

    /** Of this bucket alone. */
    public long count(int bucket) {
        return counts[bucket];
    }

    /** Of all buckets. */
    public long count() {
        long all = 0;
        for (long each : counts) {
            all += each;
        }
        return all;
    }

    public long sum() {
        return sum;
    }
}
