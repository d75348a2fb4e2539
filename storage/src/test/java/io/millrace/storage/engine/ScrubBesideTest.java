package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.LogConfig;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import io.millrace.storage.log.Quarantine;
import io.millrace.storage.scrub.ScrubSlot;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The scrubber beside what else happens to the same log: retention, removals, truncations. */
class ScrubBesideTest {

    private static final Path FOLDER = Path.of("dir");
    private static final Path LOG = FOLDER.resolve("t-0");
    private static final int SEGMENT_BYTES = 100_000;
    private static final long HOUR_MS = 3_600_000;
    private static final String FILLER = "f".repeat(10_000);

    private final FaultDisk disk = new FaultDisk(1);
    private final HookedDisk hooked = new HookedDisk(disk);
    private final ScrubSlot slot = new ScrubSlot(HOUR_MS, 1_000_000);

    @BeforeEach
    void makeFolder() throws DiskException {
        disk.createDirectories(FOLDER);
    }

    private StoreFixture open() throws Exception {
        return StoreFixture.open(
                hooked, FOLDER, StorageConfig.SMALL.withReserveBytes(0).withScrub(slot));
    }

    private static PartitionLog write(StoreFixture fixture, int batches) {
        PartitionLog log =
                fixture.store.create(StoreFixture.identity("t", 0), LogConfig.DEFAULT.withSegmentBytes(SEGMENT_BYTES));
        for (int i = 0; i < batches; i++) {
            StoreFixture.append(log, i / 7, i + FILLER);
            fixture.settle();
        }
        return log;
    }

    private static void pass(StoreFixture fixture, long ms) {
        for (long passed = 0; passed < ms; passed += 1_000) {
            fixture.loop.advanceMs(1_000);
            fixture.settle();
        }
    }

    /** One job at a time, until a condition holds between two of them. */
    private static void until(StoreFixture fixture, BooleanSupplier reached) {
        for (int i = 0; !reached.getAsBoolean(); i++) {
            assertThat(i).as("steps").isLessThan(1_000_000);
            boolean ran = fixture.loop.turn();
            if (!ran && !reached.getAsBoolean()) {
                ran = fixture.lanes.one(fixture.lanes.journal)
                        || fixture.lanes.one(fixture.lanes.writeBehind)
                        || fixture.lanes.one(fixture.lanes.pool);
                if (!ran) {
                    fixture.loop.advanceMs(1_000);
                }
            }
        }
    }

    /** What is not the pool's goes on until it stands still. */
    private static void settleWithoutPool(StoreFixture fixture) {
        boolean ran = true;
        while (ran) {
            ran = fixture.loop.turn();
            ran |= fixture.lanes.one(fixture.lanes.journal);
            ran |= fixture.lanes.one(fixture.lanes.writeBehind);
        }
    }

    private List<Path> files(String suffix) throws DiskException {
        List<Path> files = new ArrayList<>();
        for (String name : disk.list(LOG)) {
            if (name.endsWith(suffix)) {
                files.add(LOG.resolve(name));
            }
        }
        return files;
    }

    private byte[] bytes(Path path) throws DiskException {
        try (DiskFile file = ((Disk) disk).open(path)) {
            ByteBuffer all = ByteBuffer.allocate((int) file.length());
            file.read(0, all);
            return all.array();
        }
    }

    @Test
    void retentionThatMeetsTheFilesOfARebuildLeavesThemAlone() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = write(fixture, 40);
        Path side = files(".side").get(2);
        byte[] before = bytes(side);
        disk.delete(side);
        until(fixture, () -> slot.rebuiltSides() == 1);
        // The rebuild has its last job left: it removes its own files while retention is at its removals.
        settleWithoutPool(fixture);
        assertThat(fixture.lanes.pool).isNotEmpty();
        log.highWatermark(log.logEndOffset());
        log.logStartTo(log.logEndOffset() - 15);
        hooked.beforeDeleteOf(".deleted", () -> fixture.lanes.one(fixture.lanes.pool));
        settleWithoutPool(fixture);
        fixture.settle();
        assertThat(fixture.failures).isEmpty();
        assertThat(bytes(side)).isEqualTo(before);
        assertThat(files(".scrub")).isEmpty();
        fixture.close();
        assertThat(disk.openFiles()).isZero();
    }

    @Test
    void aRemovalThatComesBeforeANewSideFileHasItsNameTakesNeither() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = write(fixture, 40);
        Path side = files(".side").get(2);
        byte[] before = bytes(side);
        disk.delete(side);
        long[] started = {0};
        log.highWatermark(log.logEndOffset());
        until(fixture, () -> {
            // Just when the file is there and nobody was told of it yet.
            boolean made = disk.exists(LOG.resolve(side.getFileName() + ".scrub"));
            if (made && started[0]++ == 0) {
                log.logStartTo(log.logEndOffset() - 15);
            }
            return slot.rebuiltSides() == 1;
        });
        fixture.settle();
        assertThat(fixture.failures).isEmpty();
        assertThat(files(".log")).hasSizeLessThan(4);
        assertThat(bytes(side)).isEqualTo(before);
        fixture.close();
    }

    @Test
    void aNewSideFileOfASegmentThatIsGoneIsRemoved() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = write(fixture, 40);
        disk.delete(files(".side").getFirst());
        log.highWatermark(log.logEndOffset());
        long[] started = {0};
        until(fixture, () -> {
            boolean made = disk.exists(LOG.resolve("00000000000000000000.side.scrub"));
            if (made && started[0]++ == 0) {
                log.logStartTo(log.logEndOffset() - 15);
            }
            return slot.rebuiltSides() == 1;
        });
        fixture.settle();
        assertThat(fixture.failures).isEmpty();
        assertThat(files(".scrub")).isEmpty();
        assertThat(disk.exists(LOG.resolve("00000000000000000000.side"))).isFalse();
        fixture.close();
    }

    @Test
    void aSideFileMadeOfASegmentThatIsCutMeanwhileIsNotPlaced() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = write(fixture, 40);
        Path side = files(".side").getLast();
        disk.delete(side);
        boolean[] cut = {false};
        until(fixture, () -> {
            boolean made = disk.exists(LOG.resolve(side.getFileName() + ".scrub"));
            if (made && !cut[0]) {
                cut[0] = true;
                log.truncateTo(30);
            }
            return slot.rebuiltSides() == 1;
        });
        fixture.settle();
        assertThat(fixture.failures).isEmpty();
        assertThat(disk.exists(side)).isFalse();
        assertThat(files(".scrub")).isEmpty();
        assertThat(log.damage()).isNull();
        fixture.close();
    }

    @Test
    void aStartRemovesWhatAScrubLeft() throws Exception {
        StoreFixture fixture = open();
        write(fixture, 40);
        disk.delete(files(".side").getFirst());
        until(fixture, () -> disk.exists(LOG.resolve("00000000000000000000.side.scrub")));
        assertThat(files(".scrub")).hasSize(2);
        open();
        assertThat(files(".scrub")).isEmpty();
    }

    @Test
    void rotIsToldAlsoWhenTheLogStartMovedDuringTheLookAtIt() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = write(fixture, 40);
        disk.rot(files(".log").get(1), 50_000);
        log.highWatermark(log.logEndOffset());
        untilSecondSegmentIsAtIt(fixture);
        log.logStartTo(3);
        pass(fixture, 5_000);
        assertThat(log.damage()).isNotNull();
        assertThat(fixture.store.counts().damages(Quarantine.FoundBy.SCRUB)).isEqualTo(1);
        fixture.close();
    }

    @Test
    void rotInASegmentOfALogThatWasTruncatedDuringTheLookAtItIsToldAfterAnotherLook() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = write(fixture, 40);
        disk.rot(files(".log").get(1), 50_000);
        untilSecondSegmentIsAtIt(fixture);
        log.truncateTo(33);
        fixture.settle();
        assertThat(log.damage()).isNull();
        pass(fixture, 5_000);
        assertThat(log.damage()).isNotNull();
        assertThat(fixture.store.counts().damages(Quarantine.FoundBy.SCRUB)).isEqualTo(1);
        fixture.close();
    }

    private void untilSecondSegmentIsAtIt(StoreFixture fixture) {
        until(fixture, () -> slot.soundSegments() == 1 && fixture.lanes.pool.isEmpty());
        until(fixture, () -> !fixture.lanes.pool.isEmpty());
    }
}
