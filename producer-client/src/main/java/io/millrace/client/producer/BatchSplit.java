package io.millrace.client.producer;

import io.millrace.protocol.record.RecordBatchView;
import io.millrace.protocol.record.RecordCursor;
import io.millrace.protocol.record.RecordView;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A batch that a broker found too large, as two of half the records each; their numbers follow the old ones. Stateless. */
final class BatchSplit {

    private BatchSplit() {}

    /**
     * The halves of a batch of at least two records.
     *
     * @param maxBytes bound of a half before compression
     * @return both halves sealed; the old batch is done when they are, and its bytes may be reused
     */
    static List<ProducerBatch> inTwo(ProducerBatch batch, BatchPool pool, int maxBytes) {
        ProducerBatch first = half(batch, pool, maxBytes);
        ProducerBatch second = half(batch, pool, maxBytes);
        int middle = batch.recordCount() / 2;
        long bytesPerRecord = batch.reservedBytes() / batch.recordCount();
        try (RecordCursor records = new RecordCursor().reset(new RecordBatchView().wrap(batch.seal(), 0))) {
            for (int i = 0; records.next(); i++) {
                RecordView record = records.record();
                ProducerBatch half = i < middle ? first : second;
                if (!half.builder().append(record.timestampMs(), record.key(), record.value(), record.headers())) {
                    throw new IllegalStateException("half of a batch does not fit where the whole did");
                }
                long bytes =
                        i > 0 ? bytesPerRecord : batch.reservedBytes() - bytesPerRecord * (batch.recordCount() - 1);
                half.added(batch.listener(i), batch.timestampMs(i), bytes);
            }
        }
        first.firstRecordNumber(batch.firstRecordNumber());
        second.firstRecordNumber(batch.firstRecordNumber() + first.recordCount());
        if (batch.isNumbered()) {
            first.number(batch.identity(), batch.baseSequence());
            second.number(batch.identity(), RecordBatchView.sequenceAfter(batch.baseSequence(), first.recordCount()));
        }
        batch.handOn();
        CompletableFuture<Void> ignored = CompletableFuture.allOf(first.done(), second.done())
                .thenRun(() -> batch.done().complete(null));
        return List.of(first, second);
    }

    private static ProducerBatch half(ProducerBatch batch, BatchPool pool, int maxBytes) {
        return new ProducerBatch(batch.partition(), pool.takeLarge(maxBytes), false, batch.createdNs());
    }
}
