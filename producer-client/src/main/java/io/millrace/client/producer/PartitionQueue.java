package io.millrace.client.producer;

import io.millrace.client.cluster.TopicPartition;
import io.millrace.protocol.record.RecordBatchBuilder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Batches of one partition that were not sent yet; the last one may be open. Thread-safe by its own lock: callers append, the
 * client's loop takes. Bounded by the producer's buffer budget, which was paid before a record gets here.
 */
final class PartitionQueue {

    /** What an append did to the queue. */
    enum Appended {
        /** Nobody needs to know. */
        QUIETLY,
        /** The loop has to look: a batch was begun or filled. */
        NOTABLY
    }

    private final TopicPartition partition;
    private final BatchPool pool;
    private final int maxRecordBytes;
    private final long lingerNs;
    private final ArrayDeque<ProducerBatch> batches = new ArrayDeque<>();
    private boolean closed;

    PartitionQueue(TopicPartition partition, BatchPool pool, int maxRecordBytes, long lingerNs) {
        this.partition = partition;
        this.pool = pool;
        this.maxRecordBytes = maxRecordBytes;
        this.lingerNs = lingerNs;
    }

    TopicPartition partition() {
        return partition;
    }

    /** Appends a record; null when the producer was closed meanwhile. */
    synchronized @Nullable Appended append(
            ProducerRecord record, long timestampMs, long reservedBytes, DeliveryListener listener, long nowNs) {
        if (closed) {
            return null;
        }
        ProducerBatch last = batches.peekLast();
        if (last != null && !last.isSealed()) {
            if (add(last, record, timestampMs, reservedBytes, listener)) {
                return Appended.QUIETLY;
            }
            last.seal(); // compresses on the caller's thread, not on the loop
        }
        RecordBatchBuilder usual = pool.take();
        ProducerBatch batch = new ProducerBatch(partition, usual, true, nowNs);
        if (!add(batch, record, timestampMs, reservedBytes, listener)) {
            pool.giveBack(usual, true);
            batch = new ProducerBatch(partition, pool.takeLarge(maxRecordBytes), false, nowNs);
            if (!add(batch, record, timestampMs, reservedBytes, listener)) {
                throw new IllegalStateException("a record of " + reservedBytes
                        + " bytes passed the size check and does not fit " + maxRecordBytes);
            }
            batch.seal();
        }
        batches.addLast(batch);
        return Appended.NOTABLY;
    }

    private static boolean add(
            ProducerBatch batch, ProducerRecord record, long timestampMs, long bytes, DeliveryListener listener) {
        boolean fits = batch.builder().append(timestampMs, record.key(), record.value(), record.headers());
        if (fits) {
            batch.added(listener, timestampMs, bytes);
        }
        return fits;
    }

    /** The first batch if it is full, has lingered or was flushed; null otherwise. It leaves the queue. */
    synchronized @Nullable ProducerBatch takeReady(long nowNs) {
        ProducerBatch first = batches.peekFirst();
        if (first == null || (!first.isSealed() && nowNs - first.createdNs() < lingerNs)) {
            return null;
        }
        first.seal();
        return batches.removeFirst();
    }

    /** Bytes of the first batch when it is ready, else -1. */
    synchronized int readyBytes(long nowNs) {
        ProducerBatch first = batches.peekFirst();
        if (first == null) {
            return -1;
        }
        if (first.isSealed()) {
            return first.sealedBytes();
        }
        return nowNs - first.createdNs() < lingerNs ? -1 : first.builder().sizeBytes();
    }

    /** When the first batch's linger ends; {@link Long#MAX_VALUE} when there is none. */
    synchronized long lingersUntilNs() {
        ProducerBatch first = batches.peekFirst();
        return first == null ? Long.MAX_VALUE : first.createdNs() + lingerNs;
    }

    synchronized boolean isEmpty() {
        return batches.isEmpty();
    }

    /** Takes the batches that were begun before this time. */
    synchronized List<ProducerBatch> takeOlderThan(long createdBeforeNs) {
        List<ProducerBatch> old = new ArrayList<>();
        while (!batches.isEmpty() && batches.getFirst().createdNs() - createdBeforeNs < 0) {
            old.add(batches.removeFirst());
        }
        return old;
    }

    /** Makes what is there ready, and adds it to {@code unsent}. */
    synchronized void flush(List<ProducerBatch> unsent) {
        ProducerBatch last = batches.peekLast();
        if (last != null) {
            last.seal();
        }
        unsent.addAll(batches);
    }

    /** Takes everything; later appends are refused. */
    synchronized List<ProducerBatch> close() {
        closed = true;
        return takeAll();
    }

    /** Takes everything. */
    synchronized List<ProducerBatch> takeAll() {
        List<ProducerBatch> left = new ArrayList<>(batches);
        batches.clear();
        return left;
    }
}
