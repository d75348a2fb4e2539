package io.millrace.client.consumer;

import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.error.ClientException;
import io.millrace.protocol.BufferRecords;

/** What the loop tells the polling thread. */
sealed interface FetchEvent {

    /**
     * Batches of one partition. The receiver releases the records and says so with {@link Fetcher#consumed}.
     *
     * @param generation of the seek under which they were fetched; those of an older one are dropped
     */
    record Fetched(TopicPartition partition, int generation, BufferRecords records) implements FetchEvent {}

    /** The position is outside the log; fetching waits for a seek. */
    record OutOfRange(TopicPartition partition, int generation, long offset, long logStartOffset)
            implements FetchEvent {}

    /** The topic was deleted and created again, so the position means nothing; fetching waits for a seek. */
    record CreatedAgain(TopicPartition partition, int generation, long offset) implements FetchEvent {}

    /** Fetching fails for good, or for long; it goes on trying. */
    record Failed(TopicPartition partition, int generation, ClientException cause) implements FetchEvent {}

    /** Somebody wants the polling thread to return. */
    record Wakeup() implements FetchEvent {}

    /** The group has something for the polling thread to do. */
    record GroupChanged() implements FetchEvent {}
}
