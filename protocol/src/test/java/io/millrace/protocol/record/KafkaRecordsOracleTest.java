package io.millrace.protocol.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.compress.Codec;
import io.millrace.protocol.record.BatchValidation.Valid;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Batches of ours read by Kafka's own classes, and Kafka's read by ours. */
class KafkaRecordsOracleTest {
    private static final int ROUNDS = 30;
    private static final long NOW_MS = 1_700_000_000_000L;

    @ParameterizedTest
    @EnumSource(Codec.class)
    void kafkaReadsOurBatches(Codec codec) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(100, 1 << 24)) {
            builder.codec(codec);
            for (int round = 0; round < ROUNDS; round++) {
                List<SampleRecord> records = SampleRecord.mixture(1 + round * 3, round);
                builder.clear()
                        .baseOffset(round * 1000L)
                        .partitionLeaderEpoch(round)
                        .producer(100 + round, (short) round, Integer.MAX_VALUE - 5)
                        .transactional(round % 2 == 1);
                records.forEach(record -> assertThat(record.appendTo(builder)).isTrue());
                ByteBuffer batch = builder.build();
                assertKafkaReads(batch, records);
                assertFieldsAgree(batch);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void weReadKafkasBatches(Codec codec) {
        try (BatchValidator validator = new BatchValidator()) {
            for (int round = 0; round < ROUNDS; round++) {
                List<SampleRecord> records = SampleRecord.mixture(1 + round * 3, 1000 + round);
                SimpleRecord[] kafkas =
                        records.stream().map(KafkaRecordsOracleTest::kafkas).toArray(SimpleRecord[]::new);
                ByteBuffer batch = MemoryRecords.withTransactionalRecords(
                                round, compression(codec), 100 + round, (short) round, Integer.MAX_VALUE - 5, 7, kafkas)
                        .buffer();
                assertThat(SampleRecord.read(batch)).isEqualTo(records);
                assertFieldsAgree(batch);
                BatchValidation found = validator.validate(
                        new RecordBatchView().wrap(batch, 0),
                        batch.limit(),
                        ValidationRules.forClients(1 << 24),
                        NOW_MS);
                assertThat(found).isInstanceOf(Valid.class);
                assertThat(((Valid) found).maxTimestampDiffersFromHeader()).isFalse();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Codec.class,
            names = {"GZIP", "LZ4", "ZSTD"})
    void everyLevelIsReadOnTheOtherSide(Codec codec) {
        int lowest = Math.max(codec.minLevel(), -7);
        for (int level = lowest; level <= codec.maxLevel(); level++) {
            List<SampleRecord> records = SampleRecord.mixture(40, level);
            try (RecordBatchBuilder builder = new RecordBatchBuilder(100, 1 << 24).codec(codec, level)) {
                records.forEach(record -> assertThat(record.appendTo(builder)).isTrue());
                assertKafkaReads(builder.build(), records);
            }
            if (level == 0 && codec == Codec.ZSTD) {
                continue;
            }
            Compression compression = switch (codec) {
                case GZIP -> Compression.gzip().level(level).build();
                case LZ4 -> Compression.lz4().level(level).build();
                default -> Compression.zstd().level(level).build();
            };
            SimpleRecord[] kafkas =
                    records.stream().map(KafkaRecordsOracleTest::kafkas).toArray(SimpleRecord[]::new);
            assertThat(SampleRecord.read(
                            MemoryRecords.withRecords(compression, kafkas).buffer()))
                    .as("level %d", level)
                    .isEqualTo(records);
        }
    }

    @Test
    void settingLogAppendTimeWritesWhatKafkaWrites() {
        for (Codec codec : Codec.values()) {
            ByteBuffer kafkas = MemoryRecords.withRecords(
                            compression(codec), new SimpleRecord(5, new byte[] {1}), new SimpleRecord(9, new byte[] {2
                            }))
                    .buffer();
            ByteBuffer ours =
                    ByteBuffer.allocate(kafkas.limit()).put(kafkas.duplicate()).flip();
            only(kafkas).setMaxTimestamp(org.apache.kafka.common.record.TimestampType.LOG_APPEND_TIME, 777);
            new RecordBatchView().wrap(ours, 0).maxTimestampMs(TimestampType.LOG_APPEND_TIME, 777);
            assertThat(ours).isEqualTo(kafkas);
            assertThat(SampleRecord.read(ours))
                    .extracting(SampleRecord::timestampMs)
                    .containsExactly(777L, 777L);
        }
    }

    @Test
    void markersOfTransactionsAreControlBatches() {
        ByteBuffer marker = MemoryRecords.withEndTransactionMarker(
                        33L,
                        44L,
                        (short) 2,
                        new EndTransactionMarker(org.apache.kafka.common.record.internal.ControlRecordType.COMMIT, 6))
                .buffer();
        RecordBatchView view = new RecordBatchView().wrap(marker, 0);
        assertThat(view.isControl()).isTrue();
        assertThat(view.isTransactional()).isTrue();
        assertThat(SampleRecord.read(marker)).hasSize(1);
        try (BatchValidator validator = new BatchValidator()) {
            assertThat(validator.validate(view, marker.limit(), ValidationRules.forBrokers(), NOW_MS))
                    .isInstanceOf(Valid.class);
        }
    }

    private static void assertKafkaReads(ByteBuffer batch, List<SampleRecord> records) {
        MutableRecordBatch kafkas = only(batch);
        kafkas.ensureValid();
        List<SampleRecord> read = new ArrayList<>();
        for (Record record : kafkas) {
            List<RecordHeader> headers = new ArrayList<>();
            for (Header header : record.headers()) {
                headers.add(new RecordHeader(header.key(), header.value()));
            }
            read.add(SampleRecord.of(record.timestamp(), bytes(record.key()), bytes(record.value()), headers));
        }
        assertThat(read).isEqualTo(records);
    }

    private static void assertFieldsAgree(ByteBuffer batch) {
        RecordBatchView ours = new RecordBatchView().wrap(batch, 0);
        DefaultRecordBatch kafkas = (DefaultRecordBatch) only(batch);
        assertThat(ours.crcValid()).isTrue();
        assertThat(Integer.toUnsignedLong(ours.crc())).isEqualTo(kafkas.checksum());
        assertThat(ours.sizeBytes()).isEqualTo(kafkas.sizeInBytes());
        assertThat(ours.baseOffset()).isEqualTo(kafkas.baseOffset());
        assertThat(ours.lastOffset()).isEqualTo(kafkas.lastOffset());
        assertThat(ours.nextOffset()).isEqualTo(kafkas.nextOffset());
        assertThat(ours.partitionLeaderEpoch()).isEqualTo(kafkas.partitionLeaderEpoch());
        assertThat(ours.baseTimestampMs()).isEqualTo(kafkas.baseTimestamp());
        assertThat(ours.maxTimestampMs()).isEqualTo(kafkas.maxTimestamp());
        assertThat(ours.producerId()).isEqualTo(kafkas.producerId());
        assertThat(ours.producerEpoch()).isEqualTo(kafkas.producerEpoch());
        assertThat(ours.baseSequence()).isEqualTo(kafkas.baseSequence());
        assertThat(ours.lastSequence()).isEqualTo(kafkas.lastSequence());
        assertThat(ours.recordCount()).isEqualTo(kafkas.countOrNull());
        assertThat(ours.isTransactional()).isEqualTo(kafkas.isTransactional());
        assertThat(ours.codecId()).isEqualTo((int) kafkas.compressionType().id);
    }

    private static MutableRecordBatch only(ByteBuffer batch) {
        List<MutableRecordBatch> batches = new ArrayList<>();
        MemoryRecords.readableRecords(batch.duplicate()).batches().forEach(batches::add);
        assertThat(batches).hasSize(1);
        return batches.get(0);
    }

    private static SimpleRecord kafkas(SampleRecord record) {
        Header[] headers = record.recordHeaders().stream()
                .map(header -> new org.apache.kafka.common.header.internals.RecordHeader(header.name(), header.value()))
                .toArray(Header[]::new);
        return new SimpleRecord(record.timestampMs(), record.keyBytes(), record.valueBytes(), headers);
    }

    private static Compression compression(Codec codec) {
        return Compression.of(CompressionType.forId(codec.id())).build();
    }

    private static byte @Nullable [] bytes(@Nullable ByteBuffer buffer) {
        return buffer == null ? null : Utils.toArray(buffer);
    }
}
