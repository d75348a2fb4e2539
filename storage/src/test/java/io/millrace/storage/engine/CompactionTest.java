package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.record.RecordBatchBuilder;
import io.millrace.protocol.record.RecordBatchScanner;
import io.millrace.protocol.record.RecordCursor;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.storage.AppendResult;
import io.millrace.storage.LogConfig;
import io.millrace.storage.LogSlice;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.ReadResult;
import io.millrace.storage.compaction.CompactionSlot;
import io.millrace.storage.disk.NioDisk;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compaction of a running log, as its readers and the next start see it. */
final class CompactionTest {

    private static final LogConfig COMPACTED = LogConfig.DEFAULT
            .withSegmentBytes(4096)
            .withRetention(-1, -1)
            .withCleanup(LogConfig.Cleanup.COMPACT, new LogConfig.Compaction(0.3, 0, Long.MAX_VALUE, 1000));

    @TempDir
    Path folder;

    private final Map<String, String> model = new LinkedHashMap<>();
    private final CompactionSlot slot = new CompactionSlot();
    private int sequence;

    private StoreFixture open() throws Exception {
        return StoreFixture.open(new NioDisk(), folder, StorageConfig.SMALL.withCompaction(slot));
    }

    private PartitionLog create(StoreFixture fixture, LogConfig config) {
        return fixture.store.create(StoreFixture.identity("t", 0), config);
    }

    private void put(StoreFixture fixture, PartitionLog log, String key, @Nullable String value) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(256, 1 << 20)) {
            builder.producer(7, (short) 0, sequence++);
            builder.append(
                    fixture.loop.wallMs(),
                    key.getBytes(StandardCharsets.UTF_8),
                    value == null ? null : value.getBytes(StandardCharsets.UTF_8));
            AppendResult result = log.appendAsLeader(builder.build(), 0, ValidationRules.Origin.CLIENT);
            assertThat(result).isInstanceOf(AppendResult.Appended.class);
        }
        model.put(key, String.valueOf(value));
        fixture.settle();
        log.highWatermark(log.syncedEndOffset());
    }

    private void fill(StoreFixture fixture, PartitionLog log, int records, int keys) {
        for (int i = 0; i < records; i++) {
            put(fixture, log, "k" + (keys == Integer.MAX_VALUE ? sequence : i % keys), "v" + sequence + "-".repeat(60));
        }
        settleLong(fixture);
    }

    /** Time passes, so that queues ask again. */
    private static void settleLong(StoreFixture fixture) {
        for (int i = 0; i < 5; i++) {
            fixture.loop.advanceMs(60_000);
            fixture.settle();
        }
    }

    /** What a consumer from offset 0 sees: the last value of every key, and how many records it took. */
    private static Map<String, String> consume(StoreFixture fixture, PartitionLog log, List<Long> offsets)
            throws Exception {
        Map<String, String> seen = new LinkedHashMap<>();
        long offset = log.logStartOffset();
        while (offset < log.logEndOffset()) {
            ReadResult result = log.read(offset, log.logEndOffset(), 4096, true);
            if (result instanceof ReadResult.Pending) {
                fixture.settle();
                continue;
            }
            ReadResult.Batches batches = (ReadResult.Batches) result;
            long next = offset;
            for (LogSlice slice : batches.slices()) {
                ByteBuffer bytes = StoreFixture.bytes(slice);
                slice.release();
                RecordBatchScanner scanner = new RecordBatchScanner();
                scanner.reset(bytes, 0, bytes.limit());
                try (RecordCursor cursor = new RecordCursor()) {
                    while (scanner.next()) {
                        assertThat(scanner.batch().crcValid()).isTrue();
                        next = scanner.batch().nextOffset();
                        cursor.reset(scanner.batch());
                        while (cursor.next()) {
                            offsets.add(cursor.record().offset());
                            byte @Nullable [] value = cursor.record().copyValue();
                            seen.put(
                                    new String(cursor.record().copyKey(), StandardCharsets.UTF_8),
                                    value == null ? "null" : new String(value, StandardCharsets.UTF_8));
                        }
                    }
                }
            }
            assertThat(next).as("progress").isGreaterThan(offset);
            offset = next;
        }
        return seen;
    }

    private long segmentFiles() throws Exception {
        try (var files = Files.list(folder.resolve("t-0"))) {
            return files.filter(file -> file.toString().endsWith(".log")).count();
        }
    }

    private List<String> strayFiles() throws Exception {
        try (var files = Files.list(folder.resolve("t-0"))) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.endsWith(".cleaned") || name.endsWith(".swap") || name.endsWith(".deleted"))
                    .toList();
        }
    }

    @Test
    void aConsumerFromTheBeginningSeesTheLastValueOfEveryKey() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = create(fixture, COMPACTED);
        fill(fixture, log, 600, 10);
        List<Long> offsets = new ArrayList<>();
        assertThat(consume(fixture, log, offsets)).isEqualTo(model);
        assertThat(offsets).isSorted().hasSizeLessThan(100);
        assertThat(log.logStartOffset()).isZero();
        assertThat(log.logEndOffset()).isEqualTo(600);
        assertThat(slot.totals().passes()).isPositive();
        assertThat(slot.totals().failures()).isZero();
        assertThat(strayFiles()).isEmpty();
        long size = log.sizeBytes();
        fixture.close();

        StoreFixture again = open();
        PartitionLog found = again.log("t", 0);
        assertThat(found.damage()).isNull();
        assertThat(found.sizeBytes()).isEqualTo(size);
        assertThat(found.logEndOffset()).isEqualTo(600);
        List<Long> after = new ArrayList<>();
        assertThat(consume(again, found, after)).isEqualTo(model);
        assertThat(after).isEqualTo(offsets);
        found.reconfigure(COMPACTED);
        // The producer goes on where it was, though all but its last batch are gone.
        found.highWatermark(found.syncedEndOffset());
        fill(again, found, 300, 12);
        List<Long> grown = new ArrayList<>();
        assertThat(consume(again, found, grown)).isEqualTo(model);
        assertThat(grown).hasSizeLessThan(110);
        again.close();
    }

    @Test
    void aKilledStoreStartsWithWhatWasCompacted() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = create(fixture, COMPACTED);
        fill(fixture, log, 400, 5);
        List<Long> offsets = new ArrayList<>();
        consume(fixture, log, offsets);

        StoreFixture again = open();
        PartitionLog found = again.log("t", 0);
        assertThat(found.damage()).isNull();
        List<Long> after = new ArrayList<>();
        assertThat(consume(again, found, after)).isEqualTo(model);
        assertThat(after).isEqualTo(offsets);
        again.close();
    }

    @Test
    void segmentsThatKeepAllTheyHaveAreNotWrittenAgain() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = create(fixture, COMPACTED);
        fill(fixture, log, 200, Integer.MAX_VALUE);
        long passes = slot.totals().passes();
        assertThat(passes).isPositive();
        assertThat(slot.totals().readBytes()).isPositive();
        assertThat(slot.totals().writtenBytes()).isZero();
        assertThat(strayFiles()).isEmpty();
        List<Long> offsets = new ArrayList<>();
        consume(fixture, log, offsets);
        assertThat(offsets).hasSize(200);

        // Killed. That they were compacted is known still: nothing is due.
        StoreFixture again = open();
        PartitionLog found = again.log("t", 0);
        found.reconfigure(COMPACTED);
        found.highWatermark(found.syncedEndOffset());
        settleLong(again);
        assertThat(slot.totals().passes()).isEqualTo(passes);
        fill(again, found, 200, Integer.MAX_VALUE);
        assertThat(slot.totals().passes()).isGreaterThan(passes);
        assertThat(slot.totals().writtenBytes()).isZero();
        List<Long> grown = new ArrayList<>();
        consume(again, found, grown);
        assertThat(grown).startsWith(0L).hasSize(400).isSorted();
        again.close();
    }

    @Test
    void aReaderEndsOnTheOldSegment() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = create(fixture, COMPACTED.withCleanup(LogConfig.Cleanup.DELETE, COMPACTED.compaction()));
        fill(fixture, log, 200, 5);
        ReadResult result = log.read(0, log.logEndOffset(), 2048, true);
        assertThat(result).isInstanceOf(ReadResult.Pending.class);
        fixture.settle();
        ReadResult.Batches held = (ReadResult.Batches) log.read(0, log.logEndOffset(), 2048, true);
        log.reconfigure(COMPACTED);
        settleLong(fixture);
        assertThat(slot.totals().droppedRecords()).isPositive();
        List<Long> bases = new ArrayList<>();
        fixture.addBases(held, bases);
        assertThat(bases).startsWith(0L, 1L, 2L, 3L);
        assertThat(consume(fixture, log, new ArrayList<>())).isEqualTo(model);
        fixture.close();
    }

    @Test
    void smallSegmentsAreGrouped() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = create(fixture, COMPACTED);
        fill(fixture, log, 500, 5);
        assertThat(segmentFiles()).isLessThan(8);
        fixture.close();
    }

    @Test
    void tombstonesGoWhenTheirTimeIsOver() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = create(fixture, COMPACTED);
        put(fixture, log, "gone", "value");
        put(fixture, log, "gone", null);
        fill(fixture, log, 100, 5);
        Map<String, String> first = consume(fixture, log, new ArrayList<>());
        assertThat(first).containsEntry("gone", "null");
        // Its horizon is long over when the next pass comes.
        fill(fixture, log, 300, 5);
        assertThat(consume(fixture, log, new ArrayList<>())).doesNotContainKey("gone");
        fixture.close();
    }

    @Test
    void deletingALogEndsItsPass() throws Exception {
        slot.maxBytesPerSecond(1000);
        StoreFixture fixture = open();
        PartitionLog log = create(fixture, COMPACTED);
        for (int i = 0; i < 300; i++) {
            put(fixture, log, "k" + i % 5, "v" + i + "-".repeat(60));
        }
        boolean[] done = {false};
        fixture.store.delete(log, () -> done[0] = true);
        settleLong(fixture);
        assertThat(done[0]).isTrue();
        assertThat(folder.resolve("t-0")).doesNotExist();
        assertThat(slot.tryTake("test")).as("slot is free").isTrue();
        slot.give();
        fixture.close();
    }

    @Test
    void aLogWhoseCutIsDueIsLookedAtAgain() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = create(fixture, COMPACTED.withCleanup(LogConfig.Cleanup.DELETE, COMPACTED.compaction()));
        fill(fixture, log, 300, 5);
        log.truncateTo(150);
        // Its files are not cut yet: nothing can be decided now, and no segment will be sealed later.
        log.reconfigure(COMPACTED);
        settleLong(fixture);
        assertThat(slot.totals().droppedRecords()).isPositive();
        fixture.close();
    }

    @Test
    void truncationIntoACompactedRangeEndsAtABatch() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = create(fixture, COMPACTED);
        fill(fixture, log, 300, 300);
        fill(fixture, log, 300, 3);
        // Nothing of what was there is left: k0 to k2 were written again later.
        log.truncateTo(2);
        fixture.settle();
        assertThat(log.logEndOffset()).isLessThanOrEqualTo(2);
        sequence = 0;
        try (RecordBatchBuilder builder = new RecordBatchBuilder(256, 1 << 20)) {
            builder.append(fixture.loop.wallMs(), new byte[] {1}, new byte[] {2});
            assertThat(log.appendAsLeader(builder.build(), 1, ValidationRules.Origin.CLIENT))
                    .isInstanceOf(AppendResult.Appended.class);
        }
        fixture.settle();
        long end = log.logEndOffset();
        List<Long> offsets = new ArrayList<>();
        consume(fixture, log, offsets);
        fixture.close();
        StoreFixture again = open();
        assertThat(again.log("t", 0).damage()).isNull();
        assertThat(again.log("t", 0).logEndOffset()).isEqualTo(end);
        List<Long> after = new ArrayList<>();
        consume(again, again.log("t", 0), after);
        assertThat(after).isEqualTo(offsets);
        again.close();
    }
}
