package io.millrace.storage.producer;

import io.millrace.protocol.ErrorCode;

/** Whether a batch may follow what its producer sent before. */
public sealed interface ProducerCheck {

    /** It may be appended. One instance. */
    final class InSequence implements ProducerCheck {

        static final InSequence INSTANCE = new InSequence();

        private InSequence() {}
    }

    /**
     * One of the last batches again: the log holds it already.
     *
     * @param endOffset exclusive
     * @param timestampMs max timestamp of the batch as stored
     */
    record Duplicate(long baseOffset, long endOffset, long timestampMs) implements ProducerCheck {}

    /** It must not be appended. */
    record OutOfSequence(ErrorCode error, String message) implements ProducerCheck {}
}
