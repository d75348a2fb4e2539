package io.millrace.storage.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.compress.Codec;
import io.millrace.protocol.compress.DecompressionLimits;
import io.millrace.protocol.record.BatchValidator;
import io.millrace.protocol.record.RecordBatchView;
import io.millrace.protocol.record.TimestampType;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.storage.AppendResult;
import io.millrace.storage.CheckedBatches;
import io.millrace.storage.TailSlice;
import io.millrace.storage.epoch.EpochOrderException;
import io.millrace.storage.observer.SampleBatches;
import io.millrace.storage.producer.HandClock;
import io.millrace.storage.tail.TailMemory;
import io.millrace.storage.tail.TailWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeaderAppenderTest {

    private final TailMemory memory = new TailMemory(64 << 10, 8 << 10);
    private final TailWriter writer = new TailWriter(memory);
    private final HandClock clock = new HandClock();
    private final LeaderAppender appender = new LeaderAppender(writer, new BatchValidator(), clock);
    private final MemoryLog log = new MemoryLog();

    @AfterEach
    void memoryIsGivenBack() {
        log.tail().close();
        writer.close();
        appender.close();
        assertThat(memory.usedBytes()).isZero();
    }

    @Test
    void offsetsAndEpochAreAssignedAndTheSourceStaysAsItIs() {
        ByteBuffer sent = SampleBatches.plain(55, -1, 3, 20, 1000);
        ByteBuffer before = copy(sent);

        assertThat(appender.append(log, sent, 4)).isEqualTo(new AppendResult.Appended(0, 3, -1, 0));
        assertThat(appender.append(log, sent, 5)).isEqualTo(new AppendResult.Appended(3, 6, -1, 0));

        assertThat(sent).isEqualTo(before);
        RecordBatchView second = stored(1);
        assertThat(second.baseOffset()).isEqualTo(3);
        assertThat(second.partitionLeaderEpoch()).isEqualTo(5);
        assertThat(second.crcValid()).isTrue();
        assertThat(log.epochs().epochAt(2)).isEqualTo(4);
        assertThat(log.epochs().epochAt(3)).isEqualTo(5);
    }

    @Test
    void severalBatchesAreAppendedInOneCall() {
        ByteBuffer both = SampleBatches.joined(
                List.of(SampleBatches.plain(0, 0, 2, 5, 10), SampleBatches.compressed(Codec.GZIP, 0, 3, 50, 20)));
        assertThat(appender.append(log, both, 0)).isEqualTo(new AppendResult.Appended(0, 5, -1, 0));
        assertThat(log.tail().batchCount()).isEqualTo(2);
        assertThat(stored(1).baseOffset()).isEqualTo(2);
    }

    @Test
    void oneBadBatchKeepsAllOthersOut() {
        ByteBuffer bad = SampleBatches.plain(0, 0, 2, 50, 10);
        bad.put(bad.limit() - 1, (byte) ~bad.get(bad.limit() - 1));
        ByteBuffer both = SampleBatches.joined(List.of(SampleBatches.plain(0, 0, 2, 5, 10), bad));

        assertThat(refused(both)).isEqualTo(ErrorCode.CORRUPT_MESSAGE);

        assertThat(log.tail().isEmpty()).isTrue();
        assertThat(log.epochs().latestEpoch()).isEqualTo(-1);
    }

    @Test
    void eachKindOfBadBytesHasItsErrorCode() {
        ByteBuffer good = SampleBatches.plain(0, 0, 2, 50, clock.wallMs());
        assertThat(refused(ByteBuffer.allocate(0))).isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(refused(copy(good).limit(good.limit() - 1))).isEqualTo(ErrorCode.CORRUPT_MESSAGE);
        assertThat(refused(copy(good).limit(5))).isEqualTo(ErrorCode.CORRUPT_MESSAGE);
        assertThat(refused(copy(good).put(16, (byte) 1))).isEqualTo(ErrorCode.UNSUPPORTED_FOR_MESSAGE_FORMAT);
        assertThat(refused(copy(good).putInt(8, -5))).isEqualTo(ErrorCode.CORRUPT_MESSAGE);
        assertThat(refused(SampleBatches.marker(0, 5, 0))).isEqualTo(ErrorCode.INVALID_RECORD);
        log.rules = ValidationRules.forClients(100);
        assertThat(refused(good)).isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
        log.rules = rules(TimestampType.CREATE_TIME, 1000);
        assertThat(refused(SampleBatches.plain(0, 0, 2, 5, clock.wallMs() - 10_000)))
                .isEqualTo(ErrorCode.INVALID_TIMESTAMP);
        assertThat(log.tail().isEmpty()).isTrue();
    }

    @Test
    void aBadRecordIsNamedByItsIndex() {
        log.rules = rules(TimestampType.CREATE_TIME, 1000);
        ByteBuffer batch = SampleBatches.plain(0, 0, 2, 5, clock.wallMs() - 1001);
        AppendResult result = appender.append(log, batch, 0);
        assertThat(((AppendResult.Refused) result).recordErrors())
                .singleElement()
                .extracting(AppendResult.RecordError::batchIndex)
                .isEqualTo(0);
    }

    @Test
    void appendTimeIsStampedIntoTheCopyWithARightCrc() {
        log.rules = rules(TimestampType.LOG_APPEND_TIME, Long.MAX_VALUE);
        ByteBuffer sent = SampleBatches.plain(0, 0, 2, 20, 1);

        AppendResult result = appender.append(log, sent, 0);

        assertThat(result).isEqualTo(new AppendResult.Appended(0, 2, clock.wallMs(), 0));
        assertThat(stored(0).timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
        assertThat(stored(0).maxTimestampMs()).isEqualTo(clock.wallMs());
        assertThat(stored(0).crcValid()).isTrue();
        assertThat(log.tail().maxTimestampAt(log.tail().firstEntry())).isEqualTo(clock.wallMs());
    }

    @Test
    void aWrongMaxTimestampIsCorrected() {
        ByteBuffer sent = SampleBatches.plain(0, 0, 3, 20, 1000);
        SampleBatches.view(sent).maxTimestampMs(TimestampType.CREATE_TIME, 5);
        appender.append(log, sent, 0);
        assertThat(stored(0).maxTimestampMs()).isEqualTo(1002);
        assertThat(stored(0).crcValid()).isTrue();
    }

    @Test
    void aRetryIsAnsweredWithTheOriginalPlace() {
        appender.append(log, SampleBatches.plain(0, 0, 4, 5, 10), 0);
        ByteBuffer batch = SampleBatches.idempotent(0, 3, 9, 0, 0);
        assertThat(appender.append(log, batch, 0)).isEqualTo(new AppendResult.Appended(4, 7, -1, 0));
        assertThat(appender.append(log, batch, 1)).isEqualTo(new AppendResult.Duplicate(4, 7, -1, 0));
        assertThat(log.tail().endOffset()).isEqualTo(7);
    }

    @Test
    void aRetryUnderAppendTimeIsAnsweredWithTheOriginalTime() {
        log.rules = rules(TimestampType.LOG_APPEND_TIME, Long.MAX_VALUE);
        ByteBuffer batch = SampleBatches.idempotent(0, 3, 9, 0, 0);
        appender.append(log, batch, 0);
        long first = clock.wallMs();
        clock.passMs(500);
        assertThat(appender.append(log, batch, 0)).isEqualTo(new AppendResult.Duplicate(0, 3, first, 0));
    }

    @Test
    void sequencesOutOfOrderAreRefusedWithTheirCodes() {
        appender.append(log, SampleBatches.idempotent(0, 3, 9, 1, 0), 0);
        assertThat(refused(SampleBatches.idempotent(0, 3, 9, 1, 4))).isEqualTo(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(refused(SampleBatches.idempotent(0, 3, 9, 0, 3))).isEqualTo(ErrorCode.INVALID_PRODUCER_EPOCH);
        assertThat(refused(SampleBatches.idempotent(0, 3, 8, 0, 3))).isEqualTo(ErrorCode.UNKNOWN_PRODUCER_ID);
        ByteBuffer two = SampleBatches.joined(
                List.of(SampleBatches.idempotent(0, 1, 9, 1, 3), SampleBatches.idempotent(0, 1, 9, 1, 4)));
        assertThat(refused(two)).isEqualTo(ErrorCode.INVALID_RECORD);
        assertThat(log.tail().endOffset()).isEqualTo(3);
    }

    @Test
    void atTheBoundNothingIsAppendedAndMemoryThatReturnsIsUsed() {
        List<TailSlice> held = new ArrayList<>();
        ByteBuffer batch = SampleBatches.plain(0, 0, 1, 3000, 10);
        while (appender.append(log, batch, 0) instanceof AppendResult.Appended) {
            log.tail().slices(log.tail().endOffset() - 1, log.tail().endOffset(), 1, true, held);
        }
        long end = log.tail().endOffset();
        ByteBuffer three = SampleBatches.joined(List.of(batch, batch, batch));
        assertThat(appender.append(log, three, 0)).isSameAs(LeaderAppender.TAIL_FULL);
        assertThat(log.tail().endOffset()).isEqualTo(end);

        log.tail().dropBelow(end);
        assertThat(appender.append(log, batch, 0)).as("pinned by readers").isSameAs(LeaderAppender.TAIL_FULL);
        held.forEach(TailSlice::release);

        assertThat(appender.append(log, three, 0)).isEqualTo(new AppendResult.Appended(end, end + 3, -1, 0));
    }

    @Test
    void partOfSeveralBatchesIsTakenBackWhenTheRestFindsNoPlace() {
        ByteBuffer batch = SampleBatches.plain(0, 0, 1, 3000, 10);
        List<ByteBuffer> many = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            many.add(batch);
        }
        appender.append(log, batch, 0);
        log.rules = ValidationRules.forClients(1 << 20);
        assertThat(appender.append(log, SampleBatches.joined(many), 3)).isSameAs(LeaderAppender.TAIL_FULL);
        assertThat(log.tail().endOffset()).isEqualTo(1);
        assertThat(log.tail().batchCount()).isEqualTo(1);
        assertThat(log.epochs().latestEpoch()).isZero();
        List<String> woken = new ArrayList<>();
        writer.awaitRoom(() -> woken.add("at once"));
        assertThat(woken).as("what was taken back is no reason to try again").isEmpty();
    }

    @Test
    void aBatchThatCanNeverFitIsTooLarge() {
        assertThat(refused(SampleBatches.plain(0, 0, 1, 40_000, 10))).isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
    }

    @Test
    void anOlderEpochIsABrokenInvariant() {
        appender.append(log, SampleBatches.plain(0, 0, 1, 1, 1), 5);
        assertThatThrownBy(() -> appender.append(log, SampleBatches.plain(0, 0, 1, 1, 1), 4))
                .isInstanceOf(EpochOrderException.class);
    }

    @Test
    void brokersAppendMarkers() {
        AppendResult result = appender.append(log, SampleBatches.marker(0, 5, 0), 0, ValidationRules.forBrokers());
        assertThat(result).isEqualTo(new AppendResult.Appended(0, 1, -1, 0));
        assertThat(stored(0).isControl()).isTrue();
    }

    @Test
    void whatAWorkerCheckedIsAppendedWithoutASecondLook() {
        ByteBuffer packed = SampleBatches.compressed(Codec.GZIP, 0, 2000, 60, 1);
        CheckedBatches checked = new CheckedBatches();
        try (BatchChecker worker = new BatchChecker(new BatchValidator())) {
            worker.check(packed, log.rules, clock.wallMs(), checked);
        }
        assertThat(appender.append(log, packed, 0, checked)).isEqualTo(new AppendResult.Appended(0, 2000, -1, 0));
    }

    @Test
    void aCheckThatMayUnpackLittleSaysSoAndOthersDoNot() {
        ByteBuffer packed = SampleBatches.compressed(Codec.GZIP, 0, 2000, 60, 1);
        CheckedBatches checked = new CheckedBatches();
        try (BatchChecker checker = new BatchChecker(new BatchValidator())) {
            checker.check(
                    packed, log.rules.withDecompression(new DecompressionLimits(1000, 1000)), clock.wallMs(), checked);
            assertThat(checked.unpackLimitMet()).isTrue();
            checker.check(packed, log.rules, clock.wallMs(), checked);
            assertThat(checked.unpackLimitMet()).isFalse();
            assertThat(checked.refusal()).isNull();
        }
    }

    private static ValidationRules rules(TimestampType type, long beforeMaxMs) {
        return new ValidationRules(
                ValidationRules.Origin.CLIENT,
                1 << 20,
                false,
                type,
                beforeMaxMs,
                1000,
                false,
                DecompressionLimits.DEFAULT);
    }

    private ErrorCode refused(ByteBuffer batches) {
        return ((AppendResult.Refused) appender.append(log, batches, 9)).error();
    }

    private RecordBatchView stored(int index) {
        return log.tail().batchAt(log.tail().firstEntry() + index, new RecordBatchView());
    }

    private static ByteBuffer copy(ByteBuffer source) {
        return ByteBuffer.allocate(source.remaining()).put(source.duplicate()).flip();
    }
}
