package io.millrace.protocol.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.millrace.protocol.compress.Codec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class RecordBatchViewTest {
    private static final byte[] VALUE = {1, 2, 3};

    @Test
    void readsEveryHeaderFieldInPlace() {
        ByteBuffer batch;
        try (RecordBatchBuilder builder = new RecordBatchBuilder(256, 4096)) {
            builder.baseOffset(77)
                    .partitionLeaderEpoch(5)
                    .producer(9_000_000_000L, (short) 3, 41)
                    .transactional(true)
                    .codec(Codec.GZIP);
            assertThat(builder.append(1000, null, VALUE)).isTrue();
            assertThat(builder.append(3000, VALUE, null)).isTrue();
            assertThat(builder.append(2000, VALUE, VALUE)).isTrue();
            batch = builder.build();
        }
        ByteBuffer direct = ByteBuffer.allocateDirect(batch.limit() + 20).position(7);
        direct.put(batch.duplicate());

        RecordBatchView view = new RecordBatchView().wrap(direct, 7);
        assertThat(view.sizeBytes()).isEqualTo(batch.limit());
        assertThat(view.endPosition()).isEqualTo(7 + batch.limit());
        assertThat(view.baseOffset()).isEqualTo(77);
        assertThat(view.lastOffset()).isEqualTo(79);
        assertThat(view.nextOffset()).isEqualTo(80);
        assertThat(view.partitionLeaderEpoch()).isEqualTo(5);
        assertThat(view.magic()).isEqualTo((byte) 2);
        assertThat(view.codec()).isEqualTo(Codec.GZIP);
        assertThat(view.timestampType()).isEqualTo(TimestampType.CREATE_TIME);
        assertThat(view.isTransactional()).isTrue();
        assertThat(view.isControl()).isFalse();
        assertThat(view.hasDeleteHorizon()).isFalse();
        assertThat(view.baseTimestampMs()).isEqualTo(1000);
        assertThat(view.maxTimestampMs()).isEqualTo(3000);
        assertThat(view.producerId()).isEqualTo(9_000_000_000L);
        assertThat(view.producerEpoch()).isEqualTo((short) 3);
        assertThat(view.baseSequence()).isEqualTo(41);
        assertThat(view.lastSequence()).isEqualTo(43);
        assertThat(view.recordCount()).isEqualTo(3);
        assertThat(view.crcValid()).isTrue();
        assertThat(direct.position()).isEqualTo(7 + batch.limit());
    }

    @Test
    void offsetAndEpochAreOutsideTheChecksum() {
        RecordBatchView view = oneRecord();
        view.baseOffset(123_456_789_012L);
        view.partitionLeaderEpoch(99);
        assertThat(view.crcValid()).isTrue();
        assertThat(view.baseOffset()).isEqualTo(123_456_789_012L);
        assertThat(view.partitionLeaderEpoch()).isEqualTo(99);
    }

    @Test
    void settingLogAppendTimeRewritesTheChecksum() {
        RecordBatchView view = oneRecord();
        int before = view.crc();
        view.maxTimestampMs(TimestampType.LOG_APPEND_TIME, 5555);
        assertThat(view.timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
        assertThat(view.maxTimestampMs()).isEqualTo(5555);
        assertThat(view.crc()).isNotEqualTo(before);
        assertThat(view.crcValid()).isTrue();
    }

    @Test
    void settingTheSameTimestampLeavesEvenAWrongChecksumAlone() {
        RecordBatchView view = oneRecord();
        view.buffer().putInt(RecordBatchView.CRC, 1);
        view.maxTimestampMs(TimestampType.CREATE_TIME, view.maxTimestampMs());
        assertThat(view.crc()).isEqualTo(1);
    }

    @Test
    void everyByteAfterTheChecksumCounts() {
        RecordBatchView view = oneRecord();
        ByteBuffer buffer = view.buffer();
        for (int i = RecordBatchView.CRC; i < buffer.limit(); i++) {
            buffer.put(i, (byte) (buffer.get(i) ^ 0x10));
            assertThat(view.crcValid()).as("byte %d", i).isFalse();
            buffer.put(i, (byte) (buffer.get(i) ^ 0x10));
        }
        assertThat(view.crcValid()).isTrue();
    }

    @Test
    void sequencesGoFromTheLargestToZero() {
        assertThat(RecordBatchView.sequenceAfter(Integer.MAX_VALUE, 1)).isZero();
        assertThat(RecordBatchView.sequenceAfter(Integer.MAX_VALUE - 1, 4)).isEqualTo(2);
        assertThat(RecordBatchView.sequenceAfter(5, 0)).isEqualTo(5);
        assertThat(oneRecord().lastSequence()).isEqualTo(RecordBatchView.NO_SEQUENCE);
    }

    @Test
    void refusesLittleEndianBuffers() {
        ByteBuffer little = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> new RecordBatchView().wrap(little, 0));
    }

    private static RecordBatchView oneRecord() {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(256, 4096)) {
            assertThat(builder.append(1000, null, VALUE)).isTrue();
            return new RecordBatchView().wrap(builder.build(), 0);
        }
    }
}
