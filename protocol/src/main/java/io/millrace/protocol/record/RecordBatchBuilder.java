package io.millrace.protocol.record;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.protocol.compress.Codec;
import io.millrace.protocol.compress.Compressor;
import io.millrace.protocol.compress.OutputBuffer;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds record batches of format 2, one after another, reusing its buffers. One owner. Settings stay for the next batch;
 * {@link #clear} drops the records only.
 *
 * <p>Records are written uncompressed as they come and compressed as a whole by {@link #build}.
 */
public final class RecordBatchBuilder implements AutoCloseable {
    private final OutputBuffer plain;
    private @Nullable OutputBuffer packed;
    private @Nullable Compressor compressor;
    private Codec codec = Codec.NONE;
    private int level;

    private long baseOffset;
    private int partitionLeaderEpoch = RecordBatchView.NO_LEADER_EPOCH;
    private long producerId = RecordBatchView.NO_PRODUCER_ID;
    private short producerEpoch = RecordBatchView.NO_PRODUCER_EPOCH;
    private int baseSequence = RecordBatchView.NO_SEQUENCE;
    private boolean transactional;
    private boolean control;
    private @Nullable Long logAppendTimeMs;

    private int recordCount;
    private long baseTimestampMs;
    private long maxTimestampMs;

    /**
     * @param initialBytes first capacity of the buffer
     * @param maxBytes largest batch before compression, header included; at least {@link RecordBatchView#HEADER_BYTES}
     */
    public RecordBatchBuilder(int initialBytes, int maxBytes) {
        this.plain =
                new OutputBuffer(Math.min(Math.max(initialBytes, RecordBatchView.HEADER_BYTES), maxBytes), maxBytes);
        clear();
    }

    /** Compresses with the codec's default level. */
    public RecordBatchBuilder codec(Codec newCodec) {
        return codec(newCodec, newCodec.defaultLevel());
    }

    /** Compresses with this codec and level. */
    public RecordBatchBuilder codec(Codec newCodec, int newLevel) {
        if (newCodec != codec || newLevel != level) {
            closeCompressor();
            compressor = newCodec == Codec.NONE ? null : newCodec.newCompressor(newLevel);
            codec = newCodec;
            level = newLevel;
        }
        return this;
    }

    /** Sets the fields of an idempotent or transactional producer. */
    public RecordBatchBuilder producer(long newProducerId, short newProducerEpoch, int newBaseSequence) {
        producerId = newProducerId;
        producerEpoch = newProducerEpoch;
        baseSequence = newBaseSequence;
        return this;
    }

    /** Sets or clears the transactional bit. */
    public RecordBatchBuilder transactional(boolean newTransactional) {
        transactional = newTransactional;
        return this;
    }

    /** Sets or clears the control bit. */
    public RecordBatchBuilder control(boolean newControl) {
        control = newControl;
        return this;
    }

    /** Sets the epoch of the leader that appends the batch. */
    public RecordBatchBuilder partitionLeaderEpoch(int newLeaderEpoch) {
        partitionLeaderEpoch = newLeaderEpoch;
        return this;
    }

    /** Gives the batch log append time, or with null create time. */
    public RecordBatchBuilder logAppendTimeMs(@Nullable Long newLogAppendTimeMs) {
        logAppendTimeMs = newLogAppendTimeMs;
        return this;
    }

    /** Sets the offset of the first record; producers leave it 0. */
    public RecordBatchBuilder baseOffset(long newBaseOffset) {
        baseOffset = newBaseOffset;
        return this;
    }

    /** Appends a record without headers. */
    public boolean append(long timestampMs, byte @Nullable [] key, byte @Nullable [] value) {
        return append(timestampMs, key, value, List.of());
    }

    /** Appends a record; false, and nothing is changed, when the batch would become too large. */
    public boolean append(
            long timestampMs, byte @Nullable [] key, byte @Nullable [] value, List<RecordHeader> headers) {
        return append(
                timestampMs,
                key == null ? null : ByteBuffer.wrap(key),
                value == null ? null : ByteBuffer.wrap(value),
                headers);
    }

    /** Appends a record of the remaining bytes of key and value, whose positions do not move; false as above. */
    public boolean append(
            long timestampMs, @Nullable ByteBuffer key, @Nullable ByteBuffer value, List<RecordHeader> headers) {
        long timestampDelta = recordCount == 0 ? 0 : timestampMs - baseTimestampMs;
        long bodyBytes = 1L
                + Varints.sizeOfVarlong(timestampDelta)
                + Varints.sizeOfVarint(recordCount)
                + sizeOfNullable(key == null ? -1 : key.remaining())
                + sizeOfNullable(value == null ? -1 : value.remaining())
                + Varints.sizeOfVarint(headers.size());
        for (int i = 0; i < headers.size(); i++) {
            RecordHeader header = headers.get(i);
            byte @Nullable [] headerValue = header.value();
            bodyBytes += sizeOfNullable(header.name().getBytes(UTF_8).length)
                    + sizeOfNullable(headerValue == null ? -1 : headerValue.length);
        }
        if (plain.size() + bodyBytes + Varints.MAX_VARINT_BYTES > plain.maxBytes()) {
            return false;
        }
        if (recordCount == 0) {
            baseTimestampMs = timestampMs;
        }
        plain.reserve((int) bodyBytes + Varints.MAX_VARINT_BYTES);
        writeVarint((int) bodyBytes);
        plain.writeByte(0);
        writeVarlong(timestampDelta);
        writeVarint(recordCount);
        writeNullable(key);
        writeNullable(value);
        writeVarint(headers.size());
        for (int i = 0; i < headers.size(); i++) {
            RecordHeader header = headers.get(i);
            byte @Nullable [] headerValue = header.value();
            writeNullable(ByteBuffer.wrap(header.name().getBytes(UTF_8)));
            writeNullable(headerValue == null ? null : ByteBuffer.wrap(headerValue));
        }
        maxTimestampMs = Math.max(maxTimestampMs, timestampMs);
        recordCount++;
        return true;
    }

    /** Records appended so far. */
    public int recordCount() {
        return recordCount;
    }

    /** True when there is no record yet. */
    public boolean isEmpty() {
        return recordCount == 0;
    }

    /** Bytes so far, header included, before compression. */
    public int sizeBytes() {
        return plain.size();
    }

    /**
     * The finished batch: a heap buffer from position 0 to its limit, valid until the next call on this builder. May be
     * called again, with other settings too.
     *
     * @throws IllegalStateException when there is no record
     */
    public ByteBuffer build() {
        if (recordCount == 0) {
            throw new IllegalStateException("a batch needs at least one record");
        }
        ByteBuffer batch = compressor == null ? plain.view() : pack(compressor);
        writeHeader(batch);
        return batch;
    }

    /** Drops the records, keeps settings and buffers. */
    public RecordBatchBuilder clear() {
        plain.resize(RecordBatchView.HEADER_BYTES);
        recordCount = 0;
        baseTimestampMs = RecordBatchView.NO_TIMESTAMP;
        maxTimestampMs = RecordBatchView.NO_TIMESTAMP;
        return this;
    }

    /** Frees the compressor's native memory. */
    @Override
    public void close() {
        closeCompressor();
        codec = Codec.NONE;
    }

    private ByteBuffer pack(Compressor active) {
        if (packed == null) {
            packed = new OutputBuffer(1024, Integer.MAX_VALUE - 8);
        }
        packed.resize(RecordBatchView.HEADER_BYTES);
        int recordBytes = plain.size() - RecordBatchView.HEADER_BYTES;
        active.compress(plain.array(), RecordBatchView.HEADER_BYTES, recordBytes, packed);
        return packed.view();
    }

    private void writeHeader(ByteBuffer batch) {
        int attributes = codec.id()
                | (logAppendTimeMs == null ? 0 : RecordBatchView.LOG_APPEND_TIME_BIT)
                | (transactional ? RecordBatchView.TRANSACTIONAL_BIT : 0)
                | (control ? RecordBatchView.CONTROL_BIT : 0);
        int size = batch.limit();
        batch.putLong(RecordBatchView.BASE_OFFSET, baseOffset);
        batch.putInt(RecordBatchView.BATCH_LENGTH, size - RecordBatchView.LOG_OVERHEAD_BYTES);
        batch.putInt(RecordBatchView.LEADER_EPOCH, partitionLeaderEpoch);
        batch.put(RecordBatchView.MAGIC_POSITION, RecordBatchView.MAGIC);
        batch.putShort(RecordBatchView.ATTRIBUTES, (short) attributes);
        batch.putInt(RecordBatchView.LAST_OFFSET_DELTA, recordCount - 1);
        batch.putLong(RecordBatchView.BASE_TIMESTAMP, baseTimestampMs);
        batch.putLong(RecordBatchView.MAX_TIMESTAMP, logAppendTimeMs == null ? maxTimestampMs : logAppendTimeMs);
        batch.putLong(RecordBatchView.PRODUCER_ID, producerId);
        batch.putShort(RecordBatchView.PRODUCER_EPOCH, producerEpoch);
        batch.putInt(RecordBatchView.BASE_SEQUENCE, baseSequence);
        batch.putInt(RecordBatchView.RECORD_COUNT, recordCount);
        int crcStart = RecordBatchView.CRC_START_POSITION;
        batch.putInt(RecordBatchView.CRC, Crc32c.of(batch, crcStart, size - crcStart));
    }

    private void writeNullable(@Nullable ByteBuffer bytes) {
        if (bytes == null) {
            writeVarint(-1);
        } else {
            writeVarint(bytes.remaining());
            plain.write(bytes);
        }
    }

    private static long sizeOfNullable(int length) {
        return Varints.sizeOfVarint(length) + (long) Math.max(0, length);
    }

    private void writeVarint(int value) {
        int raw = (value << 1) ^ (value >> 31);
        while ((raw & ~0x7F) != 0) {
            plain.writeByte(raw | 0x80);
            raw >>>= 7;
        }
        plain.writeByte(raw);
    }

    private void writeVarlong(long value) {
        long raw = (value << 1) ^ (value >> 63);
        while ((raw & ~0x7FL) != 0) {
            plain.writeByte((int) raw | 0x80);
            raw >>>= 7;
        }
        plain.writeByte((int) raw);
    }

    private void closeCompressor() {
        if (compressor != null) {
            compressor.close();
            compressor = null;
        }
    }
}
