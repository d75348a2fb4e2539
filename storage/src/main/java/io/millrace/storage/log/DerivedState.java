package io.millrace.storage.log;

import io.millrace.runtime.Clock;
import io.millrace.storage.epoch.LeaderEpochs;
import io.millrace.storage.observer.ObserverChain;
import io.millrace.storage.producer.ProducerLimits;
import io.millrace.storage.producer.ProducerStates;

/** Everything that is computed from a log's batches and can be computed again. Owner: the log's. */
public record DerivedState(LeaderEpochs epochs, ProducerStates producers, ObserverChain observers) {

    public static DerivedState empty(ProducerLimits limits, Clock clock) {
        LeaderEpochs epochs = new LeaderEpochs();
        ProducerStates producers = new ProducerStates(limits, clock);
        return new DerivedState(epochs, producers, new ObserverChain(epochs, producers));
    }
}
