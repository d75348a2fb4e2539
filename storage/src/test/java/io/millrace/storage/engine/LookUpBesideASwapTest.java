package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.record.RecordBatchBuilder;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.storage.AppendResult;
import io.millrace.storage.LogConfig;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.StorageFailure;
import io.millrace.storage.compaction.CompactionSlot;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Segments that compaction replaces while a look-up by time is on its way to them are looked up as they are now, and are sound. */
class LookUpBesideASwapTest {

    private static final Path FOLDER = Path.of("dir");
    private static final int BATCHES = 60;
    private static final int KEYS = 10;
    /** Of each batch's keys no other batch has these: segments stay too large to be put together, and keep their names. */
    private static final int OWN_KEYS = 7;
    /** Of these batches no key is another's: the first segment stays as it is. */
    private static final int OWN_BATCHES = 15;

    private static final int VALUE_BYTES = 10_000;
    private static final long MINUTE_MS = 60_000;
    private static final LogConfig KEPT =
            LogConfig.DEFAULT.withSegmentBytes(1 << 20).withRetention(-1, -1);

    private final List<Long> found = new ArrayList<>();
    private StoreFixture fixture;
    private PartitionLog log;

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

    @BeforeEach
    void fillSegments() throws Exception {
        FaultDisk disk = new FaultDisk(1);
        disk.createDirectories(FOLDER);
        fixture = StoreFixture.open(disk, FOLDER, StorageConfig.SMALL.withCompaction(new CompactionSlot()));
        log = fixture.store.create(StoreFixture.identity("t", 0), KEPT);
        for (int i = 0; i < BATCHES; i++) {
            append(i);
            fixture.settle();
        }
        log.highWatermark(log.syncedEndOffset());
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private void append(int number) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(256, 1 << 20)) {
            for (int key = 0; key < KEYS; key++) {
                String name = key < OWN_KEYS || number < OWN_BATCHES ? "key-" + number + "-" + key : "key-" + key;
                builder.append(
                        1_000L + (long) number * KEYS + key,
                        name.getBytes(StandardCharsets.UTF_8),
                        new byte[VALUE_BYTES]);
            }
            assertThat(log.appendAsLeader(builder.build(), 0, ValidationRules.Origin.CLIENT))
                    .isInstanceOf(AppendResult.Appended.class);
        }
    }

    private void compact() {
        long before = log.sizeBytes();
        log.reconfigure(
                KEPT.withCleanup(LogConfig.Cleanup.COMPACT, new LogConfig.Compaction(0.1, 0, Long.MAX_VALUE, 1000)));
        for (long waitedMs = 0; waitedMs < MINUTE_MS; waitedMs += 1000) {
            fixture.loop.advanceMs(1000);
            fixture.settle();
        }
        assertThat(log.sizeBytes()).as("compacted").isLessThan(before * 9 / 10);
    }

    private void askThenCompact(Runnable question) {
        question.run();
        // The look-up in the first segment has to wait while a whole pass is done.
        Runnable first = Objects.requireNonNull(fixture.lanes.pool.poll());
        compact();
        first.run();
        fixture.settle();

        assertThat(log.damage()).isNull();
        assertThat(fixture.failures).isEmpty();
        append(BATCHES);
    }

    @Test
    void theLatestIsFound() {
        askThenCompact(() -> log.findMaxTimestamp(log.logEndOffset(), answer));

        assertThat(found).containsExactly(BATCHES * KEYS - 1L);
    }
}
