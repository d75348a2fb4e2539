package io.millrace.storage.engine;

import static io.millrace.storage.engine.ScrubFixture.LOG;
import static io.millrace.storage.engine.ScrubFixture.pass;
import static io.millrace.storage.engine.ScrubFixture.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.PartitionLog;
import io.millrace.storage.log.Quarantine;
import io.millrace.storage.scrub.ScrubSlot;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** The scrubber beside what else happens to the same log: retention, removals, truncations. */
class ScrubBesideTest {

    private static final long HOUR_MS = 3_600_000;

    private final ScrubFixture scrub = new ScrubFixture();
    private final FaultDisk disk = scrub.disk;
    private final HookedDisk hooked = scrub.hooked;
    private final ScrubSlot slot = new ScrubSlot(HOUR_MS, 1_000_000);

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

    @Test
    void retentionThatMeetsTheFilesOfARebuildLeavesThemAlone() throws Exception {
        StoreFixture fixture = scrub.open(slot);
        PartitionLog log = write(fixture, "t", 40);
        Path side = scrub.files(".side").get(2);
        byte[] before = scrub.bytes(side);
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
        assertThat(scrub.bytes(side)).isEqualTo(before);
        assertThat(scrub.files(".scrub")).isEmpty();
        fixture.close();
        assertThat(disk.openFiles()).isZero();
    }

    @Test
    void aRemovalThatComesBeforeANewSideFileHasItsNameTakesNeither() throws Exception {
        StoreFixture fixture = scrub.open(slot);
        PartitionLog log = write(fixture, "t", 40);
        Path side = scrub.files(".side").get(2);
        byte[] before = scrub.bytes(side);
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
        assertThat(scrub.files(".log")).hasSizeLessThan(4);
        assertThat(scrub.bytes(side)).isEqualTo(before);
        fixture.close();
    }

    @Test
    void aNewSideFileOfASegmentThatIsGoneIsRemoved() throws Exception {
        StoreFixture fixture = scrub.open(slot);
        PartitionLog log = write(fixture, "t", 40);
        disk.delete(scrub.files(".side").getFirst());
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
        assertThat(scrub.files(".scrub")).isEmpty();
        assertThat(disk.exists(LOG.resolve("00000000000000000000.side"))).isFalse();
        fixture.close();
    }

    @Test
    void aSideFileMadeOfASegmentThatIsCutMeanwhileIsNotPlaced() throws Exception {
        StoreFixture fixture = scrub.open(slot);
        PartitionLog log = write(fixture, "t", 40);
        Path side = scrub.files(".side").getLast();
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
        assertThat(scrub.files(".scrub")).isEmpty();
        assertThat(log.damage()).isNull();
        fixture.close();
    }

    @Test
    void aStartRemovesWhatAScrubLeft() throws Exception {
        StoreFixture fixture = scrub.open(slot);
        write(fixture, "t", 40);
        disk.delete(scrub.files(".side").getFirst());
        until(fixture, () -> disk.exists(LOG.resolve("00000000000000000000.side.scrub")));
        assertThat(scrub.files(".scrub")).hasSize(2);
        scrub.open(slot);
        assertThat(scrub.files(".scrub")).isEmpty();
    }

    @Test
    void rotIsToldAlsoWhenTheLogStartMovedDuringTheLookAtIt() throws Exception {
        StoreFixture fixture = scrub.open(slot);
        PartitionLog log = write(fixture, "t", 40);
        disk.rot(scrub.files(".log").get(1), 50_000);
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
        StoreFixture fixture = scrub.open(slot);
        PartitionLog log = write(fixture, "t", 40);
        disk.rot(scrub.files(".log").get(1), 50_000);
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
