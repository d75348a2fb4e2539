package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.ErrorCode;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.storage.AppendResult;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.journal.JournalSettings;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A batch waits for a larger file of the journal, and the disk has no room for one: only its log waits. */
final class LargeBatchOnFullDiskTest {

    private static final Path FOLDER = Path.of("dir");
    private static final int KIB = 1 << 10;
    private static final int FILE_BYTES = 64 * KIB;
    private static final int LARGE_BYTES = 3 * FILE_BYTES;
    private static final StorageConfig CONFIG = StorageConfig.SMALL
            .withJournal(new JournalSettings(FILE_BYTES, FILE_BYTES, 2, 32 * KIB))
            .withReserveBytes(0);

    private final FaultDisk disk = new FaultDisk(1);

    @BeforeEach
    void makeFolder() throws Exception {
        disk.createDirectories(FOLDER);
        disk.syncFileSystem(FOLDER);
    }

    private StoreFixture open() throws Exception {
        return StoreFixture.open(disk, FOLDER, CONFIG);
    }

    /** As the broker's own, which are taken on a full disk. */
    private static void append(PartitionLog log, int valueBytes) {
        assertThat(log.appendAsLeader(StoreFixture.batch("v".repeat(valueBytes)), 0, ValidationRules.Origin.BROKER))
                .isInstanceOf(AppendResult.Appended.class);
    }

    /** The second record of the log waits. */
    private PartitionLog waiting(StoreFixture fixture) throws Exception {
        PartitionLog log = fixture.create("t", 0);
        append(log, 100);
        fixture.settle();
        disk.capacityBytes(disk.usedBytes() + 100 * KIB);
        append(log, LARGE_BYTES);
        fixture.settle();
        assertThat(log.syncedEndOffset()).isEqualTo(1);
        assertThat(fixture.fulls).containsExactly(true);
        return log;
    }

    @Test
    void recordsOfOtherLogsAndItsOwnLogStartGoPastIt() throws Exception {
        StoreFixture fixture = open();
        PartitionLog other = fixture.create("other", 0);
        append(other, 100);
        PartitionLog log = waiting(fixture);
        append(other, 100);
        log.highWatermark(1);
        log.logStartTo(1);
        fixture.settle();
        assertThat(other.syncedEndOffset()).isEqualTo(2);
        disk.powerLoss();
        disk.capacityBytes(Long.MAX_VALUE);
        StoreFixture again = open();
        assertThat(again.log("other", 0).logEndOffset()).isEqualTo(2);
        assertThat(again.log("t", 0).logStartOffset()).isEqualTo(1);
        assertThat(again.log("t", 0).logEndOffset()).isEqualTo(1);
    }

    @Test
    void aDeletedTopicMakesTheRoomItWaitsFor() throws Exception {
        StoreFixture fixture = open();
        PartitionLog other = fixture.create("other", 0);
        for (int i = 0; i < 40; i++) {
            append(other, 20 * KIB);
            fixture.settle();
        }
        PartitionLog log = waiting(fixture);
        for (int i = 0; i < 5; i++) {
            fixture.loop.advanceMs(1100);
            fixture.settle();
        }
        assertThat(fixture.fulls).as("no resuming without room").containsExactly(true);
        boolean[] deleted = {false};
        fixture.store.delete(other, () -> deleted[0] = true);
        fixture.settle();
        assertThat(deleted[0]).isTrue();
        fixture.loop.advanceMs(1100);
        fixture.settle();
        assertThat(log.syncedEndOffset()).isEqualTo(2);
        assertThat(fixture.fulls).containsExactly(true, false);
        append(log, 100);
        fixture.settle();
        assertThat(log.syncedEndOffset()).isEqualTo(3);
        fixture.close();
        StoreFixture again = open();
        assertThat(again.values(again.log("t", 0), 0)).hasSize(3);
    }

    @Test
    void itsOwnLogCanBeTruncatedAndDeleted() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = waiting(fixture);
        log.truncateTo(1);
        append(log, 100);
        fixture.settle();
        assertThat(log.syncedEndOffset()).isEqualTo(2);
        append(log, LARGE_BYTES);
        fixture.settle();
        assertThat(log.syncedEndOffset()).isEqualTo(2);
        boolean[] deleted = {false};
        fixture.store.delete(log, () -> deleted[0] = true);
        fixture.settle();
        assertThat(deleted[0]).isTrue();
        fixture.close();
        assertThat(open().store.logs()).isEmpty();
    }

    @Test
    void aStoreClosesBesideItAndKeepsWhatIsSynced() throws Exception {
        StoreFixture fixture = open();
        waiting(fixture);
        boolean[] closed = {false};
        fixture.store.close(() -> closed[0] = true);
        fixture.settle();
        assertThat(closed[0]).isTrue();
        assertThat(fixture.store.failure()).isNotNull();
        disk.capacityBytes(Long.MAX_VALUE);
        assertThat(open().log("t", 0).logEndOffset()).isEqualTo(1);
    }

    @Test
    void aClientsBatchIsRefusedWhileThereIsNoRoomForItsFile() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = fixture.create("t", 0);
        for (int i = 0; i < 20; i++) {
            StoreFixture.append(log, "v".repeat(20 * KIB));
            fixture.settle();
        }
        disk.capacityBytes(disk.usedBytes() + 120 * KIB);
        // Write-behind comes round, and sees what is free.
        for (int i = 0; i < 6; i++) {
            StoreFixture.append(log, "v".repeat(12 * KIB));
            fixture.settle();
        }
        long end = log.logEndOffset();
        assertThat(fixture.fulls).isEmpty();
        assertThat(appendAsClient(log))
                .isInstanceOfSatisfying(
                        AppendResult.Refused.class,
                        refused -> assertThat(refused.error()).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR));
        StoreFixture.append(log, "small");
        disk.capacityBytes(Long.MAX_VALUE);
        appendAsClient(log);
        fixture.settle();
        assertThat(appendAsClient(log)).isInstanceOf(AppendResult.Appended.class);
        fixture.settle();
        assertThat(log.syncedEndOffset()).isEqualTo(log.logEndOffset()).isGreaterThan(end);
        assertThat(fixture.fulls).isEmpty();
        fixture.close();
    }

    private static AppendResult appendAsClient(PartitionLog log) {
        return log.appendAsLeader(StoreFixture.batch("v".repeat(LARGE_BYTES)), 0, ValidationRules.Origin.CLIENT);
    }
}
