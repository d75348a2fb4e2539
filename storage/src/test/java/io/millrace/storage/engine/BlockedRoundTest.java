package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.LogConfig;
import io.millrace.storage.PartitionLog;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A write finds no space, or no free file descriptor: what stands behind it in its round is not forgotten. */
final class BlockedRoundTest {

    private static final Path FOLDER = Path.of("dir");
    private static final String FILLER = "f".repeat(50_000);
    private static final int WORTH_WRITING_BATCHES = 6;

    /** What a write to a new segment meets. */
    enum Lack {
        SPACE,
        FILES
    }

    private final FaultDisk disk = new FaultDisk(1);
    private StoreFixture fixture;

    @BeforeEach
    void open() throws Exception {
        disk.createDirectories(FOLDER);
        disk.syncFileSystem(FOLDER);
        fixture = StoreFixture.open(disk, FOLDER, StorageConfig.SMALL.withReserveBytes(0));
    }

    private static void fill(PartitionLog log, int batches) {
        for (int i = 0; i < batches; i++) {
            StoreFixture.append(log, FILLER);
        }
    }

    /** Syncs what was appended; write-behind stands still. */
    private void settleJournal() {
        boolean ran = true;
        while (ran) {
            ran = fixture.loop.turn();
            ran |= fixture.lanes.one(fixture.lanes.journal);
        }
    }

    /** A log of several segments, all of them written. */
    private PartitionLog old() {
        PartitionLog old =
                fixture.store.create(StoreFixture.identity("old", 0), LogConfig.DEFAULT.withSegmentBytes(120_000));
        fill(old, 4 * WORTH_WRITING_BATCHES);
        fixture.settle();
        return old;
    }

    /** The round after one that is on the lane begins with a write of this log, which will fail. */
    private PartitionLog firstOfNextRound() {
        fill(fixture.create("before", 0), WORTH_WRITING_BATCHES);
        settleJournal();
        assertThat(fixture.lanes.writeBehind).as("the round before").hasSize(1);
        PartitionLog log = fixture.create("t", 0);
        fill(log, WORTH_WRITING_BATCHES);
        settleJournal();
        return log;
    }

    /** Runs the round before, then the next one, which is blocked. */
    private void meet(Lack lack) {
        settleJournal();
        fixture.lanes.one(fixture.lanes.writeBehind);
        settleJournal();
        assertThat(fixture.lanes.writeBehind).as("the round").hasSize(1);
        switch (lack) {
            case SPACE -> disk.capacityBytes(disk.usedBytes() + 1000);
            case FILES -> disk.outOfFiles(true);
        }
        fixture.settle();
        assertThat(fixture.fulls).containsExactly(true);
        assertThat(fixture.failures).isEmpty();
    }

    private void endLack() {
        disk.capacityBytes(Long.MAX_VALUE);
        disk.outOfFiles(false);
        fixture.loop.advanceMs(1100);
        fixture.settle();
        assertThat(fixture.fulls).containsExactly(true, false);
    }

    private boolean isWritten(String topic) throws Exception {
        Path segment = FOLDER.resolve(topic + "-0/00000000000000000000.log");
        return disk.exists(segment) && disk.length(segment) > (long) WORTH_WRITING_BATCHES * FILLER.length();
    }

    @ParameterizedTest
    @EnumSource
    void aLogIsDeletedBehindIt(Lack lack) throws Exception {
        PartitionLog old = old();
        firstOfNextRound();
        boolean[] deleted = {false};
        fixture.store.delete(old, () -> deleted[0] = true);
        meet(lack);
        // Without free file descriptors nobody can look whose folder it is.
        assertThat(deleted[0]).isEqualTo(lack == Lack.SPACE);
        assertThat(isWritten("t")).isFalse();
        endLack();
        assertThat(deleted[0]).isTrue();
        assertThat(disk.exists(FOLDER.resolve("old-0"))).isFalse();
        assertThat(isWritten("t")).isTrue();
        fixture.close();
    }

    @ParameterizedTest
    @EnumSource
    void segmentsBelowALogStartAreRemovedBehindIt(Lack lack) throws Exception {
        PartitionLog old = old();
        int before = disk.list(FOLDER.resolve("old-0")).size();
        firstOfNextRound();
        old.highWatermark(old.syncedEndOffset());
        old.logStartTo(3 * WORTH_WRITING_BATCHES);
        meet(lack);
        assertThat(disk.exists(FOLDER.resolve("old-0/00000000000000000000.log")))
                .isFalse();
        assertThat(disk.list(FOLDER.resolve("old-0"))).hasSizeLessThan(before / 2);
        assertThat(isWritten("t")).isFalse();
        endLack();
        assertThat(isWritten("t")).isTrue();
        fixture.close();
    }

    @ParameterizedTest
    @EnumSource
    void otherLogsAreWrittenWhenThereIsRoomAgain(Lack lack) throws Exception {
        firstOfNextRound();
        fill(fixture.create("u", 0), WORTH_WRITING_BATCHES);
        meet(lack);
        assertThat(isWritten("t")).isFalse();
        assertThat(isWritten("u")).isFalse();
        long operations = disk.operations();
        fixture.settle();
        assertThat(disk.operations()).as("tried again without need").isEqualTo(operations);
        endLack();
        assertThat(isWritten("t")).isTrue();
        assertThat(isWritten("u")).isTrue();
        fixture.close();
    }
}
