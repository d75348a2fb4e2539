package io.millrace.client.consumer;

import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.connection.Backoff;
import io.millrace.client.connection.ClientConfig;
import io.millrace.protocol.Uuid;
import org.jspecify.annotations.Nullable;

/** Where fetching one partition stands. Owned by the client's loop. */
final class FetchState {

    private static final long NOT_FAILING = Long.MIN_VALUE;

    private final TopicPartition partition;
    private final Backoff backoff;
    private int generation;
    private long fetchOffset;
    /** The topic that the offset is of; null until metadata tells after a seek. */
    private @Nullable Uuid topicId;

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
        topicId = null;
        halted = false;
        backingOff = false;
        failingSinceNs = NOT_FAILING;
        backoff.reset();
    }

    /** Whether the offset is of a topic that is gone, under whose name there is this one now. */
    boolean isOfFormerTopic(Uuid present) {
        if (present.isZero()) {
            return false; // a broker without topic ids
        }
        if (topicId == null) {
            topicId = present;
        }
        return !topicId.equals(present);
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
