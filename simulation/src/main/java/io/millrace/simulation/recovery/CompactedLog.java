package io.millrace.simulation.recovery;

import io.millrace.protocol.record.RecordBatchView;
import io.millrace.protocol.record.RecordCursor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What compaction may make of a log. Stateless.
 *
 * <ul>
 *   <li>every batch that is left is one of the log's: same offsets, epoch, producer and sequence, records among those it had;
 *   <li>the last record of every key is there, unless it is a tombstone, those may go, and nothing older of its key is there;
 *   <li>nothing follows out of order.
 * </ul>
 */
final class CompactedLog {

    private CompactedLog() {}

    private record Keyed(
            long offset,
            long timestampMs,
            ByteBuffer key,
            @Nullable ByteBuffer value) {}

    static boolean isOf(List<ModelBatch> whole, FoundLog found, boolean tombstonesGo) {
        Map<Long, ModelBatch> byBase = new TreeMap<>();
        Map<ByteBuffer, Keyed> last = new HashMap<>();
        for (ModelBatch batch : whole) {
            byBase.put(batch.baseOffset(), batch);
            for (Keyed record : records(batch.bytes())) {
                last.put(record.key(), record);
            }
        }
        Set<ByteBuffer> seen = new HashSet<>();
        long next = -1;
        for (byte[] bytes : found.batches()) {
            RecordBatchView left = new RecordBatchView().wrap(ByteBuffer.wrap(bytes), 0);
            ModelBatch was = byBase.get(left.baseOffset());
            if (was == null || left.baseOffset() < next || !isLeftOf(left, was)) {
                return false;
            }
            next = left.nextOffset();
            for (Keyed record : records(ByteBuffer.wrap(bytes))) {
                seen.add(record.key());
                last.remove(record.key(), record);
            }
        }
        for (Keyed missing : last.values()) {
            // A tombstone goes after what it deletes.
            boolean mayGo = tombstonesGo && missing.value() == null && !seen.contains(missing.key());
            if (!mayGo && missing.offset() >= found.startOffset()) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLeftOf(RecordBatchView left, ModelBatch was) {
        boolean sameHeader = left.crcValid()
                && left.nextOffset() == was.endOffset()
                && left.partitionLeaderEpoch() == was.leaderEpoch()
                && left.producerId() == was.producerId()
                && left.baseSequence() == was.sequence();
        return sameHeader
                && records(was.bytes()).containsAll(records(left.buffer()))
                && left.recordCount() <= was.recordCount();
    }

    private static List<Keyed> records(ByteBuffer batch) {
        List<Keyed> records = new ArrayList<>();
        try (RecordCursor cursor = new RecordCursor()) {
            cursor.reset(new RecordBatchView().wrap(batch, batch.position()));
            while (cursor.next()) {
                byte @Nullable [] key = cursor.record().copyKey();
                byte @Nullable [] value = cursor.record().copyValue();
                records.add(new Keyed(
                        cursor.record().offset(),
                        cursor.record().timestampMs(),
                        ByteBuffer.wrap(key == null ? new byte[0] : key),
                        value == null ? null : ByteBuffer.wrap(value)));
            }
        }
        return records;
    }
}
