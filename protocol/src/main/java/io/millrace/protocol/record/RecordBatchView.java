package io.millrace.protocol.record;

import io.millrace.protocol.compress.Codec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * A record batch of format version 2, read in place: a reusable flyweight over a buffer and an offset. One owner; it holds
 * no bytes, so it is valid only as long as the buffer's bytes stay where they are.
 *
 * <pre>
 *  offset size field                    notes
 *       0    8 base offset              of the first record; set by the broker
 *       8    4 batch length             bytes that follow this field: 49 + records
 *      12    4 partition leader epoch   set by the broker, outside the CRC
 *      16    1 magic                    2
 *      17    4 crc                      CRC-32C of everything from offset 21 on
 *      21    2 attributes               see below
 *      23    4 last offset delta        last offset = base offset + this
 *      27    8 base timestamp           ms, of the first record; the delete horizon when bit 6 is set
 *      35    8 max timestamp            ms, largest of all records, or the append time when bit 3 is set
 *      43    8 producer id              -1: none
 *      51    2 producer epoch
 *      53    4 base sequence            of the first record
 *      57    4 record count             signed
 *      61    - records                  one after another, compressed together when the codec is not 0
 *
 *  attributes:  15..7 unused | 6 delete horizon | 5 control | 4 transactional | 3 log append time | 2..0 codec
 * </pre>
 *
 * <p>{@link #wrap} checks nothing but the byte order; accessors read whatever is there, and fail with
 * {@link IndexOutOfBoundsException} past the buffer's limit. {@link RecordBatchScanner} checks sizes,
 * {@link BatchValidator} everything. Only absolute access: the buffer's position and limit never move. Layout: Kafka's
 * "Message Format" documentation, KIP-98, KIP-534 (delete horizon).
 */
public final class RecordBatchView {
    /** Magic byte of this format. */
    public static final byte MAGIC = 2;

    /** Base offset and batch length: the bytes in front of what the batch length counts. */
    public static final int LOG_OVERHEAD_BYTES = 12;

    /** Bytes in front of the first record. */
    public static final int HEADER_BYTES = 61;

    /** Place of the magic byte, the same in every record format ever used. */
    public static final int MAGIC_POSITION = 16;

    /** Place of the first byte that the CRC covers. */
    public static final int CRC_START_POSITION = 21;

    /** Place of the batch length, an int: bytes behind {@link #LOG_OVERHEAD_BYTES}. */
    public static final int LENGTH_POSITION = 8;

    /** Place of the attribute bits, a short. */
    public static final int ATTRIBUTES_POSITION = CRC_START_POSITION;

    /** No producer id. */
    public static final long NO_PRODUCER_ID = -1;

    /** No producer epoch. */
    public static final short NO_PRODUCER_EPOCH = -1;

    /** No sequence number. */
    public static final int NO_SEQUENCE = -1;

    /** No timestamp. */
    public static final long NO_TIMESTAMP = -1;

    /** No partition leader epoch. */
    public static final int NO_LEADER_EPOCH = -1;

    static final int BASE_OFFSET = 0;
    static final int BATCH_LENGTH = LENGTH_POSITION;
    static final int LEADER_EPOCH = 12;
    static final int CRC = 17;
    static final int ATTRIBUTES = ATTRIBUTES_POSITION;
    static final int LAST_OFFSET_DELTA = 23;
    static final int BASE_TIMESTAMP = 27;
    static final int MAX_TIMESTAMP = 35;
    static final int PRODUCER_ID = 43;
    static final int PRODUCER_EPOCH = 51;
    static final int BASE_SEQUENCE = 53;
    static final int RECORD_COUNT = 57;

    static final int CODEC_MASK = 0x07;
    static final int LOG_APPEND_TIME_BIT = 0x08;
    static final int TRANSACTIONAL_BIT = 0x10;
    static final int CONTROL_BIT = 0x20;
    static final int DELETE_HORIZON_BIT = 0x40;
    static final int KNOWN_ATTRIBUTES = 0x7F;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Crc32c checksum = new Crc32c();
    private ByteBuffer buffer = NOTHING;
    private int position;

    /**
     * Puts this view on the batch that starts at an index of a buffer.
     *
     * @throws IllegalArgumentException when the buffer is not big endian
     */
    public RecordBatchView wrap(ByteBuffer newBuffer, int newPosition) {
        if (newBuffer.order() != ByteOrder.BIG_ENDIAN) {
            throw new IllegalArgumentException("record batches are big endian, the buffer is not");
        }
        this.buffer = newBuffer;
        this.position = newPosition;
        return this;
    }

    /** Lets go of the buffer, so that a kept view keeps no memory. */
    public void release() {
        checksum.release();
        buffer = NOTHING;
        position = 0;
    }

    /** The buffer under this view. */
    public ByteBuffer buffer() {
        return buffer;
    }

    /** Index of the batch's first byte in {@link #buffer()}. */
    public int position() {
        return position;
    }

    /** Bytes of the whole batch. Meaningless (it may overflow) until the length was checked. */
    public int sizeBytes() {
        return LOG_OVERHEAD_BYTES + batchLength();
    }

    /** Index after the batch's last byte. */
    public int endPosition() {
        return position + sizeBytes();
    }

    /** Offset of the first record; after compaction that record may be gone. */
    public long baseOffset() {
        return buffer.getLong(position + BASE_OFFSET);
    }

    /** Bytes that follow the batch length field. */
    public int batchLength() {
        return buffer.getInt(position + BATCH_LENGTH);
    }

    /** Epoch of the leader that appended the batch. */
    public int partitionLeaderEpoch() {
        return buffer.getInt(position + LEADER_EPOCH);
    }

    /** Format version. */
    public byte magic() {
        return buffer.get(position + MAGIC_POSITION);
    }

    /** The stored checksum, raw 32 bits. */
    public int crc() {
        return buffer.getInt(position + CRC);
    }

    /** All attribute bits. */
    public short attributes() {
        return buffer.getShort(position + ATTRIBUTES);
    }

    /** Number of the compression codec, 0 to 7; 5 to 7 mean nothing. */
    public int codecId() {
        return codecIdOf(attributes());
    }

    /** The codec's number among attribute bits. */
    public static int codecIdOf(int attributes) {
        return attributes & CODEC_MASK;
    }

    /** The compression codec, or null when its number is unknown. */
    public @Nullable Codec codec() {
        return Codec.byId(codecId());
    }

    /** What the record timestamps mean. */
    public TimestampType timestampType() {
        return (attributes() & LOG_APPEND_TIME_BIT) == 0 ? TimestampType.CREATE_TIME : TimestampType.LOG_APPEND_TIME;
    }

    /** True when the batch belongs to a transaction. */
    public boolean isTransactional() {
        return (attributes() & TRANSACTIONAL_BIT) != 0;
    }

    /** True for markers that brokers write (commit, abort); never valid from a client. */
    public boolean isControl() {
        return (attributes() & CONTROL_BIT) != 0;
    }

    /** True when the base timestamp field holds the delete horizon that compaction set. */
    public boolean hasDeleteHorizon() {
        return (attributes() & DELETE_HORIZON_BIT) != 0;
    }

    /** Last offset minus base offset; kept by compaction. */
    public int lastOffsetDelta() {
        return buffer.getInt(position + LAST_OFFSET_DELTA);
    }

    /** Offset of the last record. */
    public long lastOffset() {
        return baseOffset() + lastOffsetDelta();
    }

    /** Offset that follows this batch. */
    public long nextOffset() {
        return lastOffset() + 1;
    }

    /** What the records' timestamp deltas are added to, ms. */
    public long baseTimestampMs() {
        return buffer.getLong(position + BASE_TIMESTAMP);
    }

    /** Largest timestamp of the records, or the append time, ms; {@link #NO_TIMESTAMP} when none has one. */
    public long maxTimestampMs() {
        return buffer.getLong(position + MAX_TIMESTAMP);
    }

    /** Id of the idempotent or transactional producer, or {@link #NO_PRODUCER_ID}. */
    public long producerId() {
        return buffer.getLong(position + PRODUCER_ID);
    }

    /** True when the batch comes from an idempotent or transactional producer. */
    public boolean hasProducerId() {
        return producerId() > NO_PRODUCER_ID;
    }

    /** Epoch of the producer. */
    public short producerEpoch() {
        return buffer.getShort(position + PRODUCER_EPOCH);
    }

    /** Sequence number of the first record, or {@link #NO_SEQUENCE}. */
    public int baseSequence() {
        return buffer.getInt(position + BASE_SEQUENCE);
    }

    /** Sequence number of the last record (after {@link Integer#MAX_VALUE} comes 0), or {@link #NO_SEQUENCE}. */
    public int lastSequence() {
        int baseSequence = baseSequence();
        return baseSequence == NO_SEQUENCE ? NO_SEQUENCE : sequenceAfter(baseSequence, lastOffsetDelta());
    }

    /** Number of records as the header has it. */
    public int recordCount() {
        return buffer.getInt(position + RECORD_COUNT);
    }

    /** Index of the first record, or of the compressed bytes. */
    public int recordsPosition() {
        return position + HEADER_BYTES;
    }

    /** Bytes after the header, as stored. */
    public int recordsBytes() {
        return sizeBytes() - HEADER_BYTES;
    }

    /** True when the stored checksum is the one of the bytes. The batch length must have been checked before. */
    public boolean crcValid() {
        return crc() == computeCrc();
    }

    /** The checksum of the bytes as they are now, raw 32 bits. */
    public int computeCrc() {
        return checksum.compute(buffer, position + CRC_START_POSITION, sizeBytes() - CRC_START_POSITION);
    }

    /** Sets the offset of the first record. Outside the CRC. */
    public void baseOffset(long baseOffset) {
        buffer.putLong(position + BASE_OFFSET, baseOffset);
    }

    /** Sets the epoch of the leader that appends the batch. Outside the CRC. */
    public void partitionLeaderEpoch(int leaderEpoch) {
        buffer.putInt(position + LEADER_EPOCH, leaderEpoch);
    }

    /**
     * Sets the timestamp type and the max timestamp and writes the new CRC; a batch that already has both is left alone,
     * which saves the pass over its bytes.
     */
    public void maxTimestampMs(TimestampType type, long maxTimestampMs) {
        int before = attributes();
        int after =
                type == TimestampType.LOG_APPEND_TIME ? before | LOG_APPEND_TIME_BIT : before & ~LOG_APPEND_TIME_BIT;
        if (before == after && maxTimestampMs() == maxTimestampMs) {
            return;
        }
        buffer.putShort(position + ATTRIBUTES, (short) after);
        buffer.putLong(position + MAX_TIMESTAMP, maxTimestampMs);
        buffer.putInt(position + CRC, computeCrc());
    }

    /** Sets the fields of an idempotent producer, which are inside the CRC, and writes the new CRC. */
    public void producer(long producerId, short producerEpoch, int baseSequence) {
        buffer.putLong(position + PRODUCER_ID, producerId);
        buffer.putShort(position + PRODUCER_EPOCH, producerEpoch);
        buffer.putInt(position + BASE_SEQUENCE, baseSequence);
        buffer.putInt(position + CRC, computeCrc());
    }

    /** The sequence number {@code increment} records after another one; numbers go from {@link Integer#MAX_VALUE} to 0. */
    public static int sequenceAfter(int sequence, int increment) {
        return (int) (((long) sequence + increment) & Integer.MAX_VALUE);
    }

    @Override
    public String toString() {
        if (buffer.limit() - position < HEADER_BYTES) {
            return "RecordBatchView[no batch]";
        }
        return "RecordBatchView[baseOffset=" + baseOffset() + ", lastOffset=" + lastOffset() + ", sizeBytes="
                + sizeBytes() + ", recordCount=" + recordCount() + ", leaderEpoch=" + partitionLeaderEpoch()
                + ", codecId=" + codecId() + ", producerId=" + producerId() + ", baseSequence=" + baseSequence() + "]";
    }
}
