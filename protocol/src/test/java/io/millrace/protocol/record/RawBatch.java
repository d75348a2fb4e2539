package io.millrace.protocol.record;

import io.millrace.protocol.compress.Codec;
import io.millrace.protocol.compress.Compressor;
import io.millrace.protocol.compress.OutputBuffer;
import java.nio.ByteBuffer;

/** A batch written field by field, right or wrong, for tests: starts as one valid record and lets every field be changed. */
final class RawBatch {
    private byte[] records;
    private short attributes;
    private int recordCount;
    private int lastOffsetDelta;
    private long baseTimestampMs = 1_000;
    private long maxTimestampMs = 1_000;
    private long producerId = -1;
    private short producerEpoch = -1;
    private int baseSequence = -1;

    RawBatch(byte[]... records) {
        this.records = concatenate(records);
        this.recordCount = records.length;
        this.lastOffsetDelta = records.length - 1;
    }

    RawBatch attributes(int newAttributes) {
        attributes = (short) newAttributes;
        return this;
    }

    RawBatch recordCount(int count) {
        recordCount = count;
        return this;
    }

    RawBatch lastOffsetDelta(int delta) {
        lastOffsetDelta = delta;
        return this;
    }

    RawBatch timestamps(long baseMs, long maxMs) {
        baseTimestampMs = baseMs;
        maxTimestampMs = maxMs;
        return this;
    }

    RawBatch producer(long id, int epoch, int sequence) {
        producerId = id;
        producerEpoch = (short) epoch;
        baseSequence = sequence;
        return this;
    }

    /** Compresses what the records are now. */
    RawBatch compressed(Codec codec) {
        OutputBuffer out = new OutputBuffer(64, 1 << 26);
        try (Compressor compressor = codec.newCompressor(codec.defaultLevel())) {
            compressor.compress(records, 0, records.length, out);
        }
        return packed(codec, out.view());
    }

    /** Takes these bytes as the compressed records. */
    RawBatch packed(Codec codec, ByteBuffer bytes) {
        records = new byte[bytes.remaining()];
        bytes.get(bytes.position(), records);
        attributes = (short) ((attributes & ~RecordBatchView.CODEC_MASK) | codec.id());
        return this;
    }

    ByteBuffer build() {
        ByteBuffer batch = ByteBuffer.allocate(RecordBatchView.HEADER_BYTES + records.length);
        batch.putLong(0)
                .putInt(batch.limit() - RecordBatchView.LOG_OVERHEAD_BYTES)
                .putInt(-1)
                .put(RecordBatchView.MAGIC)
                .putInt(0)
                .putShort(attributes)
                .putInt(lastOffsetDelta)
                .putLong(baseTimestampMs)
                .putLong(maxTimestampMs)
                .putLong(producerId)
                .putShort(producerEpoch)
                .putInt(baseSequence)
                .putInt(recordCount)
                .put(records);
        return seal(batch.clear());
    }

    /** Writes the checksum that the bytes have now. */
    static ByteBuffer seal(ByteBuffer batch) {
        int start = RecordBatchView.CRC_START_POSITION;
        return batch.putInt(RecordBatchView.CRC, Crc32c.of(batch, start, batch.limit() - start));
    }

    /** A record with its length in front. */
    static byte[] record(byte[] body) {
        return concatenate(varint(body.length), body);
    }

    /** A record's body: attributes 0, timestamp delta, offset delta, null key, value of some bytes, no headers. */
    static byte[] body(long timestampDelta, int offsetDelta, int valueBytes) {
        return concatenate(
                new byte[] {0},
                varint(timestampDelta),
                varint(offsetDelta),
                varint(-1),
                varint(valueBytes),
                new byte[valueBytes],
                varint(0));
    }

    static byte[] varint(long value) {
        ByteBuffer out = ByteBuffer.allocate(Varints.MAX_VARLONG_BYTES);
        Varints.writeVarlong(out, value);
        byte[] bytes = new byte[out.flip().limit()];
        out.get(bytes);
        return bytes;
    }

    static byte[] concatenate(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteBuffer all = ByteBuffer.allocate(length);
        for (byte[] part : parts) {
            all.put(part);
        }
        return all.array();
    }
}
