package io.millrace.simulation.recovery;

import io.millrace.protocol.compress.Codec;
import io.millrace.protocol.record.RecordBatchBuilder;
import io.millrace.protocol.record.RecordBatchView;
import io.millrace.simulation.SimRandom;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Makes the batches of a workload; every record's bytes are drawn, so that no two batches are alike. Owned by the check's thread. */
final class BatchMaker {

    private static final int MAX_BATCH_BYTES = 4 << 20;

    private final SimRandom random;
    private final int keys;
    private final RecordBatchBuilder builder = new RecordBatchBuilder(4096, MAX_BATCH_BYTES);
    private final RecordBatchView view = new RecordBatchView();

    /** @param keys that records of compacted topics have; 0 for any and none */
    BatchMaker(SimRandom random, int keys) {
        this.random = random;
        this.keys = keys;
    }

    /** A batch as a client sends it: base offset 0, no leader epoch. */
    byte[] make(long nowMs, int records, int maxValueBytes, long producerId, int producerEpoch, int sequence) {
        builder.clear();
        builder.codec(Codec.NONE).producer(producerId, (short) producerEpoch, sequence);
        for (int i = 0; i < records; i++) {
            byte @Nullable [] key = keys > 0 ? key() : random.oneIn(3) ? null : key();
            byte @Nullable [] value = new byte[random.between(1, maxValueBytes)];
            random.fill(value);
            if (keys > 0 && random.oneIn(8)) {
                value = null;
            }
            if (!builder.append(nowMs - random.nextInt(1000), key, value)) {
                throw new IllegalStateException("a batch of " + records + " records does not fit");
            }
        }
        ByteBuffer built = builder.build();
        byte[] bytes = new byte[built.remaining()];
        built.get(bytes);
        return bytes;
    }

    private byte[] key() {
        if (keys > 0) {
            int key = random.nextInt(keys);
            return new byte[] {(byte) (key >> Byte.SIZE), (byte) key};
        }
        byte[] key = new byte[8];
        random.fill(key);
        return key;
    }

    /** The same batch as the log must hold it. */
    byte[] placed(byte[] batch, long baseOffset, int leaderEpoch) {
        byte[] placed = batch.clone();
        view.wrap(ByteBuffer.wrap(placed), 0);
        view.baseOffset(baseOffset);
        view.partitionLeaderEpoch(leaderEpoch);
        return placed;
    }
}
