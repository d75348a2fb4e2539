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

    /**
     * A batch has its place in the tail and is certain to stay; the observers know all below it and not yet the batch itself.
     * Here a segment may end.
     */
    void beforeBatch(long baseOffset, long endOffset, int sizeBytes);

    /** What batches from producers must obey on this topic. */
    ValidationRules rules();
}
