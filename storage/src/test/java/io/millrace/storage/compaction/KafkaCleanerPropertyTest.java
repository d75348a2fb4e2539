package io.millrace.storage.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.compress.Codec;
import io.millrace.protocol.record.RecordBatchView;
import io.millrace.runtime.SystemRandomness;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecords.RecordFilter;
import org.apache.kafka.common.record.internal.MemoryRecords.RecordFilter.BatchRetention;
import org.apache.kafka.common.record.internal.MemoryRecords.RecordFilter.BatchRetentionResult;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.BufferSupplier;
import org.jspecify.annotations.Nullable;

/** Batch for batch the same as what Kafka's filter leaves under the rules of its cleaner. */
final class KafkaCleanerPropertyTest {

    private static final long NOW = 2_000_000_000_000L;
    private static final long RETENTION_MS = 500;

    /** What Kafka's cleaner tells its filter, over a plain map. */
    private static final class CleanerRules extends RecordFilter {

        private final Map<ByteBuffer, Long> last;
        private final Set<Long> needed;
        private final long nowMs;

        CleanerRules(Map<ByteBuffer, Long> last, Set<Long> needed, long nowMs) {
            super(nowMs, RETENTION_MS);
            this.last = last;
            this.needed = needed;
            this.nowMs = nowMs;
        }

        @Override
        protected BatchRetentionResult checkBatchRetention(RecordBatch batch) {
            return new BatchRetentionResult(
                    needed.contains(batch.lastOffset()) ? BatchRetention.RETAIN_EMPTY : BatchRetention.DELETE_EMPTY,
                    false);
        }

        @Override
        protected boolean shouldRetainRecord(RecordBatch batch, Record record) {
            if (!record.hasKey()) {
                return false;
            }
            boolean latest = record.offset() >= last.getOrDefault(record.key(), -1L);
            boolean horizonOver = batch.deleteHorizonMs().isPresent()
                    && nowMs >= batch.deleteHorizonMs().getAsLong();
            return latest && (record.hasValue() || !horizonOver);
        }
    }

    @Property(tries = 200)
    void leavesWhatKafkasFilterLeaves(@ForAll long seed) {
        Random random = new Random(seed);
        KeyedSegments input = new KeyedSegments(Path.of(""));
        List<ByteBuffer> batches = new ArrayList<>();
        OffsetMap map = new OffsetMap(1 << 20, new SystemRandomness());
        Map<ByteBuffer, Long> last = new HashMap<>();
        Set<Long> needed = new HashSet<>();
        int count = 1 + random.nextInt(15);
        for (int b = 0; b < count; b++) {
            List<@Nullable String> records = new ArrayList<>();
            int size = 1 + random.nextInt(6);
            for (int r = 0; r < size; r++) {
                records.add(random.nextInt(20) == 0 ? null : "key-" + random.nextInt(12));
                records.add(random.nextInt(4) == 0 ? null : "value-" + random.nextInt(1000));
            }
            Codec codec = random.nextInt(3) == 0 ? Codec.GZIP : random.nextBoolean() ? Codec.NONE : Codec.ZSTD;
            input.batch(
                    codec, 1_000_000_000_000L + random.nextInt(9), 7, b * 10, records.toArray(new @Nullable String[0]));
            if (random.nextInt(3) == 0) {
                needed.add(input.nextOffset() - 1);
            }
        }
        batches.addAll(input.openBatches());
        for (KeyedSegments.Keyed record : input.written) {
            if (record.key() != null) {
                ByteBuffer key = ByteBuffer.wrap(record.key().getBytes(StandardCharsets.UTF_8));
                SingleKeys.put(map, key, record.offset());
                last.put(key, record.offset());
            }
        }
        map.coveredTo(input.nextOffset() - 1);
        long nowMs = NOW;
        // Twice before the horizon and once after it.
        for (int pass = 0; pass < 3; pass++) {
            List<ByteBuffer> theirs = byKafka(batches, new CleanerRules(last, needed, nowMs));
            List<ByteBuffer> ours = byUs(batches, map, needed, nowMs);
            assertThat(headers(ours)).isEqualTo(headers(theirs));
            assertThat(KeyedSegments.records(ours)).isEqualTo(KeyedSegments.records(theirs));
            batches = ours;
            nowMs += pass == 0 ? RETENTION_MS - 1 : 1;
        }
    }

    private static List<ByteBuffer> byUs(List<ByteBuffer> batches, OffsetMap map, Set<Long> needed, long nowMs) {
        List<ByteBuffer> left = new ArrayList<>();
        try (BatchFilter filter = new BatchFilter(map, nowMs, RETENTION_MS)) {
            for (ByteBuffer bytes : batches) {
                RecordBatchView batch = new RecordBatchView().wrap(bytes, 0);
                switch (filter.filter(batch, needed.contains(batch.lastOffset()))) {
                    case KEPT -> left.add(bytes);
                    case REWRITTEN, EMPTIED ->
                        left.add(ByteBuffer.allocate(filter.rewritten().remaining())
                                .put(filter.rewritten().duplicate())
                                .flip());
                    case DROPPED -> {}
                }
            }
        }
        return left;
    }

    private static List<ByteBuffer> byKafka(List<ByteBuffer> batches, RecordFilter filter) {
        int bytes = batches.stream().mapToInt(ByteBuffer::remaining).sum();
        ByteBuffer all = ByteBuffer.allocate(bytes);
        batches.forEach(batch -> all.put(batch.duplicate()));
        ByteBuffer out = MemoryRecords.readableRecords(all.flip())
                .filterTo(filter, ByteBuffer.allocate(bytes * 2 + 1024), BufferSupplier.NO_CACHING)
                .outputBuffer()
                .flip();
        List<ByteBuffer> left = new ArrayList<>();
        int position = 0;
        while (position < out.limit()) {
            int size = out.getInt(position + 8) + 12;
            left.add(ByteBuffer.allocate(size).put(out.slice(position, size)).flip());
            position += size;
        }
        return left;
    }

    /** What Kafka's headers say; the base timestamp of a batch that lost records is ours to choose, unless it is a horizon. */
    private static List<String> headers(List<ByteBuffer> batches) {
        List<String> headers = new ArrayList<>();
        for (ByteBuffer bytes : batches) {
            RecordBatchView batch = new RecordBatchView().wrap(bytes, 0);
            assertThat(batch.crcValid()).isTrue();
            headers.add(batch.baseOffset() + ".." + batch.lastOffset() + " count=" + batch.recordCount() + " epoch="
                    + batch.partitionLeaderEpoch() + " attributes=" + batch.attributes() + " producer="
                    + batch.producerId() + "/" + batch.producerEpoch() + "/" + batch.baseSequence() + " max="
                    + batch.maxTimestampMs() + " horizon="
                    + (batch.hasDeleteHorizon() ? batch.baseTimestampMs() : "none"));
        }
        return headers;
    }
}
