package io.millrace.storage.segment;

import io.millrace.protocol.compress.Codec;
import io.millrace.protocol.record.RecordBatchView;
import io.millrace.protocol.record.RecordCursor;
import io.millrace.storage.observer.SampleBatches;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What a segment should hold, as plain lists, with the naive answers to every look-up. */
final class SegmentModel {

    record Batch(ByteBuffer bytes, long baseOffset, long endOffset, long maxTimestampMs, int leaderEpoch) {}

    final List<Batch> batches = new ArrayList<>();
    private final long baseOffset;

    SegmentModel(long baseOffset) {
        this.baseOffset = baseOffset;
    }

    long endOffset() {
        return batches.isEmpty() ? baseOffset : batches.getLast().endOffset();
    }

    long lengthBytes() {
        return batches.stream().mapToLong(b -> b.bytes().remaining()).sum();
    }

    ByteBuffer allBytes() {
        return SampleBatches.joined(batches.stream().map(Batch::bytes).toList());
    }

    long maxTimestampMs() {
        return batches.stream().mapToLong(Batch::maxTimestampMs).max().orElse(-1);
    }

    /** A batch that follows the last one, sometimes compressed, sometimes after a gap as compaction leaves them. */
    Batch next(Random random, int leaderEpoch) {
        long offset = endOffset() + (random.nextInt(20) == 0 ? random.nextInt(3) : 0);
        if (batches.isEmpty()) {
            offset = baseOffset;
        }
        int records = 1 + random.nextInt(5);
        int valueBytes = random.nextInt(30) == 0 ? 12_000 : random.nextInt(200);
        long timestamp = random.nextInt(2000);
        ByteBuffer bytes = random.nextInt(5) == 0
                ? SampleBatches.compressed(Codec.GZIP, offset, records, valueBytes, timestamp)
                : SampleBatches.plain(offset, leaderEpoch, records, valueBytes, timestamp);
        RecordBatchView view = SampleBatches.view(bytes);
        view.partitionLeaderEpoch(leaderEpoch);
        return new Batch(bytes, offset, offset + records, timestamp + records - 1, leaderEpoch);
    }

    void truncateTo(long endOffset) {
        while (!batches.isEmpty() && batches.getLast().endOffset() > endOffset) {
            batches.removeLast();
        }
    }

    LocatedRange locate(long offset, long endOffset, int maxBytes, boolean wholeFirst) {
        long position = 0;
        int i = 0;
        while (i < batches.size() && batches.get(i).endOffset() <= offset) {
            position += batches.get(i).bytes().remaining();
            i++;
        }
        int size = 0;
        long firstOffset = i == batches.size() ? offset : batches.get(i).baseOffset();
        for (; i < batches.size() && batches.get(i).endOffset() <= endOffset; i++) {
            int bytes = batches.get(i).bytes().remaining();
            if (size + bytes > maxBytes && !(size == 0 && wholeFirst)) {
                break;
            }
            size += bytes;
        }
        return new LocatedRange(position, size, firstOffset, -1);
    }

    TimestampMatch findByTime(long timestampMs, long fromOffset, long endOffset) {
        for (Batch batch : batches) {
            if (batch.endOffset() > endOffset) {
                break;
            }
            try (RecordCursor cursor = new RecordCursor()) {
                cursor.reset(SampleBatches.view(batch.bytes()));
                while (cursor.next()) {
                    long offset = cursor.record().offset();
                    if (cursor.record().timestampMs() >= timestampMs && offset >= fromOffset) {
                        return new TimestampMatch(offset, cursor.record().timestampMs(), batch.leaderEpoch());
                    }
                }
            }
        }
        return TimestampMatch.NONE;
    }

    TimestampMatch findMaxTimestamp(long fromOffset, long endOffset) {
        TimestampMatch best = TimestampMatch.NONE;
        for (Batch batch : batches) {
            if (batch.endOffset() > endOffset) {
                break;
            }
            try (RecordCursor cursor = new RecordCursor()) {
                cursor.reset(SampleBatches.view(batch.bytes()));
                while (cursor.next()) {
                    if (cursor.record().timestampMs() > best.timestampMs()
                            && cursor.record().offset() >= fromOffset) {
                        best = new TimestampMatch(
                                cursor.record().offset(), cursor.record().timestampMs(), batch.leaderEpoch());
                    }
                }
            }
        }
        return best;
    }
}
