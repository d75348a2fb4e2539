package io.millrace.broker.fetch;

/**
 * How much waits in parked fetches of one shard's connections: a bound on their memory, whatever clients ask. Owned by that
 * shard's loop.
 */
final class ParkedFetches {

    /** For all shards; at the bound a fetch is answered without waiting. A partition costs about 200 bytes while it waits. */
    static final int MAX_PARKED = 200_000;
    /** What a fetch costs besides its partitions, in partitions. */
    private static final int OWN_COST = 4;

    private final int max;
    private int parked;
    private int fetches;
    private long refusals;

    /** @param max partitions */
    ParkedFetches(int max) {
        this.max = max;
    }

    /** Whether a fetch of so many partitions may wait; it then calls {@link #leave} once. */
    boolean enter(int partitions) {
        int cost = partitions + OWN_COST;
        if (cost > max - parked) {
            refusals++;
            return false;
        }
        parked += cost;
        fetches++;
        return true;
    }

    void leave(int partitions) {
        parked -= partitions + OWN_COST;
        fetches--;
    }

    /** Fetches that wait. */
    int fetches() {
        return fetches;
    }

    /** Fetches that were not let in. */
    long refusals() {
        return refusals;
    }

    int parked() {
        return parked;
    }
}
