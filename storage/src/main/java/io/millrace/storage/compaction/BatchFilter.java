package io.millrace.storage.compaction;

import io.millrace.protocol.compress.Codec;
import io.millrace.protocol.compress.Compressor;
import io.millrace.protocol.compress.OutputBuffer;
import io.millrace.protocol.record.CorruptBatchException;
import io.millrace.protocol.record.Crc32c;
import io.millrace.protocol.record.RecordBatchView;
import io.millrace.protocol.record.RecordCursor;
import io.millrace.protocol.record.RecordView;
import io.millrace.protocol.record.TimestampType;
import io.millrace.protocol.record.Varints;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What compaction leaves of one batch after another. Owned by one pass; {@link #close} frees native memory.
 *
 * <pre>
 *   nothing superseded, no new tombstone          the batch as it is, byte for byte
 *   some records stay                             the same header and offsets, fewer records, packed again with the same codec
 *   no record stays, but its place is needed      the header alone, record count 0
 *   no record stays                               nothing
 * </pre>
 *
 * A record is superseded when its key has a higher offset in the map, or when it has no key. A tombstone (null value) that is
 * the last of its key stays until its batch's delete horizon is over; the first pass that sees it writes the horizon into the
 * base timestamp and sets attribute bit 6 (KIP-534). Records above the map's latest offset were not looked at and stay.
 *
 * <p>Control batches stay, and so do the records of transactions, which also supersede nothing: until transactions are
 * built nobody can tell which of them were aborted. The same holds for a batch whose records do not read though its CRC is
 * right: it is what its producer wrote, on a topic that looked at headers only.
 */
public final class BatchFilter implements AutoCloseable {

    /** What became of a batch. */
    public enum Verdict {
        KEPT,
        REWRITTEN,
        EMPTIED,
        DROPPED
    }

    private static final int ATTRIBUTES_AT = 21;
    private static final int BASE_TIMESTAMP_AT = 27;
    private static final int RECORD_COUNT_AT = 57;
    private static final int MAX_TIMESTAMP_AT = 35;
    private static final int DELETE_HORIZON_BIT = 0x40;
    private static final int EMPTY_ATTRIBUTES = 0x08 | 0x10 | 0x20;
    private static final int MAX_BATCH_BYTES = Integer.MAX_VALUE - 8;

    private final OffsetMap map;
    private final long nowMs;
    private final long deleteRetentionMs;
    private final RecordCursor cursor = new RecordCursor();
    private final OutputBuffer plain = new OutputBuffer(16 * 1024, MAX_BATCH_BYTES);
    private final OutputBuffer packed = new OutputBuffer(16 * 1024, MAX_BATCH_BYTES);
    private final ByteBuffer varints = ByteBuffer.allocate(2 * Varints.MAX_VARLONG_BYTES);
    private final List<@Nullable Compressor> compressors = new ArrayList<>();
    // Of the batch last filtered, by number of the record.
    private final BitSet staying = new BitSet();
    private int stayingTombstones;
    // Records to be looked up together: key, number, and whether they are tombstones.
    private final HashedKeys keys;
    private final int[] numbers = new int[HashedKeys.MAX];
    private final boolean[] tombstones = new boolean[HashedKeys.MAX];
    private final long[] latest = new long[HashedKeys.MAX];
    private ByteBuffer rewritten = ByteBuffer.allocate(0);
    private long droppedRecords;

    /**
     * @param nowMs wall clock of the pass
     * @param deleteRetentionMs {@code delete.retention.ms}
     */
    public BatchFilter(OffsetMap map, long nowMs, long deleteRetentionMs) {
        this.map = map;
        this.keys = map.newKeys();
        this.nowMs = nowMs;
        this.deleteRetentionMs = deleteRetentionMs;
    }

    /** Whether the records of a batch are subject to compaction at all. */
    public static boolean isSubject(RecordBatchView batch) {
        return !batch.isControl() && !batch.isTransactional();
    }

    /**
     * Looks at a batch.
     *
     * @param batch whole, its CRC checked
     * @param placeNeeded whether something of it must stay: a batch by which a producer is known, for it holds a sequence
     *     number, or of a segment, which holds its end
     */
    public Verdict filter(RecordBatchView batch, boolean placeNeeded) {
        if (!isSubject(batch) || batch.baseOffset() > map.latestOffset()) {
            return Verdict.KEPT;
        }
        if (batch.recordCount() == 0) {
            return placeNeeded ? Verdict.KEPT : Verdict.DROPPED;
        }
        try {
            return filterRecords(batch, placeNeeded);
        } catch (CorruptBatchException e) {
            return Verdict.KEPT;
        }
    }

    private Verdict filterRecords(RecordBatchView batch, boolean placeNeeded) {
        findStaying(batch);
        int kept = staying.cardinality();
        droppedRecords += batch.recordCount() - kept;
        if (kept == 0) {
            if (placeNeeded) {
                empty(batch);
            }
            return placeNeeded ? Verdict.EMPTIED : Verdict.DROPPED;
        }
        boolean newHorizon = stayingTombstones > 0 && !batch.hasDeleteHorizon();
        if (kept == batch.recordCount() && !newHorizon) {
            return Verdict.KEPT;
        }
        rewrite(batch, newHorizon);
        return Verdict.REWRITTEN;
    }

    /** The batch of the last {@link Verdict#REWRITTEN} or {@link Verdict#EMPTIED}: from 0 to the limit, valid until the next call. */
    public ByteBuffer rewritten() {
        return rewritten;
    }

    /** Records that did not stay, of all batches so far. */
    public long droppedRecords() {
        return droppedRecords;
    }

    @Override
    public void close() {
        cursor.close();
        for (Compressor compressor : compressors) {
            if (compressor != null) {
                compressor.close();
            }
        }
        compressors.clear();
    }

    private void findStaying(RecordBatchView batch) {
        staying.clear();
        stayingTombstones = 0;
        keys.clear();
        boolean tombstonesStay = !batch.hasDeleteHorizon() || nowMs < batch.baseTimestampMs();
        cursor.reset(batch);
        for (int i = 0; cursor.next(); i++) {
            RecordView record = cursor.record();
            if (record.offset() > map.latestOffset()) {
                stays(i, !record.hasValue());
            } else if (record.hasKey() && (record.hasValue() || tombstonesStay)) {
                numbers[keys.size()] = i;
                tombstones[keys.size()] = !record.hasValue();
                keys.add(record);
                if (keys.isFull()) {
                    lookUpKeys();
                }
            }
        }
        lookUpKeys();
    }

    private void lookUpKeys() {
        map.getAll(keys, latest);
        for (int i = 0; i < keys.size(); i++) {
            if (latest[i] <= keys.offset(i)) {
                stays(numbers[i], tombstones[i]);
            }
        }
        keys.clear();
    }

    private void stays(int number, boolean tombstone) {
        staying.set(number);
        stayingTombstones += tombstone ? 1 : 0;
    }

    private void empty(RecordBatchView batch) {
        plain.resize(0);
        copyHeader(batch, plain);
        ByteBuffer header = plain.view();
        header.putShort(ATTRIBUTES_AT, (short) (batch.attributes() & EMPTY_ATTRIBUTES));
        header.putLong(BASE_TIMESTAMP_AT, batch.maxTimestampMs());
        finish(header, batch.maxTimestampMs(), 0);
    }

    private void rewrite(RecordBatchView batch, boolean newHorizon) {
        boolean createTime = batch.timestampType() == TimestampType.CREATE_TIME;
        long horizonMs = newHorizon ? horizonMs() : 0;
        // How far record timestamps move away from their new base.
        long shiftMs = newHorizon && createTime ? batch.baseTimestampMs() - horizonMs : 0;
        long maxTimestampMs = RecordBatchView.NO_TIMESTAMP;
        plain.resize(0);
        copyHeader(batch, plain);
        cursor.reset(batch);
        for (int i = 0; cursor.next(); i++) {
            if (staying.get(i)) {
                RecordView record = cursor.record();
                append(record.bytes(), shiftMs);
                maxTimestampMs = Math.max(maxTimestampMs, record.timestampMs());
            }
        }
        Codec codec = batch.codec();
        ByteBuffer bytes = codec == null || codec == Codec.NONE ? plain.view() : pack(codec);
        if (newHorizon) {
            bytes.putShort(ATTRIBUTES_AT, (short) (batch.attributes() | DELETE_HORIZON_BIT));
            bytes.putLong(BASE_TIMESTAMP_AT, horizonMs);
        }
        finish(bytes, createTime ? maxTimestampMs : batch.maxTimestampMs(), staying.cardinality());
    }

    private long horizonMs() {
        return deleteRetentionMs > Long.MAX_VALUE - nowMs ? Long.MAX_VALUE : nowMs + deleteRetentionMs;
    }

    /** A record as it is, but for its timestamp delta when the base timestamp becomes another. */
    private void append(ByteBuffer record, long shiftMs) {
        if (shiftMs == 0) {
            plain.write(record);
            return;
        }
        Varints.readVarint(record);
        byte attributes = record.get();
        long timestampDelta = Varints.readVarlong(record);
        long shifted = timestampDelta + shiftMs;
        int bodyBytes = 1 + Varints.sizeOfVarlong(shifted) + record.remaining();
        varints.clear();
        Varints.writeVarint(varints, bodyBytes);
        varints.put(attributes);
        Varints.writeVarlong(varints, shifted);
        plain.write(varints.flip());
        plain.write(record);
    }

    private ByteBuffer pack(Codec codec) {
        packed.resize(0);
        packed.write(plain.array(), 0, RecordBatchView.HEADER_BYTES);
        int recordBytes = plain.size() - RecordBatchView.HEADER_BYTES;
        compressor(codec).compress(plain.array(), RecordBatchView.HEADER_BYTES, recordBytes, packed);
        return packed.view();
    }

    private Compressor compressor(Codec codec) {
        while (compressors.size() <= codec.id()) {
            compressors.add(null);
        }
        Compressor known = compressors.get(codec.id());
        if (known == null) {
            known = codec.newCompressor(codec.defaultLevel());
            compressors.set(codec.id(), known);
        }
        return known;
    }

    private static void copyHeader(RecordBatchView batch, OutputBuffer out) {
        out.write(batch.buffer().slice(batch.position(), RecordBatchView.HEADER_BYTES));
    }

    private void finish(ByteBuffer bytes, long maxTimestampMs, int count) {
        int size = bytes.limit();
        bytes.putInt(8, size - RecordBatchView.LOG_OVERHEAD_BYTES);
        bytes.putLong(MAX_TIMESTAMP_AT, maxTimestampMs);
        bytes.putInt(RECORD_COUNT_AT, count);
        int crcStart = RecordBatchView.CRC_START_POSITION;
        bytes.putInt(RecordBatchView.MAGIC_POSITION + 1, Crc32c.of(bytes, crcStart, size - crcStart));
        rewritten = bytes;
    }
}
