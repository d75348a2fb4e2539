package io.millrace.storage.engine;

import static io.millrace.storage.engine.ScrubFixture.FILLER;
import static io.millrace.storage.engine.ScrubFixture.LOG;
import static io.millrace.storage.engine.ScrubFixture.SEGMENT_BYTES;
import static io.millrace.storage.engine.ScrubFixture.pass;
import static io.millrace.storage.engine.ScrubFixture.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.LogConfig;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.scrub.ScrubSlot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the scrubber does for readers that miss a {@code .side} file; there are no rounds here. */
class ScrubAskedTest {

    private final ScrubFixture scrub = new ScrubFixture();
    private final FaultDisk disk = scrub.disk;
    private final HookedDisk hooked = scrub.hooked;
    private final ScrubSlot slot = new ScrubSlot(ScrubSlot.NEVER, 1_000_000);

    /** Reads the log's beginning anew, not what an earlier read has found. */
    private static void readAgain(StoreFixture fixture, PartitionLog log, int number) {
        log.read(number % 9, log.logEndOffset(), 1_000 + number, true);
        fixture.settle();
    }

    @Test
    void aSegmentThatWasSealedWhileAReaderOpenedItIsLookedAtOnce() throws Exception {
        StoreFixture fixture = scrub.open(slot);
        write(fixture, "t", 5);
        fixture.close();
        fixture = scrub.open(slot);
        PartitionLog log = fixture.log("t", 0);
        log.reconfigure(LogConfig.DEFAULT.withSegmentBytes(SEGMENT_BYTES));
        StoreFixture opened = fixture;
        hooked.afterOpenOf(".idx", () -> {
            for (int i = 0; i < 8; i++) {
                StoreFixture.append(log, 5, i + FILLER);
            }
            boolean ran = true;
            while (ran) {
                ran = opened.loop.turn();
                ran |= opened.lanes.one(opened.lanes.journal);
                ran |= opened.lanes.one(opened.lanes.writeBehind);
            }
        });
        readAgain(fixture, log, 0);
        assertThat(scrub.files(".side")).hasSize(1);
        for (int i = 1; i < 20; i++) {
            readAgain(fixture, log, i);
            pass(fixture, 2_000);
        }
        assertThat(slot.soundSegments()).isEqualTo(1);
        assertThat(slot.rebuiltSides()).isZero();
        fixture.close();
        assertThat(disk.openFiles()).isZero();
    }

    @Test
    void aFileThatCannotBeMadeIsNotTriedAtEveryRead() throws Exception {
        StoreFixture fixture = scrub.open(slot);
        write(fixture, "t", 40);
        fixture.close();
        Path side = scrub.files(".side").getFirst();
        disk.delete(side);
        fixture = scrub.open(slot);
        PartitionLog log = fixture.log("t", 0);
        pass(fixture, 5_000);
        disk.capacityBytes(disk.usedBytes());
        for (int i = 0; i < 60; i++) {
            readAgain(fixture, log, i);
            pass(fixture, 2_000);
        }
        assertThat(slot.failures()).isEqualTo(1);
        assertThat(disk.exists(side)).isFalse();
        disk.capacityBytes(Long.MAX_VALUE);
        pass(fixture, 9 * 60_000);
        readAgain(fixture, log, 61);
        pass(fixture, 2_000);
        assertThat(disk.exists(side)).isTrue();
        assertThat(slot.failures()).isEqualTo(1);
        assertThat(fixture.failures).isEmpty();
        fixture.close();
        assertThat(disk.openFiles()).isZero();
    }

    @Test
    void allThatLiesBelowAMissingFileIsMadeFirstEachSegmentReadOnceAndAtTheRate() throws Exception {
        ScrubSlot slow = new ScrubSlot(ScrubSlot.NEVER, 10_000);
        StoreFixture fixture = scrub.open(slow);
        write(fixture, "t", 60);
        fixture.close();
        List<Path> sides = scrub.files(".side");
        assertThat(sides).hasSizeGreaterThan(5);
        List<byte[]> before = new ArrayList<>();
        long bytes = 0;
        for (Path side : sides) {
            before.add(scrub.bytes(side));
            bytes += disk.length(LOG.resolve(side.getFileName().toString().replace(".side", ".log")));
            disk.delete(side);
        }
        fixture = scrub.open(slow);
        PartitionLog log = fixture.log("t", 0);
        log.read(50, log.logEndOffset(), 1_000, true);
        long seconds = 0;
        while (!disk.exists(sides.getLast())) {
            pass(fixture, 1_000);
            assertThat(seconds++).isLessThan(300);
            assertThat(slow.readBytes()).isLessThanOrEqualTo(100_000 + seconds * 10_000);
            for (int i = 1; i < sides.size(); i++) {
                assertThat(disk.exists(sides.get(i - 1)) || !disk.exists(sides.get(i)))
                        .isTrue();
            }
        }
        assertThat(slow.readBytes()).isEqualTo(bytes);
        assertThat(slow.rebuiltSides()).isEqualTo(sides.size());
        for (int i = 0; i < sides.size(); i++) {
            assertThat(scrub.bytes(sides.get(i))).isEqualTo(before.get(i));
        }
        fixture.close();
        assertThat(disk.openFiles()).isZero();
    }
}
