package io.millrace.storage.append;

import io.millrace.protocol.record.ValidationRules;
import io.millrace.storage.epoch.LeaderEpochs;
import io.millrace.storage.observer.ObserverChain;
import io.millrace.storage.producer.HandClock;
import io.millrace.storage.producer.ProducerLimits;
import io.millrace.storage.producer.ProducerStates;
import io.millrace.storage.tail.TailLog;

/** A log that is a tail and nothing more. */
final class MemoryLog implements AppendTarget {

    private final TailLog tail = new TailLog(0);
    private final LeaderEpochs epochs = new LeaderEpochs();
    private final ProducerStates producers = new ProducerStates(ProducerLimits.defaults(), new HandClock());
    private final ObserverChain observers = new ObserverChain(epochs, producers);
    ValidationRules rules = ValidationRules.forClients(1 << 20);

    @Override
    public TailLog tail() {
        return tail;
    }

    @Override
    public ProducerStates producers() {
        return producers;
    }

    @Override
    public LeaderEpochs epochs() {
        return epochs;
    }

    @Override
    public ObserverChain observers() {
        return observers;
    }

    @Override
    public long logStartOffset() {
        return 0;
    }

    @Override
    public void beforeBatch(long baseOffset, long endOffset, int sizeBytes) {
        // It has no segments.
    }

    @Override
    public ValidationRules rules() {
        return rules;
    }
}
