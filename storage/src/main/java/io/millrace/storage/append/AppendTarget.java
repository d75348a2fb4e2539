package io.millrace.storage.append;

import io.millrace.protocol.record.ValidationRules;
import io.millrace.storage.epoch.LeaderEpochs;
import io.millrace.storage.observer.ObserverChain;
import io.millrace.storage.producer.ProducerStates;
import io.millrace.storage.tail.TailLog;

/** The parts of one log that an append works on; implemented by the log. Its end is {@code tail().endOffset()}. */
public interface AppendTarget {

    TailLog tail();

    ProducerStates producers();

    LeaderEpochs epochs();

    /** Includes {@link #producers()} and {@link #epochs()}. */
    ObserverChain observers();

    long logStartOffset();

    /** What batches from producers must obey on this topic. */
    ValidationRules rules();
}
