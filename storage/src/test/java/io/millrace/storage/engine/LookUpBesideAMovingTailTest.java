package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.record.RecordBatchBuilder;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.storage.AppendResult;
import io.millrace.storage.LogConfig;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.StorageFailure;
import io.millrace.storage.log.JournaledLog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Records that stand in the tail when a look-up begins and in a segment when it gets there are found. */
class LookUpBesideAMovingTailTest {

    private static final Path FOLDER = Path.of("dir");
    private static final byte[] VALUE = new byte[2_000];
    private static final long EARLY_MS = 50;
    private static final long LATE_MS = 60;

    private final FaultDisk disk = new FaultDisk(1);
    private final List<Long> found = new ArrayList<>();
    private StoreFixture fixture;
    private JournaledLog log;
    private long firstLate;

    @BeforeEach
    void startInTheTail() throws Exception {
        disk.createDirectories(FOLDER);
        fixture = StoreFixture.open(disk, FOLDER, StorageConfig.SMALL);
        log = (JournaledLog)
                fixture.store.create(StoreFixture.identity("t", 0), LogConfig.DEFAULT.withSegmentBytes(8 << 10));
        // Below the log start, in a segment that a look-up has to ask for it: the tail is filled until it begins
        // behind.
        append(LATE_MS);
        while (log.tail().startOffset() == 0) {
            append(EARLY_MS);
            fixture.settle();
        }
        log.highWatermark(log.syncedEndOffset());
        log.logStartTo(1);
        fixture.settle();
        firstLate = append(LATE_MS);
        append(LATE_MS);
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private long append(long timeMs) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(1024, 1 << 20)) {
            builder.append(timeMs, null, VALUE);
            AppendResult result = log.appendAsLeader(builder.build(), 0, ValidationRules.Origin.CLIENT);
            assertThat(result).isInstanceOf(AppendResult.Appended.class);
            return ((AppendResult.Appended) result).baseOffset();
        }
    }

    /** Has the tail move past {@link #firstLate}, while jobs of the pool wait; more late records come behind. */
    private void moveTail() {
        while (log.tail().startOffset() <= firstLate) {
            append(LATE_MS);
            settleButPool();
        }
    }

    private void settleButPool() {
        boolean ran = true;
        while (ran) {
            ran = fixture.loop.turn();
            ran |= fixture.lanes.one(fixture.lanes.journal);
            ran |= fixture.lanes.one(fixture.lanes.writeBehind);
        }
    }

    private final PartitionLog.OffsetLookup answer = new PartitionLog.OffsetLookup() {
        @Override
        public void found(long offset, long timestampMs, int leaderEpoch) {
            found.add(offset);
        }

        @Override
        public void failed(StorageFailure failure) {
            throw new AssertionError(failure.message());
        }
    };

    @Test
    void theLatestIsTheFirstOfItsTime() {
        log.findMaxTimestamp(log.logEndOffset(), answer);
        assertThat(found).as("a segment is read first").isEmpty();

        moveTail();
        fixture.settle();

        assertThat(found).containsExactly(firstLate);
    }

    @Test
    void theFirstAtATimeIsFound() {
        log.findByTime(EARLY_MS + 1, log.logEndOffset(), answer);
        assertThat(found).as("a segment is read first").isEmpty();

        moveTail();
        fixture.settle();

        assertThat(found).containsExactly(firstLate);
    }
}
