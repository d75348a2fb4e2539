package io.millrace.storage.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.compress.Codec;
import io.millrace.protocol.record.Crc32c;
import io.millrace.protocol.record.RecordBatchBuilder;
import io.millrace.protocol.record.RecordBatchView;
import io.millrace.storage.LogConfig;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches with a right CRC whose records do not read: a topic whose {@code millrace.validate} was once header has them. */
final class UnreadableBatchTest {

    private static final long NOW = 2_000_000_000_000L;
    private static final LogConfig CONFIG = LogConfig.DEFAULT.withCleanup(
            LogConfig.Cleanup.COMPACT, new LogConfig.Compaction(0, 0, Long.MAX_VALUE, 1000));

    @TempDir
    Path folder = Path.of("");

    /** The first record reads, what follows does not. */
    private static ByteBuffer unreadable(long baseOffset, String key) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(1024, 1 << 20)) {
            builder.baseOffset(baseOffset).partitionLeaderEpoch(3);
            for (int i = 0; i < 2; i++) {
                builder.append(NOW, key.getBytes(StandardCharsets.UTF_8), new byte[20]);
            }
            ByteBuffer built = builder.build();
            ByteBuffer batch = ByteBuffer.allocate(built.remaining()).put(built).flip();
            for (int i = batch.limit() - 15; i < batch.limit(); i++) {
                batch.put(i, (byte) 0xFF);
            }
            return sealed(batch);
        }
    }

    private static ByteBuffer sealed(ByteBuffer batch) {
        int crcStart = RecordBatchView.CRC_START_POSITION;
        return batch.putInt(RecordBatchView.MAGIC_POSITION + 1, Crc32c.of(batch, crcStart, batch.limit() - crcStart));
    }

    /** All batches in order, those that do not read as their bytes, of the others key and value of each record. */
    private static List<Object> left(KeyedSegments log, List<ByteBuffer> unreadable) throws Exception {
        List<Object> left = new ArrayList<>();
        for (ByteBuffer batch : log.batches()) {
            if (unreadable.contains(batch)) {
                left.add(batch);
            } else {
                KeyedSegments.records(List.of(batch)).forEach(each -> left.add(each.key() + "=" + each.value()));
            }
        }
        return left;
    }

    @Test
    void itStaysWholeAndSupersedesNothing() throws Exception {
        KeyedSegments log = new KeyedSegments(folder);
        log.batch(Codec.NONE, NOW, "a", "1", "b", "1", "c", "1");
        ByteBuffer first = unreadable(log.nextOffset(), "a");
        log.raw(first);
        log.batch(Codec.NONE, NOW, "b", "2");
        log.seal();
        ByteBuffer second = unreadable(log.nextOffset(), "c");
        log.raw(second);
        log.batch(Codec.NONE, NOW, "d", "2");
        log.seal();
        assertThat(log.compact(0, CONFIG, NOW, 1 << 20)).isEqualTo(log.nextOffset());
        assertThat(left(log, List.of(first, second))).containsExactly("a=1", "c=1", first, "b=2", second, "d=2");
        assertThat(log.compact(0, CONFIG, NOW, 1 << 20)).isEqualTo(log.nextOffset());
        assertThat(left(log, List.of(first, second))).containsExactly("a=1", "c=1", first, "b=2", second, "d=2");
    }

    @Test
    void aRecordOutsideItsBatchSaysNothingOfOtherOffsets() throws Exception {
        KeyedSegments log = new KeyedSegments(folder);
        log.batch(Codec.NONE, NOW, "a", "1");
        ByteBuffer batch = unreadable(log.nextOffset(), "a");
        // One record that ends the batch, but with an offset delta of 50: behind length, attributes and timestamp
        // delta.
        int recordBytes = (batch.limit() - RecordBatchView.HEADER_BYTES) / 2;
        ByteBuffer strange = batch.slice(0, RecordBatchView.HEADER_BYTES + recordBytes);
        strange.putInt(8, strange.limit() - RecordBatchView.LOG_OVERHEAD_BYTES);
        strange.putInt(57, 1);
        strange.put(RecordBatchView.HEADER_BYTES + 3, (byte) 100);
        log.raw(sealed(strange));
        log.batch(Codec.NONE, NOW, "b", "1");
        log.seal();
        assertThat(log.compact(0, CONFIG, NOW, 1 << 20)).isEqualTo(log.nextOffset());
        assertThat(KeyedSegments.records(log.batches()))
                .extracting(KeyedSegments.Keyed::key)
                .containsExactly("a", "a", "b");
    }
}
