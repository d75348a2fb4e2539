package io.millrace.protocol.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.record.RecordBatchScanner.Stop;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordBatchScannerTest {
    @Test
    void findsEveryBatchAndEnds() {
        ByteBuffer batches = batches(0, 10, 20);
        RecordBatchScanner scanner = new RecordBatchScanner().reset(batches, 0, batches.limit());
        assertThat(offsets(scanner)).containsExactly(0L, 10L, 20L);
        assertThat(scanner.stop()).isEqualTo(Stop.END);
        assertThat(scanner.position()).isEqualTo(batches.limit());
    }

    @Test
    void stopsInFrontOfATruncatedBatchWhereverItIsCut() {
        ByteBuffer batches = batches(0, 10);
        int first = batches.limit() / 2;
        for (int end = first + 1; end < batches.limit(); end++) {
            RecordBatchScanner scanner = new RecordBatchScanner().reset(batches, 0, end);
            assertThat(offsets(scanner)).containsExactly(0L);
            assertThat(scanner.stop()).as("cut at %d", end).isEqualTo(Stop.TRUNCATED);
            assertThat(scanner.position()).isEqualTo(first);
        }
    }

    @Test
    void stopsAtLengthsAndMagicsThatNoBatchHas() {
        for (int length : new int[] {48, 0, -1, Integer.MIN_VALUE}) {
            ByteBuffer batches = batches(0, 10);
            batches.putInt(batches.limit() / 2 + RecordBatchView.BATCH_LENGTH, length);
            assertCorruptAfterFirst(batches);
        }
        ByteBuffer batches = batches(0, 10);
        batches.put(batches.limit() / 2 + RecordBatchView.MAGIC_POSITION, (byte) 1);
        assertCorruptAfterFirst(batches);
    }

    @Test
    void aLengthOfTwoGibibytesIsTruncationNotOverflow() {
        ByteBuffer batches = batches(0);
        batches.putInt(RecordBatchView.BATCH_LENGTH, Integer.MAX_VALUE);
        RecordBatchScanner scanner = new RecordBatchScanner().reset(batches, 0, batches.limit());
        assertThat(scanner.next()).isFalse();
        assertThat(scanner.stop()).isEqualTo(Stop.TRUNCATED);
    }

    @Test
    void emptyRangeEnds() {
        RecordBatchScanner scanner = new RecordBatchScanner().reset(ByteBuffer.allocate(4), 2, 2);
        assertThat(scanner.next()).isFalse();
        assertThat(scanner.stop()).isEqualTo(Stop.END);
    }

    private static void assertCorruptAfterFirst(ByteBuffer batches) {
        RecordBatchScanner scanner = new RecordBatchScanner().reset(batches, 0, batches.limit());
        assertThat(offsets(scanner)).containsExactly(0L);
        assertThat(scanner.stop()).isEqualTo(Stop.CORRUPT);
        assertThat(scanner.position()).isEqualTo(batches.limit() / 2);
    }

    private static List<Long> offsets(RecordBatchScanner scanner) {
        List<Long> offsets = new ArrayList<>();
        while (scanner.next()) {
            offsets.add(scanner.batch().baseOffset());
        }
        return offsets;
    }

    private static ByteBuffer batches(long... baseOffsets) {
        ByteBuffer all = ByteBuffer.allocate(1000);
        try (RecordBatchBuilder builder = new RecordBatchBuilder(256, 4096)) {
            for (long baseOffset : baseOffsets) {
                builder.clear().baseOffset(baseOffset);
                assertThat(builder.append(1, null, new byte[10])).isTrue();
                all.put(builder.build());
            }
        }
        return all.flip();
    }
}
