package io.millrace.storage.log;

import io.millrace.protocol.record.RecordBatchView;
import io.millrace.storage.epoch.LeaderEpochs;
import io.millrace.storage.observer.ObserverChain;
import io.millrace.storage.producer.ProducerStates;
import io.millrace.storage.tail.TailLog;

/**
 * What is computed from a log's batches, as it stands at the log end. After a truncation that it cannot follow another one takes
 * its place: until then it knows of batches that are gone, and the log takes no appends. Owner: the log's loop.
 */
final class LogState {

    private static final int NO_EPOCH = -1;

    private final JournaledLog log;
    private DerivedState derived;
    // Begun while the derived state was to be computed again: no batch tells of it.
    private int begunEpoch = NO_EPOCH;
    private boolean expiryWatched;

    LogState(JournaledLog log, DerivedState derived) {
        this.log = log;
        this.derived = derived;
        derived.producers().joinBroker();
    }

    LeaderEpochs epochs() {
        return derived.epochs();
    }

    ProducerStates producers() {
        return derived.producers();
    }

    ObserverChain observers() {
        return derived.observers();
    }

    /** Whether {@link ProducerExpiry} has the log in its queue; kept here for it. */
    boolean isExpiryWatched() {
        return expiryWatched;
    }

    void expiryWatched(boolean watched) {
        expiryWatched = watched;
    }

    void beginEpoch(int leaderEpoch) {
        derived.epochs().assign(leaderEpoch, log.logEndOffset());
        if (log.files().isCutting()) {
            begunEpoch = leaderEpoch;
        }
    }

    /** Takes over one that was computed again from the segments, and brings it up to the log end. */
    void rebuilt(DerivedState rebuilt) {
        TailLog tail = log.tail();
        RecordBatchView batch = new RecordBatchView();
        for (long entry = tail.firstEntry(); entry < tail.endEntry(); entry++) {
            tail.batchAt(entry, batch);
            rebuilt.observers().appended(batch, batch.baseOffset(), batch.partitionLeaderEpoch());
        }
        rebuilt.observers().logStartMovedTo(log.logStartOffset());
        if (begunEpoch > rebuilt.epochs().latestEpoch()) {
            rebuilt.epochs().assign(begunEpoch, log.logEndOffset());
        }
        begunEpoch = NO_EPOCH;
        derived.observers().cleared();
        derived = rebuilt;
        if (log.files().duties().isDeleteAsked()) {
            derived.observers().cleared();
        }
        derived.producers().joinBroker();
        log.host().producerExpiry().watch(log);
    }
}
