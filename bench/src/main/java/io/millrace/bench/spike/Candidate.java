package io.millrace.bench.spike;

import java.io.IOException;

/** One way of making batches durable. All methods are called by the generator thread, which stands for the owning shard. */
interface Candidate extends AutoCloseable {
    /** Takes over a batch already copied into the tail. Nothing need start before {@link #tick()}. */
    void append(long sequence);

    /** Ends a turn of the shard: hands over what was appended and wakes whoever sleeps. */
    void tick();

    /** Applies finished work: acknowledges batches and frees tail space. */
    void poll(Acks acks);

    /** Returns once every byte lies synced in its segment. */
    void drain(Acks acks) throws InterruptedException;

    long ackSyncs();

    long segmentSyncs();

    @Override
    void close() throws IOException;

    /** Told of each batch that became durable. */
    interface Acks {
        void durable(long sequence);
    }
}
