package io.millrace.client.producer;

import io.millrace.client.cluster.TopicPartition;
import io.millrace.client.error.ClientException;
import io.millrace.protocol.record.RecordBatchBuilder;
import io.millrace.protocol.record.RecordBatchView;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records of one partition on their way. While open it is owned by its queue's lock; once drained, by the client's loop.
 *
 * <pre>
 *   open --seal--> sealed --number--> numbered --send--> in flight --answer--> done
 *                                        ^                   |
 *                                        +---- to retry -----+
 * </pre>
 */
final class ProducerBatch {

    private static final Logger LOG = LoggerFactory.getLogger(ProducerBatch.class);

    /** The base sequence of a batch that has none yet. */
    static final int NOT_NUMBERED = -1;

    private final TopicPartition partition;
    private final RecordBatchBuilder builder;
    private final boolean pooled;
    private final long createdNs;
    private final List<DeliveryListener> listeners = new ArrayList<>();
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final RecordBatchView view = new RecordBatchView();
    private long[] timestampsMs = new long[64];
    private long reservedBytes;
    private boolean handedOn;
    private @Nullable ByteBuffer sealed;

    private ProducerIdentity identity = ProducerIdentity.NONE;
    private int baseSequence = NOT_NUMBERED;
    private long firstRecordNumber;
    private boolean uncertain;
    private @Nullable ClientException lastFailure;

    /** @param pooled whether the builder has the pool's usual size */
    ProducerBatch(TopicPartition partition, RecordBatchBuilder builder, boolean pooled, long createdNs) {
        this.partition = partition;
        this.builder = builder;
        this.pooled = pooled;
        this.createdNs = createdNs;
    }

    TopicPartition partition() {
        return partition;
    }

    RecordBatchBuilder builder() {
        return builder;
    }

    long createdNs() {
        return createdNs;
    }

    /** Completes, never exceptionally, when every record was told about. */
    CompletableFuture<Void> done() {
        return done;
    }

    long reservedBytes() {
        return reservedBytes;
    }

    /** What of the budget this batch still holds: nothing once its halves hold it. */
    long heldBytes() {
        return handedOn ? 0 : reservedBytes;
    }

    /** The budget's bytes went to the halves. */
    void handOn() {
        handedOn = true;
    }

    int recordCount() {
        return listeners.size();
    }

    boolean isSealed() {
        return sealed != null;
    }

    DeliveryListener listener(int record) {
        return listeners.get(record);
    }

    long timestampMs(int record) {
        return timestampsMs[record];
    }

    /** Notes who is told about the record that the builder just took. */
    void added(DeliveryListener listener, long timestampMs, long bytes) {
        if (listeners.size() == timestampsMs.length) {
            timestampsMs = Arrays.copyOf(timestampsMs, 2 * timestampsMs.length);
        }
        timestampsMs[listeners.size()] = timestampMs;
        listeners.add(listener);
        reservedBytes += bytes;
    }

    /** Builds and compresses; takes no more records. Idempotent. */
    ByteBuffer seal() {
        ByteBuffer bytes = sealed;
        if (bytes == null) {
            bytes = builder.build();
            sealed = bytes;
        }
        return bytes;
    }

    int sealedBytes() {
        return seal().limit();
    }

    /** Gives the batch its place in the partition's sequence. */
    void number(ProducerIdentity newIdentity, int newBaseSequence) {
        identity = newIdentity;
        baseSequence = newBaseSequence;
        if (newIdentity.producerId() >= 0) {
            view.wrap(seal(), 0).producer(newIdentity.producerId(), newIdentity.epoch(), newBaseSequence);
        }
    }

    /** Takes the number away: the batch will get one of a new epoch. */
    void unnumber() {
        identity = ProducerIdentity.NONE;
        baseSequence = NOT_NUMBERED;
    }

    /** Gives the builder back, once nobody reads its bytes any more. */
    void recycle(BatchPool pool) {
        pool.giveBack(builder, pooled);
    }

    ProducerIdentity identity() {
        return identity;
    }

    int baseSequence() {
        return baseSequence;
    }

    boolean isNumbered() {
        return baseSequence != NOT_NUMBERED;
    }

    /** Counts the partition's records from the producer's start; keeps batches in order whatever their sequences are. */
    long firstRecordNumber() {
        return firstRecordNumber;
    }

    void firstRecordNumber(long number) {
        firstRecordNumber = number;
    }

    /** An earlier attempt may have been appended without our knowing. Never unset: only its own number tells a repeat from it. */
    boolean isUncertain() {
        return uncertain;
    }

    void markUncertain() {
        uncertain = true;
    }

    @Nullable
    ClientException lastFailure() {
        return lastFailure;
    }

    void lastFailure(ClientException failure) {
        lastFailure = failure;
    }

    /**
     * Tells every record that it was delivered.
     *
     * @param baseOffset -1 when unknown
     * @param logAppendTimeMs -1 when the records kept their own timestamps
     */
    void delivered(long baseOffset, long logAppendTimeMs) {
        for (int i = 0; i < listeners.size(); i++) {
            RecordMetadata metadata = new RecordMetadata(
                    partition,
                    baseOffset < 0 ? RecordMetadata.UNKNOWN_OFFSET : baseOffset + i,
                    logAppendTimeMs >= 0 ? logAppendTimeMs : timestampsMs[i]);
            DeliveryListener listener = listeners.get(i);
            tell(() -> listener.delivered(metadata));
        }
        done.complete(null);
    }

    /** Tells every record that it failed. */
    void failed(ClientException cause) {
        for (DeliveryListener listener : listeners) {
            tell(() -> listener.failed(cause));
        }
        done.complete(null);
    }

    // A listener is the caller's code: what it throws must not stop the records behind it.
    private void tell(Runnable listener) {
        try {
            listener.run();
        } catch (RuntimeException e) {
            LOG.error("partition={} a delivery listener failed", partition, e);
        }
    }
}
