package io.millrace.storage.observer;

import io.millrace.protocol.compress.Codec;
import io.millrace.protocol.record.RecordBatchBuilder;
import io.millrace.protocol.record.RecordBatchView;
import java.nio.ByteBuffer;
import java.util.List;

/** Record batches for tests, as a producer or a leader would make them. */
public final class SampleBatches {

    private SampleBatches() {}

    /** A batch of {@code records} records at {@code baseOffset}; record i has timestamp {@code timestampMs + i}. */
    public static ByteBuffer plain(long baseOffset, int leaderEpoch, int records, int valueBytes, long timestampMs) {
        return build(
                new Shape(baseOffset, leaderEpoch, records, valueBytes, timestampMs), Codec.NONE, -1, -1, -1, false);
    }

    /** The same, compressed. */
    public static ByteBuffer compressed(Codec codec, long baseOffset, int records, int valueBytes, long timestampMs) {
        return build(new Shape(baseOffset, 0, records, valueBytes, timestampMs), codec, -1, -1, -1, false);
    }

    /** A batch of an idempotent producer. */
    public static ByteBuffer idempotent(
            long baseOffset, int records, long producerId, int producerEpoch, int sequence) {
        return build(
                new Shape(baseOffset, 0, records, 10, 1000 + baseOffset),
                Codec.NONE,
                producerId,
                producerEpoch,
                sequence,
                false);
    }

    /** A batch inside a transaction. */
    public static ByteBuffer transactional(
            long baseOffset, int records, long producerId, int producerEpoch, int sequence) {
        return build(
                new Shape(baseOffset, 0, records, 10, 1000 + baseOffset),
                Codec.NONE,
                producerId,
                producerEpoch,
                sequence,
                true);
    }

    /** A commit marker, as the broker writes it. */
    public static ByteBuffer marker(long baseOffset, long producerId, int producerEpoch) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(256, 1024)) {
            builder.producer(producerId, (short) producerEpoch, -1)
                    .transactional(true)
                    .control(true)
                    .baseOffset(baseOffset)
                    .partitionLeaderEpoch(0);
            builder.append(1000 + baseOffset, new byte[] {0, 0, 0, 1}, new byte[] {0, 0, 0, 0, 0, 0});
            return copy(builder.build());
        }
    }

    /** All buffers, one after another, in one. */
    public static ByteBuffer joined(List<ByteBuffer> batches) {
        int size = batches.stream().mapToInt(ByteBuffer::remaining).sum();
        ByteBuffer all = ByteBuffer.allocate(size);
        batches.forEach(batch -> all.put(batch.duplicate()));
        return all.flip();
    }

    /** A view on the batch at the buffer's position. */
    public static RecordBatchView view(ByteBuffer batch) {
        return new RecordBatchView().wrap(batch, batch.position());
    }

    private record Shape(long baseOffset, int leaderEpoch, int records, int valueBytes, long timestampMs) {}

    private static ByteBuffer build(
            Shape shape, Codec codec, long producerId, int producerEpoch, int sequence, boolean transactional) {
        int maxBytes = 1024 + shape.records * (shape.valueBytes + 64);
        try (RecordBatchBuilder builder = new RecordBatchBuilder(maxBytes, maxBytes)) {
            builder.codec(codec)
                    .producer(producerId, (short) producerEpoch, sequence)
                    .transactional(transactional)
                    .baseOffset(shape.baseOffset)
                    .partitionLeaderEpoch(shape.leaderEpoch);
            for (int i = 0; i < shape.records; i++) {
                byte[] value = new byte[shape.valueBytes];
                for (int b = 0; b < value.length; b++) {
                    value[b] = (byte) (shape.baseOffset + i + b);
                }
                builder.append(shape.timestampMs + i, new byte[] {(byte) i}, value);
            }
            return copy(builder.build());
        }
    }

    private static ByteBuffer copy(ByteBuffer source) {
        return ByteBuffer.allocate(source.remaining()).put(source.duplicate()).flip();
    }
}
