package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.Uuid;
import io.millrace.storage.LogConfig;
import io.millrace.storage.LogIdentity;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.journal.JournalSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Checkpoint rows that know of a truncation, reset or delete before the journal does, and what a start makes of them. */
class CheckpointAheadOfJournalTest {

    private static final Path FOLDER = Path.of("dir");
    private static final StorageConfig CONFIG = new StorageConfig(
            new JournalSettings(64 << 10, 128 << 10, 3, 16 << 10),
            StorageConfig.SMALL.producers(),
            48 << 10,
            4,
            3,
            3,
            0);

    private final FaultDisk disk = new FaultDisk(1);
    private final List<String> appended = new ArrayList<>();

    @Test
    void aTruncationWhoseRecordWasLostLeavesNoGap() throws Exception {
        StoreFixture fixture = started();
        PartitionLog log = fixture.log("t", 0);
        fillTwoFiles(fixture, log);
        holdGroup(fixture, log);
        log.truncateTo(5);
        fixture.store.close(() -> {});
        writeBehindAlone(fixture);

        disk.powerLoss();
        StoreFixture next = open();

        assertThat(next.log("t", 0).damage()).isNull();
        assertThat(next.values(next.log("t", 0), 0)).isEqualTo(appended.subList(0, 5));
    }

    @Test
    void aResetToALowerOffsetWhoseRecordWasLostLeavesNoGap() throws Exception {
        StoreFixture fixture = started();
        PartitionLog log = fixture.log("t", 0);
        fillTwoFiles(fixture, log);
        holdGroup(fixture, log);
        log.resetTo(3);
        fixture.store.close(() -> {});
        writeBehindAlone(fixture);

        disk.powerLoss();
        StoreFixture next = open();

        assertThat(next.log("t", 0).damage()).isNull();
        assertThat(next.log("t", 0).logStartOffset()).isEqualTo(3);
        assertThat(next.log("t", 0).logEndOffset()).isEqualTo(3);
    }

    /** The file is freed for another log's sake, and no row of this one was written. */
    @Test
    void aResetWithoutRecordAndRowKeepsWhatTheOldRowNeeds() throws Exception {
        StoreFixture fixture = started();
        PartitionLog log = fixture.log("t", 0);
        PartitionLog other = fixture.create("t", 1);
        fillTwoFiles(fixture, log);
        for (int i = 0; i < 2; i++) {
            StoreFixture.append(other, "z".repeat(6000));
            settleJournal(fixture);
        }
        StoreFixture.append(other, "z".repeat(6000));
        while (fixture.loop.turn()) {}
        assertThat(fixture.store.toString()).contains("wantedBelow=1");
        log.resetTo(3);
        // The second file is half full now: the first is to be freed, while the reset's record is on its way.
        fixture.lanes.one(fixture.lanes.journal);
        fixture.lanes.one(fixture.lanes.journal);
        while (fixture.loop.turn()) {}
        assertThat(fixture.store.toString()).contains("wantedBelow=2");
        writeBehindAlone(fixture);

        disk.powerLoss();
        StoreFixture next = open();

        assertThat(next.log("t", 0).damage()).isNull();
    }

    @Test
    void aLogOfTheSameNameIsNotThereBeforeTheDeletedOneIsGone() throws Exception {
        StoreFixture fixture = started();
        PartitionLog log = fixture.log("t", 0);
        append(log);
        settleJournal(fixture);
        fixture.store.delete(log, () -> {});
        fixture.store.create(new LogIdentity(new Uuid(1, 2), "t", 0), LogConfig.DEFAULT);
        while (fixture.loop.turn()) {}
        fixture.store.close(() -> {});
        writeBehindAlone(fixture);

        disk.powerLoss();
        StoreFixture next = open();

        assertThat(next.store.logs()).hasSize(1);
        assertThat(next.values(next.log("t", 0), 0)).isEqualTo(appended);
    }

    /** Before, a checkpoint kept the file because a change of the log was on its way to it. */
    @Test
    void aFullJournalDoesNotWaitForADeleteRecordThatWaitsForRoom() throws Exception {
        fullJournalComesToAnEndAfter((fixture, log) -> fixture.store.delete(log, () -> {}));
    }

    @Test
    void aFullJournalDoesNotWaitForATruncationRecordThatWaitsForRoom() throws Exception {
        fullJournalComesToAnEndAfter((fixture, log) -> log.truncateTo(1));
    }

    @Test
    void aFullJournalDoesNotWaitForAResetRecordThatWaitsForRoom() throws Exception {
        fullJournalComesToAnEndAfter((fixture, log) -> log.resetTo(2));
    }

    @Test
    void aFullJournalDoesNotWaitForALogStartRecordThatWaitsForRoom() throws Exception {
        fullJournalComesToAnEndAfter((fixture, log) -> log.logStartTo(2));
    }

    private interface Change {
        void on(StoreFixture fixture, PartitionLog log);
    }

    /** A log that needs the oldest file, for its creation and its batches, changes when nothing has room any more. */
    private void fullJournalComesToAnEndAfter(Change change) throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = fixture.create("t", 0);
        PartitionLog other = fixture.create("t", 1);
        for (int i = 0; i < 3; i++) {
            append(log);
            settleJournal(fixture);
        }
        int turns = 0;
        while (!fixture.store.toString().contains("Journal[WAITING")) {
            StoreFixture.append(other, "z".repeat(6000));
            settleJournal(fixture);
            assertThat(turns++).isLessThan(1000);
        }
        change.on(fixture, log);

        fixture.close();

        assertThat(fixture.failures).isEmpty();
    }

    private StoreFixture open() throws Exception {
        if (!disk.exists(FOLDER)) {
            disk.createDirectories(FOLDER);
            disk.syncFileSystem(FOLDER);
        }
        return StoreFixture.open(disk, FOLDER, CONFIG);
    }

    /** With a log that the checkpoint knows. */
    private StoreFixture started() throws Exception {
        StoreFixture fixture = open();
        fixture.create("t", 0);
        fixture.close();
        return open();
    }

    /** Appends until the log's batches fill the first file and begin the second, all synced. */
    private void fillTwoFiles(StoreFixture fixture, PartitionLog log) {
        for (int i = 0; i < 10; i++) {
            append(log);
            settleJournal(fixture);
        }
        assertThat(fixture.store.toString()).contains("generation=2").contains("oldest=1");
    }

    private void append(PartitionLog log) {
        String value = appended.size() + "-" + "z".repeat(6000);
        StoreFixture.append(log, value);
        appended.add(value);
    }

    private static void settleJournal(StoreFixture fixture) {
        boolean ran = true;
        while (ran) {
            ran = fixture.loop.turn();
            ran |= fixture.lanes.one(fixture.lanes.journal);
            ran |= fixture.lanes.one(fixture.lanes.pool);
        }
    }

    /** A group is under way and does not end. */
    private void holdGroup(StoreFixture fixture, PartitionLog log) {
        append(log);
        while (fixture.loop.turn()) {}
        assertThat(fixture.lanes.journal).isNotEmpty();
    }

    private static void writeBehindAlone(StoreFixture fixture) {
        boolean ran = true;
        while (ran) {
            ran = fixture.loop.turn();
            ran |= fixture.lanes.one(fixture.lanes.writeBehind);
            ran |= fixture.lanes.one(fixture.lanes.pool);
        }
    }
}
