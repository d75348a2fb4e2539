package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.PartitionLog;
import io.millrace.storage.disk.NioDisk;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * No file is cut before the record of that very truncation is synced, or a checkpoint shows it: a start without either would
 * miss what is gone.
 */
class TruncationRecordTest {

    @TempDir
    Path folder;

    @Test
    void aCutWaitsForItsOwnRecordNotForThatOfTheTruncationBefore() throws Exception {
        StoreFixture fixture = withSixBatchesInASegment();
        PartitionLog log = fixture.log("t", 0);
        log.truncateTo(5);
        turns(fixture);
        fixture.lanes.one(fixture.lanes.writeBehind);
        turns(fixture);
        log.truncateTo(2);
        // The group on its way has the record of the first truncation only.
        syncGroup(fixture);
        workOnFilesOnly(fixture);

        StoreFixture again = StoreFixture.open(folder);
        assertThat(again.log("t", 0).damage()).isNull();
        assertThat(again.values(again.log("t", 0), 0)).containsExactly("v0", "v1", "v2", "v3", "v4");
    }

    @Test
    void aCutOfWhatAWriteAddedWaitsForItsRecordOnceACheckpointSpeaksOfIt() throws Exception {
        StoreFixture fixture = withAWriteOfThreeBatches();
        workOnFilesOnly(fixture);
        fixture.log("t", 0).truncateTo(1);
        workOnFilesOnly(fixture);

        StoreFixture again = StoreFixture.open(folder);
        assertThat(again.log("t", 0).damage()).isNull();
        assertThat(again.log("t", 0).logEndOffset()).isEqualTo(3);
    }

    @Test
    void aCheckpointThatShowsATruncationIsAsGoodAsItsRecord() throws Exception {
        StoreFixture fixture = withAWriteOfThreeBatches();
        fixture.log("t", 0).truncateTo(1);
        workOnFilesOnly(fixture);

        StoreFixture again = StoreFixture.open(folder);
        assertThat(again.log("t", 0).damage()).isNull();
        assertThat(again.log("t", 0).logEndOffset()).isEqualTo(1);
        assertThat(again.values(again.log("t", 0), 0)).hasSize(1);
    }

    /** It is on its way, and a checkpoint will follow it. */
    private StoreFixture withAWriteOfThreeBatches() throws Exception {
        StorageConfig small = StorageConfig.SMALL;
        StorageConfig checkpointAfterEachWrite = new StorageConfig(
                small.journal(),
                small.producers(),
                1,
                small.segments().maxOpenSegments(),
                small.segments().maxOpenWriters(),
                small.segments().syncFileSystemFrom(),
                small.reserveBytes());
        StoreFixture fixture = StoreFixture.open(new NioDisk(), folder, checkpointAfterEachWrite);
        PartitionLog log = fixture.create("t", 0);
        for (int i = 0; i < 3; i++) {
            StoreFixture.append(log, i + "x".repeat(100_000));
        }
        turns(fixture);
        syncGroup(fixture);
        assertThat(fixture.lanes.writeBehind).as("a write of all three").hasSize(1);
        return fixture;
    }

    @Test
    void aDeletedLogSaysNoMoreAfterItsDeleteRecord() throws Exception {
        StoreFixture fixture = withSixBatchesInASegment();
        PartitionLog log = fixture.log("t", 0);
        log.truncateTo(2);
        fixture.store.delete(log, () -> {});
        turns(fixture);
        syncGroup(fixture);
        PartitionLog other = fixture.create("u", 0);
        StoreFixture.append(other, "a", "b");
        turns(fixture);
        assertThat(fixture.lanes.journal).as("a group under way").isNotEmpty();
        workOnFilesOnly(fixture);
        fixture.settle();
        fixture.close();

        StoreFixture again = StoreFixture.open(folder);
        assertThat(again.store.logs()).hasSize(1);
        assertThat(again.values(again.log("u", 0), 0)).containsExactly("a", "b");
    }

    private StoreFixture withSixBatchesInASegment() throws Exception {
        StoreFixture fixture = StoreFixture.open(folder);
        PartitionLog log = fixture.create("t", 0);
        for (int i = 0; i < 6; i++) {
            StoreFixture.append(log, "v" + i);
        }
        fixture.close();
        return StoreFixture.open(folder);
    }

    private static void syncGroup(StoreFixture fixture) {
        assertThat(fixture.lanes.journal).as("write and sync").hasSize(2);
        fixture.lanes.one(fixture.lanes.journal);
        fixture.lanes.one(fixture.lanes.journal);
        turns(fixture);
    }

    private static void turns(StoreFixture fixture) {
        boolean ran = true;
        while (ran) {
            ran = fixture.loop.turn();
        }
    }

    /** Everything but the journal goes on, as if the disk of the journal were slow. */
    private static void workOnFilesOnly(StoreFixture fixture) {
        boolean ran = true;
        while (ran) {
            ran = fixture.loop.turn();
            ran |= fixture.lanes.one(fixture.lanes.writeBehind);
        }
    }
}
