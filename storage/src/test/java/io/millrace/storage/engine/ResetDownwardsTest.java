package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.PartitionLog;
import io.millrace.storage.journal.JournalSettings;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ResetDownwardsTest {

    private static final Path FOLDER = Path.of("dir");

    @Test
    void aCheckpointBetweenAResetDownwardsAndItsRecordIsNoDamage() throws Exception {
        FaultDisk disk = new FaultDisk(1);
        disk.createDirectories(FOLDER);
        StorageConfig small = StorageConfig.SMALL;
        StorageConfig config = new StorageConfig(
                new JournalSettings(128 << 10, 128 << 10, 3, 64 << 10), small.producers(), 100 << 10, 16, 16, 64, 0);
        StoreFixture fixture = StoreFixture.open(disk, FOLDER, config);
        PartitionLog log = fixture.create("t", 0);
        for (int i = 0; i < 300; i++) {
            StoreFixture.append(log, i + "f".repeat(10_000));
            fixture.settle();
        }
        log.logStartTo(290);
        fixture.settle();
        for (int i = 0; i < 6; i++) {
            StoreFixture.append(log, i + "g".repeat(50_000));
            onlyTheJournal(fixture);
        }
        log.resetTo(100);
        for (int i = 0; i < 10; i++) {
            fixture.lanes.one(fixture.lanes.writeBehind);
            fixture.loop.turn();
        }
        disk.powerLoss();
        StoreFixture again = StoreFixture.open(disk, FOLDER, config);
        assertThat(again.directory.damages()).isEmpty();
        PartitionLog found = again.log("t", 0);
        assertThat(found.logStartOffset()).isIn(100L, 290L);
        assertThat(again.values(found, found.logStartOffset()))
                .hasSize((int) (found.logEndOffset() - found.logStartOffset()));
    }

    private static void onlyTheJournal(StoreFixture fixture) {
        for (int i = 0; i < 4; i++) {
            fixture.loop.turn();
            fixture.lanes.one(fixture.lanes.journal);
        }
        fixture.loop.turn();
    }
}
