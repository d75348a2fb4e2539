package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.record.RecordBatchBuilder;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.storage.AppendResult;
import io.millrace.storage.LogConfig;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.journal.JournalSettings;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Batches that are larger than the files of a journal. */
final class LargeBatchTest {

    private static final Path FOLDER = Path.of("dir");
    private static final int KIB = 1 << 10;
    private static final int FILE_BYTES = 64 * KIB;
    private static final StorageConfig CONFIG =
            StorageConfig.SMALL.withJournal(new JournalSettings(FILE_BYTES, FILE_BYTES, 2, 32 * KIB));
    private static final LogConfig LARGE = new LogConfig(
            LogConfig.DEFAULT.segmentBytes(),
            LogConfig.DEFAULT.segmentMs(),
            LogConfig.DEFAULT.indexIntervalBytes(),
            LogConfig.DEFAULT.segmentIndexBytes(),
            -1,
            -1,
            LogConfig.DEFAULT.cleanup(),
            LogConfig.DEFAULT.compaction(),
            new LogConfig.BatchRules(
                    JournalSettings.MAX_RECORD_BYTES + 1000,
                    LogConfig.BatchRules.DEFAULT.timestampType(),
                    LogConfig.BatchRules.DEFAULT.timestampBeforeMaxMs(),
                    LogConfig.BatchRules.DEFAULT.timestampAfterMaxMs(),
                    false));

    private final FaultDisk disk = new FaultDisk(1);
    private final List<String> expected = new ArrayList<>();

    private StoreFixture open() throws Exception {
        if (!disk.exists(FOLDER)) {
            disk.createDirectories(FOLDER);
            disk.syncFileSystem(FOLDER);
        }
        return StoreFixture.open(disk, FOLDER, CONFIG);
    }

    private static PartitionLog create(StoreFixture fixture) {
        return fixture.store.create(StoreFixture.identity("t", 0), LARGE);
    }

    private void append(PartitionLog log, int valueBytes) {
        String value = expected.size() + "-" + "v".repeat(valueBytes);
        StoreFixture.append(log, value);
        expected.add(value);
    }

    @Test
    void aBatchLargerThanTheFilesSurvivesALossOfPower() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = create(fixture);
        append(log, 100);
        append(log, 5 * FILE_BYTES);
        append(log, 100);
        fixture.settle();
        assertThat(log.syncedEndOffset()).isEqualTo(3);
        disk.powerLoss();
        StoreFixture again = open();
        PartitionLog found = again.log("t", 0);
        assertThat(again.values(found, 0)).isEqualTo(expected);
        found.reconfigure(LARGE);
        for (int i = 0; i < 20; i++) {
            append(found, i % 3 == 0 ? 2 * FILE_BYTES + i * KIB : 10 * KIB);
            again.settle();
            assertThat(found.syncedEndOffset()).isEqualTo(expected.size());
        }
        again.close();
        StoreFixture last = open();
        assertThat(last.values(last.log("t", 0), 0)).isEqualTo(expected);
    }

    @Test
    void aBatchWaitsForSpaceToMakeAFileLarger() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = create(fixture);
        append(log, 100);
        fixture.settle();
        disk.capacityBytes(disk.usedBytes() + 100 * KIB);
        append(log, 3 * FILE_BYTES);
        fixture.settle();
        assertThat(log.syncedEndOffset()).isEqualTo(1);
        assertThat(fixture.fulls).containsExactly(true);
        assertThat(fixture.failures).isEmpty();
        disk.capacityBytes(Long.MAX_VALUE);
        fixture.loop.advanceMs(1100);
        fixture.settle();
        assertThat(log.syncedEndOffset()).isEqualTo(2);
        assertThat(fixture.fulls).containsExactly(true, false);
        assertThat(fixture.values(log, 0)).isEqualTo(expected);
        fixture.close();
    }

    @Test
    void theLargestBatchIsTakenAndALargerOneRefused() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = create(fixture);
        assertThat(append(log, batch(JournalSettings.MAX_RECORD_BYTES))).isInstanceOf(AppendResult.Appended.class);
        fixture.settle();
        assertThat(log.syncedEndOffset()).isEqualTo(1);
        assertThat(append(log, batch(JournalSettings.MAX_RECORD_BYTES + 1)))
                .isInstanceOfSatisfying(
                        AppendResult.Refused.class,
                        refused -> assertThat(refused.error()).isEqualTo(ErrorCode.MESSAGE_TOO_LARGE));
        fixture.close();
        StoreFixture again = open();
        assertThat(again.log("t", 0).logEndOffset()).isEqualTo(1);
    }

    private static AppendResult append(PartitionLog log, ByteBuffer batch) {
        return log.appendAsLeader(batch, 0, ValidationRules.Origin.CLIENT);
    }

    /** One record, {@code sizeBytes} all in all. */
    private static ByteBuffer batch(int sizeBytes) {
        int valueBytes = sizeBytes - 80;
        while (true) {
            try (RecordBatchBuilder builder = new RecordBatchBuilder(1024, sizeBytes + 4096)) {
                builder.append(1_700_000_000_000L, null, new byte[valueBytes]);
                ByteBuffer built = builder.build();
                if (built.remaining() == sizeBytes) {
                    return ByteBuffer.allocate(sizeBytes).put(built).flip();
                }
                valueBytes += sizeBytes - built.remaining();
            }
        }
    }
}
