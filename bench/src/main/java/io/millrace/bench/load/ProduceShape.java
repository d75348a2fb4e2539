package io.millrace.bench.load;

import io.millrace.protocol.BufferRecords;
import io.millrace.protocol.compress.Codec;
import io.millrace.protocol.message.ApiKey;
import io.millrace.protocol.message.ProduceRequest;
import io.millrace.protocol.record.RecordBatchBuilder;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What is produced. Immutable.
 *
 * @param batchBytes target size of a batch before compression; at least one record
 */
public record ProduceShape(String topic, int partitions, int recordBytes, int batchBytes, short acks, Codec codec) {

    /** The last version without tagged fields: the correlation id stands at a fixed place. */
    static final short VERSION = 8;

    static final int CORRELATION_POSITION = 8;

    private static final int TIMEOUT_MS = 30_000;
    private static final int RECORD_OVERHEAD_BYTES = 12;

    int recordsPerBatch() {
        return Math.max(1, batchBytes / (recordBytes + RECORD_OVERHEAD_BYTES));
    }

    /** One frame per partition, each with one batch. */
    public ByteBuffer[] frames() {
        ByteBuffer[] frames = new ByteBuffer[partitions];
        for (int partition = 0; partition < partitions; partition++) {
            frames[partition] = BrokerSocket.encode(ApiKey.PRODUCE, VERSION, 0, request(partition));
        }
        return frames;
    }

    private ProduceRequest request(int partition) {
        ProduceRequest.PartitionProduceData data = new ProduceRequest.PartitionProduceData()
                .index(partition)
                .records(new BufferRecords(Unpooled.wrappedBuffer(batch(partition))));
        return new ProduceRequest()
                .acks(acks)
                .timeoutMs(TIMEOUT_MS)
                .topicData(List.of(
                        new ProduceRequest.TopicProduceData().name(topic).partitionData(List.of(data))));
    }

    private ByteBuffer batch(int partition) {
        SplittableRandom random = new SplittableRandom(partition);
        try (RecordBatchBuilder builder = new RecordBatchBuilder(batchBytes + 4096, Integer.MAX_VALUE / 2)) {
            builder.codec(codec);
            for (int i = 0; i < recordsPerBatch(); i++) {
                builder.append(System.currentTimeMillis(), (byte[]) null, value(random));
            }
            ByteBuffer built = builder.build();
            ByteBuffer copy = ByteBuffer.allocate(built.remaining());
            return copy.put(built).flip();
        }
    }

    /** Text that compresses about three to one. */
    private byte[] value(SplittableRandom random) {
        byte[] value = new byte[recordBytes];
        for (int i = 0; i < value.length; i++) {
            value[i] = (byte) (i % 3 == 0 ? 'a' + random.nextInt(26) : 'e');
        }
        return value;
    }
}
