package io.millrace.client.consumer;

import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.connection.Backoff;
import io.millrace.client.connection.ClientConfig;

/** Where fetching one partition stands. Owned by the client's loop. */
final class FetchState {

    private static final long NOT_FAILING = Long.MIN_VALUE;

    private final TopicPartition partition;
    private final Backoff backoff;
    private int generation;
    private long fetchOffset;
    private boolean halted = true;
    private boolean inFlight;
    private long retryAtNs;
    private boolean backingOff;
    private long failingSinceNs = NOT_FAILING;

    FetchState(TopicPartition partition, ClientConfig config) {
        this.partition = partition;
        this.backoff = new Backoff(config.retryBackoffMs(), config.retryBackoffMaxMs());
    }

    TopicPartition partition() {
        return partition;
    }

    int generation() {
        return generation;
    }

    long fetchOffset() {
        return fetchOffset;
    }

    /** Starts anew from an offset; answers to earlier fetches no longer count. */
    void seek(int newGeneration, long offset) {
        generation = newGeneration;
        fetchOffset = offset;
        halted = false;
        backingOff = false;
        failingSinceNs = NOT_FAILING;
        backoff.reset();
    }

    void halt() {
        halted = true;
    }

    boolean isHalted() {
        return halted;
    }

    boolean isInFlight() {
        return inFlight;
    }

    void inFlight(boolean now) {
        inFlight = now;
    }

    void fetched(long nextOffset) {
        fetchOffset = nextOffset;
    }

    void succeeded() {
        backoff.reset();
        backingOff = false;
        failingSinceNs = NOT_FAILING;
    }

    void failed(long nowNs) {
        if (failingSinceNs == NOT_FAILING) {
            failingSinceNs = nowNs;
        }
        retryAtNs = nowNs + backoff.nextNs();
        backingOff = true;
    }

    /** How long nothing but failures came. */
    long failingForNs(long nowNs) {
        return failingSinceNs == NOT_FAILING ? 0 : nowNs - failingSinceNs;
    }

    /** The failure was told about; the count begins again. */
    void failureTold(long nowNs) {
        failingSinceNs = nowNs;
    }

    boolean mayTry(long nowNs) {
        return !halted && !inFlight && (!backingOff || retryAtNs - nowNs <= 0);
    }

    /** When {@link #mayTry} becomes true by itself; {@link Long#MAX_VALUE} when something else has to happen. */
    long triesAtNs(long nowNs) {
        return !halted && !inFlight && backingOff && retryAtNs - nowNs > 0 ? retryAtNs : Long.MAX_VALUE;
    }
}
