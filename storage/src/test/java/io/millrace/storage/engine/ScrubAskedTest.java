package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.LogConfig;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import io.millrace.storage.scrub.ScrubSlot;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the scrubber does for readers that miss a {@code .side} file; there are no rounds here. */
class ScrubAskedTest {

    private static final Path FOLDER = Path.of("dir");
    private static final Path LOG = FOLDER.resolve("t-0");
    private static final int SEGMENT_BYTES = 100_000;
    private static final String FILLER = "f".repeat(10_000);

    private final FaultDisk disk = new FaultDisk(1);
    private final HookedDisk hooked = new HookedDisk(disk);
    private final ScrubSlot slot = new ScrubSlot(ScrubSlot.NEVER, 1_000_000);

    @BeforeEach
    void makeFolder() throws DiskException {
        disk.createDirectories(FOLDER);
    }

    private StoreFixture open() throws Exception {
        return StoreFixture.open(
                hooked, FOLDER, StorageConfig.SMALL.withReserveBytes(0).withScrub(slot));
    }

    private static PartitionLog create(StoreFixture fixture) {
        return fixture.store.create(StoreFixture.identity("t", 0), LogConfig.DEFAULT.withSegmentBytes(SEGMENT_BYTES));
    }

    private static void write(StoreFixture fixture, PartitionLog log, int batches) {
        for (int i = 0; i < batches; i++) {
            StoreFixture.append(log, i / 7, i + FILLER);
            fixture.settle();
        }
    }

    private static void pass(StoreFixture fixture, long ms) {
        for (long passed = 0; passed < ms; passed += 1_000) {
            fixture.loop.advanceMs(1_000);
            fixture.settle();
        }
    }

    private List<Path> sides() throws DiskException {
        List<Path> files = new ArrayList<>();
        for (String name : disk.list(LOG)) {
            if (name.endsWith(".side")) {
                files.add(LOG.resolve(name));
            }
        }
        return files;
    }

    /** Reads the log's beginning anew, not what an earlier read has found. */
    private static void readAgain(StoreFixture fixture, PartitionLog log, int number) {
        log.read(number % 9, log.logEndOffset(), 1_000 + number, true);
        fixture.settle();
    }

    @Test
    void aSegmentThatWasSealedWhileAReaderOpenedItIsLookedAtOnce() throws Exception {
        StoreFixture fixture = open();
        write(fixture, create(fixture), 5);
        fixture.close();
        fixture = open();
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
        assertThat(sides()).hasSize(1);
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
        StoreFixture fixture = open();
        write(fixture, create(fixture), 40);
        fixture.close();
        Path side = sides().getFirst();
        disk.delete(side);
        fixture = open();
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
        StorageConfig config = StorageConfig.SMALL.withReserveBytes(0).withScrub(slow);
        StoreFixture fixture = StoreFixture.open(disk, FOLDER, config);
        write(fixture, create(fixture), 60);
        fixture.close();
        List<Path> sides = sides();
        assertThat(sides).hasSizeGreaterThan(5);
        List<byte[]> before = new ArrayList<>();
        long bytes = 0;
        for (Path side : sides) {
            before.add(bytes(side));
            bytes += disk.length(LOG.resolve(side.getFileName().toString().replace(".side", ".log")));
            disk.delete(side);
        }
        fixture = StoreFixture.open(disk, FOLDER, config);
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
            assertThat(bytes(sides.get(i))).isEqualTo(before.get(i));
        }
        fixture.close();
        assertThat(disk.openFiles()).isZero();
    }

    private byte[] bytes(Path path) throws DiskException {
        try (DiskFile file = ((Disk) disk).open(path)) {
            ByteBuffer all = ByteBuffer.allocate((int) file.length());
            file.read(0, all);
            return all.array();
        }
    }
}
