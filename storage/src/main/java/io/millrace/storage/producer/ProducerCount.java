package io.millrace.storage.producer;

import java.util.concurrent.atomic.AtomicInteger;

/** Producers remembered by all logs of a broker, and how many there may be. Thread-safe: every shard counts here. */
public final class ProducerCount {

    public static final int DEFAULT_MAX = 1_000_000;

    private final int max;
    private final AtomicInteger count = new AtomicInteger();

    /** @param max at least 1; may be exceeded by one producer per log, so that a new log is never shut out by old ones */
    public ProducerCount(int max) {
        if (max < 1) {
            throw new IllegalArgumentException("a broker must remember at least 1 producer, not " + max);
        }
        this.max = max;
    }

    public int max() {
        return max;
    }

    public int count() {
        return count.get();
    }

    boolean over() {
        return count.get() > max;
    }

    void add(int change) {
        count.addAndGet(change);
    }
}
