package io.millrace.broker.produce;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.compress.Codec;
import io.millrace.protocol.record.RecordBatchBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProducedBatchTest {

    private static final byte[] VALUE = "value value value value".getBytes(StandardCharsets.UTF_8);

    private static byte[] batch(Codec codec) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(4096, Integer.MAX_VALUE / 2)) {
            builder.codec(codec);
            builder.append(1, (byte[]) null, VALUE);
            ByteBuffer built = builder.build();
            byte[] bytes = new byte[built.remaining()];
            built.get(bytes);
            return bytes;
        }
    }

    /** Not at the front of its buffer, as in a frame. */
    private static ByteBuf received(byte[]... parts) {
        ByteBuf frame = Unpooled.buffer().writeLong(-1);
        for (byte[] part : parts) {
            frame.writeBytes(part);
        }
        return frame.skipBytes(Long.BYTES);
    }

    @Test
    void theCodecIsReadFromTheHeader() {
        assertThat(ProducedBatch.isCompressed(received(batch(Codec.NONE)))).isFalse();
        assertThat(ProducedBatch.isCompressed(received(batch(Codec.LZ4)))).isTrue();
        assertThat(ProducedBatch.isZstd(received(batch(Codec.LZ4)))).isFalse();
        assertThat(ProducedBatch.isZstd(received(batch(Codec.ZSTD)))).isTrue();
    }

    @Test
    void aSecondBatchIsSeenBehindTheFirst() {
        byte[] one = batch(Codec.NONE);
        assertThat(ProducedBatch.isSeveral(received(one))).isFalse();
        assertThat(ProducedBatch.isSeveral(received(one, one))).isTrue();
        assertThat(ProducedBatch.isSeveral(received(one, new byte[10]))).isFalse();
    }

    @Test
    void lessThanAHeaderIsNeither() {
        assertThat(ProducedBatch.isCompressed(received(new byte[60]))).isFalse();
        assertThat(ProducedBatch.isSeveral(received(new byte[60]))).isFalse();
    }
}
