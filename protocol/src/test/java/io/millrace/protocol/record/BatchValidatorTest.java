package io.millrace.protocol.record;

import static io.millrace.protocol.record.RawBatch.body;
import static io.millrace.protocol.record.RawBatch.concatenate;
import static io.millrace.protocol.record.RawBatch.record;
import static io.millrace.protocol.record.RawBatch.varint;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.compress.Codec;
import io.millrace.protocol.compress.DecompressionLimits;
import io.millrace.protocol.record.BatchValidation.Invalid;
import io.millrace.protocol.record.BatchValidation.Valid;
import io.millrace.protocol.record.ValidationRules.Origin;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchValidatorTest {
    private static final long NOW_MS = 100_000;
    private static final ValidationRules CLIENT = ValidationRules.forClients(1 << 20);
    private static final ValidationRules BROKER = ValidationRules.forBrokers();

    private final BatchValidator validator = new BatchValidator();

    @AfterEach
    void closeValidator() {
        validator.close();
    }

    @Test
    void refusesWhatIsTooShortForItsLength() {
        ByteBuffer batch = one().build();
        for (int available = 0; available < batch.limit(); available++) {
            assertFault(validate(batch, available, CLIENT), BatchFault.TRUNCATED, -1);
        }
    }

    @Test
    void refusesImpossibleLengths() {
        for (int length : new int[] {48, 0, -1, Integer.MIN_VALUE}) {
            ByteBuffer batch = one().build().putInt(RecordBatchView.BATCH_LENGTH, length);
            assertFault(validate(batch, CLIENT), BatchFault.BAD_LENGTH, -1);
        }
        ByteBuffer batch = one().build().putInt(RecordBatchView.BATCH_LENGTH, Integer.MAX_VALUE);
        assertFault(validate(batch, CLIENT), BatchFault.TOO_LARGE, -1);
        assertFault(validate(batch, BROKER), BatchFault.TOO_LARGE, -1);
        batch.putInt(RecordBatchView.BATCH_LENGTH, Integer.MAX_VALUE - RecordBatchView.LOG_OVERHEAD_BYTES);
        assertFault(validate(batch, BROKER), BatchFault.TRUNCATED, -1);
    }

    @ParameterizedTest
    @ValueSource(bytes = {0, 1, 3, -1})
    void refusesOtherMagics(byte magic) {
        ByteBuffer batch = one().build().put(RecordBatchView.MAGIC_POSITION, magic);
        assertFault(validate(batch, CLIENT), BatchFault.UNSUPPORTED_MAGIC, -1);
    }

    @Test
    void refusesASecondBatch() {
        ByteBuffer batch = one().build();
        ByteBuffer two = ByteBuffer.allocate(2 * batch.limit())
                .put(batch.duplicate())
                .put(batch.duplicate())
                .clear();
        assertFault(validate(two, CLIENT), BatchFault.MORE_THAN_ONE_BATCH, -1);
    }

    @Test
    void takesBatchesUpToTheTopicsSize() {
        ByteBuffer batch = one().build();
        assertValid(validate(batch, ValidationRules.forClients(batch.limit())));
        assertFault(validate(batch, ValidationRules.forClients(batch.limit() - 1)), BatchFault.TOO_LARGE, -1);
    }

    @Test
    void refusesEveryFlippedBitByItsChecksum() {
        ByteBuffer batch = one().build();
        for (int bit = RecordBatchView.CRC * 8; bit < batch.limit() * 8; bit++) {
            flip(batch, bit);
            assertFault(validate(batch, CLIENT), BatchFault.CRC_MISMATCH, -1);
            flip(batch, bit);
        }
    }

    @Test
    void refusesAttributesThatAreNotAClients() {
        assertFault(validate(one().attributes(5).build(), CLIENT), BatchFault.UNKNOWN_CODEC, -1);
        assertFault(validate(one().attributes(7).build(), BROKER), BatchFault.UNKNOWN_CODEC, -1);
        assertFault(validate(one().attributes(0x08).build(), CLIENT), BatchFault.BAD_TIMESTAMP_TYPE, -1);
        assertFault(validate(one().attributes(0x20).build(), CLIENT), BatchFault.CONTROL_FROM_CLIENT, -1);
        for (int bit = 6; bit < 16; bit++) {
            assertFault(validate(one().attributes(1 << bit).build(), CLIENT), BatchFault.BAD_ATTRIBUTES, -1);
        }
        assertValid(validate(one().attributes(0x68).build(), BROKER));
    }

    @Test
    void refusesCountsThatDoNotFit() {
        assertFault(validate(one().recordCount(0).build(), CLIENT), BatchFault.BAD_COUNT, -1);
        assertFault(validate(one().recordCount(-1).lastOffsetDelta(-2).build(), CLIENT), BatchFault.BAD_COUNT, -1);
        assertFault(validate(one().lastOffsetDelta(1).build(), CLIENT), BatchFault.BAD_COUNT, -1);
        assertFault(validate(one().recordCount(50).lastOffsetDelta(49).build(), CLIENT), BatchFault.BAD_COUNT, -1);
        int most = Integer.MAX_VALUE;
        assertFault(
                validate(one().recordCount(most).lastOffsetDelta(most - 1).build(), CLIENT), BatchFault.BAD_COUNT, -1);
    }

    @Test
    void refusesMoreAndFewerRecordsThanDeclared() {
        byte[] first = record(body(0, 0, 20));
        byte[] second = record(body(0, 1, 20));
        RawBatch declaresThree = new RawBatch(first, second).recordCount(3).lastOffsetDelta(2);
        assertFault(validate(declaresThree.build(), CLIENT), BatchFault.MALFORMED_RECORD, 2);
        RawBatch declaresOne = new RawBatch(first, second).recordCount(1).lastOffsetDelta(0);
        assertFault(validate(declaresOne.build(), CLIENT), BatchFault.BYTES_LEFT_OVER, -1);
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void refusesCountsThatAreWrongInsideCompression(Codec codec) {
        byte[] first = record(body(0, 0, 20));
        byte[] second = record(body(0, 1, 20));
        RawBatch more =
                new RawBatch(first, second).recordCount(3).lastOffsetDelta(2).compressed(codec);
        assertFault(validate(more.build(), CLIENT), BatchFault.MALFORMED_RECORD, 2);
        RawBatch fewer =
                new RawBatch(first, second).recordCount(1).lastOffsetDelta(0).compressed(codec);
        assertFault(validate(fewer.build(), CLIENT), BatchFault.BYTES_LEFT_OVER, -1);
    }

    @Test
    void refusesProducerFieldsThatContradictEachOther() {
        assertValid(validate(one().producer(7, 0, 0).attributes(0x10).build(), CLIENT));
        assertFault(validate(one().producer(7, 0, -1).build(), CLIENT), BatchFault.BAD_PRODUCER_FIELDS, -1);
        assertFault(validate(one().producer(7, -1, 0).build(), CLIENT), BatchFault.BAD_PRODUCER_FIELDS, -1);
        assertFault(validate(one().producer(-2, -1, -1).build(), CLIENT), BatchFault.BAD_PRODUCER_FIELDS, -1);
        assertFault(validate(one().attributes(0x10).build(), CLIENT), BatchFault.BAD_PRODUCER_FIELDS, -1);
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void refusesMalformedRecordsAtTheirIndex(Codec codec) {
        byte[] good = record(body(0, 0, 3));
        byte[] tail = concatenate(varint(-1), varint(0));
        byte[] start = concatenate(new byte[] {0}, varint(0), varint(1));
        byte[][] wrong = {
            concatenate(varint(5), new byte[5]), // shorter than any record
            concatenate(varint(-3), new byte[8]), // negative length
            concatenate(varint(body(0, 1, 3).length + 1), body(0, 1, 3), new byte[1]), // one byte too long
            concatenate(varint(body(0, 1, 3).length - 1), body(0, 1, 3)), // one byte too short
            record(concatenate(start, varint(-2), tail)), // key length -2
            record(concatenate(start, varint(1000), tail)), // key longer than the record
            record(concatenate(start, varint(-1), varint(Integer.MAX_VALUE), varint(0))), // value beyond everything
            record(concatenate(start, varint(-1), varint(-1), varint(-1))), // header count -1
            record(concatenate(start, varint(-1), varint(-1), varint(1_000_000_000))), // more headers than bytes
            record(concatenate(start, varint(-1), varint(-1), varint(1), varint(-1), varint(-1))), // header name null
            record(concatenate(start, varint(-1), varint(-1), varint(1), varint(0), varint(9))), // header value long
            record(concatenate(
                    start, varint(-1), new byte[] {-1, -1, -1, -1, -1, -1, 0}, varint(0))), // varint too long
        };
        for (int i = 0; i < wrong.length; i++) {
            BatchValidation found =
                    validate(new RawBatch(good, wrong[i]).compressed(codec).build(), CLIENT);
            assertThat(found).as("case %d", i).isInstanceOf(Invalid.class);
            assertFault(found, BatchFault.MALFORMED_RECORD, 1);
        }
    }

    @Test
    void clientsOffsetsAreContiguousBrokersMayHaveGaps() {
        byte[] first = record(body(0, 0, 3));
        byte[] gap = record(body(0, 5, 3));
        assertFault(validate(new RawBatch(first, gap).build(), CLIENT), BatchFault.BAD_OFFSET_DELTA, 1);
        assertFault(validate(new RawBatch(gap).build(), CLIENT), BatchFault.BAD_OFFSET_DELTA, 0);
        assertValid(validate(new RawBatch(first, gap).lastOffsetDelta(9).build(), BROKER));
        assertFault(
                validate(new RawBatch(first, gap).lastOffsetDelta(4).build(), BROKER), BatchFault.BAD_OFFSET_DELTA, 1);
        assertFault(
                validate(new RawBatch(gap, first).lastOffsetDelta(9).build(), BROKER), BatchFault.BAD_OFFSET_DELTA, 1);
        assertValid(validate(new RawBatch().lastOffsetDelta(9).build(), BROKER));
    }

    @Test
    void timestampsLieInTheTopicsWindow() {
        ValidationRules window = new ValidationRules(
                Origin.CLIENT, 1000, false, TimestampType.CREATE_TIME, 500, 200, false, DecompressionLimits.DEFAULT);
        assertValid(validate(at(NOW_MS - 500), window));
        assertValid(validate(at(NOW_MS + 200), window));
        assertValid(validate(at(RecordBatchView.NO_TIMESTAMP), window));
        assertFault(validate(at(NOW_MS - 501), window), BatchFault.TIMESTAMP_OUT_OF_RANGE, 0);
        assertFault(validate(at(NOW_MS + 201), window), BatchFault.TIMESTAMP_OUT_OF_RANGE, 0);
        assertFault(validate(at(-2), CLIENT), BatchFault.TIMESTAMP_OUT_OF_RANGE, 0);
        assertFault(validate(at(Long.MIN_VALUE), CLIENT), BatchFault.TIMESTAMP_OUT_OF_RANGE, 0);
        assertFault(validate(at(Long.MAX_VALUE), CLIENT), BatchFault.TIMESTAMP_OUT_OF_RANGE, 0);
        ValidationRules appendTime = new ValidationRules(
                Origin.CLIENT,
                1000,
                false,
                TimestampType.LOG_APPEND_TIME,
                500,
                200,
                false,
                DecompressionLimits.DEFAULT);
        assertValid(validate(at(5), appendTime));
    }

    @Test
    void reportsTheLargestTimestampAndThatTheHeaderIsWrong() {
        RawBatch batch = new RawBatch(record(body(0, 0, 1)), record(body(50, 1, 1)), record(body(50, 2, 1)));
        Valid valid = assertValid(validate(batch.timestamps(1000, 1000).build(), CLIENT));
        assertThat(valid.maxTimestampMs()).isEqualTo(1050);
        assertThat(valid.maxTimestampOffsetDelta()).isEqualTo(1);
        assertThat(valid.maxTimestampDiffersFromHeader()).isTrue();
        assertThat(assertValid(validate(batch.timestamps(1000, 1050).build(), CLIENT))
                        .maxTimestampDiffersFromHeader())
                .isFalse();
    }

    @Test
    void compactedTopicsTakeNoRecordWithoutKey() {
        ValidationRules compacted = new ValidationRules(
                Origin.CLIENT,
                1000,
                true,
                TimestampType.CREATE_TIME,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                true,
                DecompressionLimits.DEFAULT);
        byte[] keyed = record(concatenate(new byte[] {0}, varint(0), varint(0), varint(0), varint(-1), varint(0)));
        assertValid(validate(new RawBatch(keyed).build(), compacted));
        assertFault(validate(new RawBatch(keyed, record(body(0, 1, 3))).build(), compacted), BatchFault.KEY_MISSING, 1);
    }

    @Test
    void headerOnlyRulesDoNotWalkTheRecords() {
        ValidationRules header = new ValidationRules(
                Origin.CLIENT, 1000, false, TimestampType.CREATE_TIME, 500, 200, true, DecompressionLimits.DEFAULT);
        RawBatch garbage = new RawBatch(new byte[40]);
        assertValid(validate(garbage.build(), header));
        assertFault(validate(garbage.build(), CLIENT), BatchFault.MALFORMED_RECORD, 0);
    }

    @Test
    void refusesCompressedRecordsThatCannotBeUnpacked() {
        RawBatch damaged = one().packed(Codec.LZ4, ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5, 6, 7}));
        assertFault(validate(damaged.build(), CLIENT), BatchFault.CORRUPT_COMPRESSION, -1);
        assertFault(
                validate(one().packed(Codec.ZSTD, ByteBuffer.allocate(0)).build(), CLIENT),
                BatchFault.CORRUPT_COMPRESSION,
                -1);
    }

    @ParameterizedTest
    @EnumSource(value = Codec.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void recordsLargerThanTheWindowAreSkippedNotBuffered(Codec codec) {
        RawBatch batch = new RawBatch(record(body(0, 0, 300_000)), record(body(0, 1, 16_384)), record(body(0, 2, 1)));
        Valid valid = assertValid(validate(batch.compressed(codec).build(), CLIENT));
        assertThat(valid.recordBytes()).isGreaterThan(316_000);
    }

    @Test
    void faultsHaveTheErrorsThatClientsActOn() {
        assertThat(BatchFault.CRC_MISMATCH.errorCode()).isEqualTo(ErrorCode.CORRUPT_MESSAGE);
        assertThat(BatchFault.TOO_LARGE.errorCode()).isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
        assertThat(BatchFault.MALFORMED_RECORD.errorCode()).isEqualTo(ErrorCode.INVALID_RECORD);
    }

    private static RawBatch one() {
        return new RawBatch(record(body(0, 0, 3)));
    }

    private static ByteBuffer at(long timestampMs) {
        return one().timestamps(timestampMs, timestampMs).build();
    }

    private static void flip(ByteBuffer bytes, int bit) {
        bytes.put(bit / 8, (byte) (bytes.get(bit / 8) ^ 1 << bit % 8));
    }

    private BatchValidation validate(ByteBuffer batch, ValidationRules rules) {
        return validate(batch, batch.limit(), rules);
    }

    private BatchValidation validate(ByteBuffer batch, int availableBytes, ValidationRules rules) {
        return validator.validate(new RecordBatchView().wrap(batch, 0), availableBytes, rules, NOW_MS);
    }

    private static Valid assertValid(BatchValidation found) {
        assertThat(found).isInstanceOf(Valid.class);
        return (Valid) found;
    }

    private static void assertFault(BatchValidation found, BatchFault fault, int recordIndex) {
        assertThat(found).isInstanceOf(Invalid.class);
        Invalid invalid = (Invalid) found;
        assertThat(invalid.fault()).as(invalid.message()).isEqualTo(fault);
        assertThat(invalid.recordIndex()).as(invalid.message()).isEqualTo(recordIndex);
    }
}
