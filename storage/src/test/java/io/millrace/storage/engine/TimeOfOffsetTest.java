package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.record.RecordBatchBuilder;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.storage.AppendResult;
import io.millrace.storage.LogSlice;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.ReadResult;
import io.millrace.storage.StorageFailure;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When the batch around an offset was written, and where a read ends: in segments and in the tail. */
class TimeOfOffsetTest {

    private static final Path FOLDER = Path.of("dir");
    private static final int BATCHES = 8;
    private static final int RECORDS_PER_BATCH = 3;
    private static final byte[] VALUE = "x".repeat(30_000).getBytes(StandardCharsets.UTF_8);

    private final FaultDisk disk = new FaultDisk(1);
    private StoreFixture fixture;
    private PartitionLog log;

    @BeforeEach
    void openLog() throws Exception {
        disk.createDirectories(FOLDER);
        fixture = StoreFixture.open(disk, FOLDER, StorageConfig.SMALL);
        log = fixture.create("t", 0);
    }

    private static long timeOf(int batch) {
        return 1_000_000L + 1_000L * batch;
    }

    private void append(int batch) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(1024, 16 << 20)) {
            for (int i = 0; i < RECORDS_PER_BATCH; i++) {
                builder.append(timeOf(batch) + i, null, VALUE);
            }
            assertThat(log.appendAsLeader(builder.build(), 1, ValidationRules.Origin.CLIENT))
                    .isInstanceOf(AppendResult.Appended.class);
        }
    }

    /** The timestamp that is found, -1 when none is. */
    private long found(long offset) {
        long[] found = {Long.MIN_VALUE};
        log.findTimeOf(offset, new PartitionLog.OffsetLookup() {
            @Override
            public void found(long baseOffset, long timestampMs, int leaderEpoch) {
                found[0] = timestampMs;
            }

            @Override
            public void failed(StorageFailure failure) {
                throw new AssertionError(failure.message());
            }
        });
        fixture.settle();
        return found[0];
    }

    private void appendPartlyToSegments() {
        for (int batch = 0; batch < BATCHES; batch++) {
            append(batch);
        }
        fixture.settle();
        append(BATCHES);
        assertThat(log.read(log.logEndOffset() - 1, log.logEndOffset(), 1, true))
                .isInstanceOf(ReadResult.Batches.class);
        assertThat(log.read(0, log.logEndOffset(), 1, true)).isInstanceOf(ReadResult.Pending.class);
        fixture.settle();
    }

    @Test
    void isTheFirstTimestampOfTheBatchThatHoldsIt() {
        appendPartlyToSegments();
        for (int batch = 0; batch <= BATCHES; batch++) {
            for (int i = 0; i < RECORDS_PER_BATCH; i++) {
                assertThat(found((long) batch * RECORDS_PER_BATCH + i)).isEqualTo(timeOf(batch));
            }
        }
    }

    @Test
    void isUnknownOutsideTheLog() {
        appendPartlyToSegments();
        log.highWatermark(log.logEndOffset());
        log.logStartTo(4);
        assertThat(found(3)).isEqualTo(-1);
        assertThat(found(4)).isEqualTo(timeOf(1));
        assertThat(found(log.logEndOffset())).isEqualTo(-1);
    }

    @Test
    void aReadSaysWhereItEnds() {
        appendPartlyToSegments();
        assertThat(endOfRead(1, 100_000)).isEqualTo(RECORDS_PER_BATCH);
        assertThat(endOfRead(4, 200_000)).isEqualTo(3 * RECORDS_PER_BATCH);
        long last = log.logEndOffset() - 1;
        assertThat(endOfRead(last, 1)).isEqualTo(log.logEndOffset());
        assertThat(endOfRead(log.logEndOffset(), 1)).isEqualTo(log.logEndOffset());
    }

    private long endOfRead(long offset, int maxBytes) {
        ReadResult result = log.read(offset, log.logEndOffset(), maxBytes, true);
        if (result instanceof ReadResult.Pending) {
            fixture.settle();
            result = log.read(offset, log.logEndOffset(), maxBytes, true);
        }
        assertThat(result).isInstanceOf(ReadResult.Batches.class);
        ReadResult.Batches batches = (ReadResult.Batches) result;
        batches.slices().forEach(LogSlice::release);
        return batches.endOffset();
    }
}
