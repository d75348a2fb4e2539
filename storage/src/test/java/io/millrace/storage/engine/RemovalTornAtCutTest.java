package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.LogConfig;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.segment.SegmentNames;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * A log was truncated and its log start moved beyond what the truncation left, and of the segments below a power cut took only
 * the last: names in a folder reach the disk in any order. What is left ends below the truncation, and nothing is missing. Found
 * by the recovery simulation (seed 464).
 */
class RemovalTornAtCutTest {

    private static final Path FOLDER = Path.of("dir");
    private static final String VALUE = "x".repeat(30_000);
    private static final int SEGMENT_BYTES = 100_000;
    private static final int BATCHES = 8;

    private final FaultDisk disk = new FaultDisk(1);

    /** Syncs what was appended; nothing reaches the files. */
    private static void settleJournal(StoreFixture fixture) {
        boolean ran = true;
        while (ran) {
            ran = fixture.loop.turn();
            ran |= fixture.lanes.one(fixture.lanes.journal);
        }
    }

    @Test
    void nothingIsTakenForDamaged() throws Exception {
        disk.createDirectories(FOLDER);
        StoreFixture before = StoreFixture.open(disk, FOLDER, StorageConfig.SMALL);
        PartitionLog log =
                before.store.create(StoreFixture.identity("t", 0), LogConfig.DEFAULT.withSegmentBytes(SEGMENT_BYTES));
        for (int i = 0; i < BATCHES; i++) {
            StoreFixture.append(log, i + VALUE);
            before.settle();
        }
        before.close();
        Path folder = FOLDER.resolve("t-0");
        String last = disk.list(folder).stream()
                .filter(name -> name.endsWith(".log"))
                .sorted()
                .toList()
                .getLast();

        StoreFixture fixture = StoreFixture.open(disk, FOLDER, StorageConfig.SMALL);
        PartitionLog cut = fixture.log("t", 0);
        int cutTo = BATCHES - 1;
        cut.truncateTo(cutTo);
        fixture.settle();
        long kept = StoreFixture.append(cut, "kept");
        settleJournal(fixture);
        cut.highWatermark(cut.syncedEndOffset());
        cut.logStartTo(kept);
        settleJournal(fixture);
        assertThat(kept).isEqualTo(cutTo);
        // Killed here; the last segment's removal had come before that of the others.
        disk.delete(folder.resolve(last));
        long lastBase = SegmentNames.baseOffsetOf(last);
        assertThat(lastBase).isBetween(1L, cutTo - 1L);

        StoreFixture again = StoreFixture.open(disk, FOLDER, StorageConfig.SMALL);
        PartitionLog found = again.log("t", 0);
        assertThat(found.damage()).isNull();
        assertThat(again.values(found, kept)).containsExactly("kept");
        assertThat(StoreFixture.append(found, "next")).isEqualTo(kept + 1);
        again.settle();
        assertThat(again.failures).isEmpty();
        again.close();
    }
}
