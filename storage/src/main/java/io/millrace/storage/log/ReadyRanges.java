package io.millrace.storage.log;

import java.util.LinkedHashSet;

/**
 * The located ranges of all logs of a store, each of which keeps its segment open: bounded, the longest unused goes first. So
 * cold reads of very many logs hold few files. Owned by the shard loop.
 */
final class ReadyRanges {

    private final int max;
    private final LinkedHashSet<LogReads.Ready> ranges = new LinkedHashSet<>();

    /** @param max at least 1 */
    ReadyRanges(int max) {
        if (max < 1) {
            throw new IllegalArgumentException("at least one range must be kept, not " + max);
        }
        this.max = max;
    }

    void add(LogReads.Ready range) {
        ranges.add(range);
        if (ranges.size() > max) {
            ranges.iterator().next().drop();
        }
    }

    void used(LogReads.Ready range) {
        if (ranges.remove(range)) {
            ranges.add(range);
        }
    }

    void remove(LogReads.Ready range) {
        ranges.remove(range);
    }

    void close() {
        while (!ranges.isEmpty()) {
            ranges.iterator().next().drop();
        }
    }
}
