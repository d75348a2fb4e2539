package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.storage.AppendResult;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.StorageFailure;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailingDiskTest {

    private static final Path FOLDER = Path.of("dir");

    private final FaultDisk disk = new FaultDisk(1);

    private StoreFixture open(StorageConfig config) throws Exception {
        if (!disk.exists(FOLDER)) {
            disk.createDirectories(FOLDER);
        }
        return StoreFixture.open(disk, FOLDER, config);
    }

    private static AppendResult append(PartitionLog log, ValidationRules.Origin origin) {
        return log.appendAsLeader(StoreFixture.batch("v"), 0, origin);
    }

    @Test
    void aFailedSyncTakesTheDirectoryOfflineAndIsNotTriedAgain() throws Exception {
        StoreFixture fixture = open(StorageConfig.SMALL);
        PartitionLog log = fixture.create("t", 0);
        List<StorageFailure> told = new ArrayList<>();
        log.listener(new PartitionLog.Listener() {
            @Override
            public void writtenTo(long endOffset) {}

            @Override
            public void syncedTo(long endOffset) {}

            @Override
            public void failed(StorageFailure failure) {
                told.add(failure);
            }
        });
        StoreFixture.append(log, "a");
        fixture.settle();
        disk.syncFaults().failAt(0);
        StoreFixture.append(log, "b");
        fixture.settle();

        assertThat(log.syncedEndOffset()).isEqualTo(1);
        assertThat(told).hasSize(1).allMatch(StorageFailure::permanent);
        assertThat(fixture.failures).hasSize(1);
        long operations = disk.operations();
        assertThat(append(log, ValidationRules.Origin.CLIENT))
                .isInstanceOfSatisfying(
                        AppendResult.Refused.class,
                        refused -> assertThat(refused.error()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR));
        fixture.settle();
        assertThat(disk.operations()).isEqualTo(operations);
        assertThat(fixture.values(log, 0)).containsExactly("a", "b");

        StoreFixture again = open(StorageConfig.SMALL);
        assertThat(again.values(again.log("t", 0), 0)).startsWith("a");
    }

    @Test
    void aFullDiskRefusesClientsGoesOnForTheRestAndResumesByItself() throws Exception {
        StoreFixture fixture = open(StorageConfig.SMALL.withReserveBytes(1 << 20));
        PartitionLog log = fixture.create("t", 0);
        List<String> expected = new ArrayList<>();
        disk.capacityBytes(disk.usedBytes() + (4 << 20));
        String filler = "f".repeat(50_000);
        for (int i = 0; i < 200 && fixture.fulls.isEmpty(); i++) {
            StoreFixture.append(log, i + filler);
            expected.add(i + filler);
            fixture.settle();
        }
        assertThat(fixture.fulls).containsExactly(true);
        assertThat(append(log, ValidationRules.Origin.CLIENT))
                .isInstanceOfSatisfying(
                        AppendResult.Refused.class,
                        refused -> assertThat(refused.message()).contains("full"));
        assertThat(append(log, ValidationRules.Origin.BROKER)).isInstanceOf(AppendResult.Appended.class);
        expected.add("v");
        fixture.settle();
        assertThat(fixture.values(log, 0)).isEqualTo(expected);

        disk.capacityBytes(Long.MAX_VALUE);
        fixture.loop.advanceMs(1100);
        fixture.settle();
        assertThat(fixture.fulls).containsExactly(true, false);
        StoreFixture.append(log, "after");
        expected.add("after");
        fixture.close();
        StoreFixture again = open(StorageConfig.SMALL);
        assertThat(again.values(again.log("t", 0), 0)).isEqualTo(expected);
    }

    @Test
    void aCheckpointWithoutSpaceIsWrittenLater() throws Exception {
        StoreFixture fixture = open(StorageConfig.SMALL.withReserveBytes(0));
        PartitionLog log = fixture.create("t", 0);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            expected.add(i + "f".repeat(300_000));
            StoreFixture.append(log, expected.getLast());
            while (!fixture.lanes.journal.isEmpty() || fixture.loop.turn()) {
                fixture.lanes.one(fixture.lanes.journal);
            }
        }
        boolean[] closed = {false};
        fixture.store.close(() -> closed[0] = true);
        while (fixture.loop.turn()) {}
        // Room for the segment, none for the row.
        disk.onNextCheckpoint(() -> disk.capacityBytes(disk.usedBytes()));
        fixture.settle();

        assertThat(fixture.fulls).containsExactly(true);
        assertThat(fixture.failures).isEmpty();
        assertThat(closed[0]).isTrue();
        assertThat(fixture.store.failure()).isNotNull();
        disk.capacityBytes(Long.MAX_VALUE);
        StoreFixture again = open(StorageConfig.SMALL);
        assertThat(again.values(again.log("t", 0), 0)).isEqualTo(expected);
    }

    @Test
    void aFullDiskIsFreedByDeletingALog() throws Exception {
        StoreFixture fixture = open(StorageConfig.SMALL.withReserveBytes(0));
        PartitionLog old = fixture.create("old", 0);
        for (int i = 0; i < 80; i++) {
            StoreFixture.append(old, i + "f".repeat(50_000));
        }
        fixture.settle();
        PartitionLog log = fixture.create("t", 0);
        disk.capacityBytes(disk.usedBytes() + 100_000);
        for (int i = 0; i < 12 && fixture.fulls.isEmpty(); i++) {
            StoreFixture.append(log, i + "f".repeat(50_000));
            fixture.settle();
        }
        assertThat(fixture.fulls).containsExactly(true);
        boolean[] deleted = {false};
        fixture.store.delete(old, () -> deleted[0] = true);
        fixture.settle();

        assertThat(deleted[0]).isTrue();
        assertThat(disk.exists(FOLDER.resolve("old-0"))).isFalse();
        fixture.loop.advanceMs(1100);
        fixture.settle();
        assertThat(fixture.fulls).containsExactly(true, false);
        assertThat(append(log, ValidationRules.Origin.CLIENT)).isInstanceOf(AppendResult.Appended.class);
    }

    @Test
    void aStoreOnAFullDiskStopsAndTheNextStartContinuesFromTheJournal() throws Exception {
        StoreFixture fixture = open(StorageConfig.SMALL.withReserveBytes(0));
        PartitionLog log = fixture.create("t", 0);
        disk.capacityBytes(disk.usedBytes() + 100_000);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 12 && fixture.fulls.isEmpty(); i++) {
            expected.add(i + "f".repeat(50_000));
            StoreFixture.append(log, expected.getLast());
            fixture.settle();
        }
        assertThat(fixture.fulls).containsExactly(true);
        boolean[] closed = {false};
        fixture.store.close(() -> closed[0] = true);
        fixture.settle();

        assertThat(closed[0]).isTrue();
        assertThat(fixture.store.failure()).isNotNull();
        disk.capacityBytes(Long.MAX_VALUE);
        StoreFixture again = open(StorageConfig.SMALL);
        assertThat(again.values(again.log("t", 0), 0)).isEqualTo(expected);
    }

    @Test
    void aStartOnAFullDiskTakesTheReserve() throws Exception {
        StorageConfig config = StorageConfig.SMALL.withReserveBytes(4 << 20);
        StoreFixture fixture = open(config);
        PartitionLog log = fixture.create("t", 0);
        fixture.settle();
        assertThat(disk.length(FOLDER.resolve("journal/reserve"))).isEqualTo(1 << 20);
        StoreFixture.append(log, "f".repeat(100_000));
        fixture.settle();
        disk.capacityBytes(disk.usedBytes());

        StoreFixture again = open(config);

        assertThat(disk.exists(FOLDER.resolve("journal/reserve"))).isFalse();
        assertThat(again.values(again.log("t", 0), 0)).containsExactly("f".repeat(100_000));
        disk.capacityBytes(disk.usedBytes());
        // Nothing is set aside any more, and it says so.
        StoreFixture.append(again.log("t", 0), "g".repeat(200_000));
        while (!again.lanes.journal.isEmpty() || again.loop.turn()) {
            again.lanes.one(again.lanes.journal);
        }
        assertThatThrownBy(() -> open(config))
                .isInstanceOf(StorageStartException.class)
                .hasMessageContaining("free some space");
        disk.capacityBytes(Long.MAX_VALUE);
        StoreFixture third = open(config);
        assertThat(third.values(third.log("t", 0), 0)).hasSize(2);
        third.settle();
        assertThat(disk.length(FOLDER.resolve("journal/reserve"))).isEqualTo(1 << 20);
    }

    @Test
    void withoutFreeFileDescriptorsClientsAreRefusedUntilThereAreSomeAgain() throws Exception {
        StoreFixture fixture = open(StorageConfig.SMALL);
        PartitionLog log = fixture.create("t", 0);
        String filler = "f".repeat(50_000);
        List<String> expected = new ArrayList<>();
        disk.outOfFiles(true);
        for (int i = 0; i < 20; i++) {
            if (fixture.fulls.isEmpty()) {
                StoreFixture.append(log, i + filler);
                expected.add(i + filler);
            }
            fixture.settle();
        }
        assertThat(fixture.fulls).containsExactly(true);
        assertThat(append(log, ValidationRules.Origin.CLIENT))
                .isInstanceOfSatisfying(
                        AppendResult.Refused.class,
                        refused -> assertThat(refused.message()).contains("too many open files", "ulimit -n"));
        fixture.loop.advanceMs(5_000);
        fixture.settle();
        assertThat(fixture.fulls).as("told once").containsExactly(true);

        disk.outOfFiles(false);
        fixture.loop.advanceMs(1_100);
        fixture.settle();
        assertThat(fixture.fulls).containsExactly(true, false);
        StoreFixture.append(log, "after");
        expected.add("after");
        fixture.close();
        StoreFixture again = open(StorageConfig.SMALL);
        assertThat(again.values(again.log("t", 0), 0)).isEqualTo(expected);
    }

    @Test
    void damageBelowTheLastGroupMakesTheLogReadOnlyAndSaysSo() throws Exception {
        StoreFixture fixture = open(StorageConfig.SMALL);
        PartitionLog log = fixture.create("t", 0);
        for (int i = 0; i < 3; i++) {
            StoreFixture.append(log, "v" + i);
            fixture.settle();
        }
        // The second of three groups: each takes one block.
        disk.rot(FOLDER.resolve("journal/0-0.journal"), 4096 + 100);
        StoreFixture again = open(StorageConfig.SMALL);
        PartitionLog damaged = again.log("t", 0);
        assertThat(again.directory.damages()).hasSize(1);
        assertThat(again.directory.damages().getFirst().failure().message()).contains("offsets 1 to 1 are missing");
        assertThat(again.values(damaged, 0)).containsExactly("v0", "v2");
        assertThat(append(damaged, ValidationRules.Origin.CLIENT)).isInstanceOf(AppendResult.Refused.class);
        again.close();

        StoreFixture third = open(StorageConfig.SMALL);
        assertThat(third.log("t", 0).damage()).isNotNull();
        third.log("t", 0).resetTo(3);
        assertThat(append(third.log("t", 0), ValidationRules.Origin.CLIENT)).isInstanceOf(AppendResult.Appended.class);
    }

    @Test
    void aSegmentDamagedWhereBatchesFollowFromTheJournalStopsItsLogOnly() throws Exception {
        StoreFixture fixture = open(StorageConfig.SMALL);
        StoreFixture.append(fixture.create("t", 0), "a");
        StoreFixture.append(fixture.create("u", 0), "x");
        fixture.close();
        StoreFixture second = open(StorageConfig.SMALL);
        StoreFixture.append(second.log("t", 0), "b");
        second.settle();
        // The magic byte of the only batch.
        disk.rot(FOLDER.resolve("t-0/00000000000000000000.log"), 16);

        StoreFixture again = open(StorageConfig.SMALL);

        assertThat(again.directory.damages()).hasSize(1);
        assertThat(again.log("t", 0).damage()).isNotNull();
        assertThat(again.values(again.log("t", 0), 1)).containsExactly("b");
        assertThat(again.values(again.log("u", 0), 0)).containsExactly("x");
    }

    @Test
    void rotInTheLastGroupLooksTornAndIsCut() throws Exception {
        StoreFixture fixture = open(StorageConfig.SMALL);
        PartitionLog log = fixture.create("t", 0);
        for (int i = 0; i < 3; i++) {
            StoreFixture.append(log, "v" + i);
            fixture.settle();
        }
        disk.rot(FOLDER.resolve("journal/0-0.journal"), 2 * 4096 + 100);
        StoreFixture again = open(StorageConfig.SMALL);
        assertThat(again.directory.damages()).isEmpty();
        assertThat(again.values(again.log("t", 0), 0)).containsExactly("v0", "v1");
    }

    @Test
    void aJournalOfANewerVersionIsRefusedByName() throws Exception {
        StoreFixture fixture = open(StorageConfig.SMALL);
        StoreFixture.append(fixture.create("t", 0), "a");
        fixture.settle();
        try (DiskFile journal = ((Disk) disk).open(FOLDER.resolve("journal/0-0.journal"))) {
            journal.write(4, ByteBuffer.allocate(2).putShort(0, (short) 9));
        }
        assertThatThrownBy(() -> open(StorageConfig.SMALL))
                .isInstanceOf(StorageStartException.class)
                .hasMessageContaining("0-0.journal has version 9");
    }
}
