package io.millrace.storage.engine;

import static io.millrace.storage.engine.ScrubFixture.pass;
import static io.millrace.storage.engine.ScrubFixture.write;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.PartitionLog;
import io.millrace.storage.StorageFailure;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskFile;
import io.millrace.storage.log.Quarantine;
import io.millrace.storage.scrub.ScrubSlot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the scrubber finds where nobody reads, and what it puts right. */
class ScrubTest {

    private static final long HOUR_MS = 3_600_000;
    private static final long RATE = 1_000_000;

    private final ScrubFixture scrub = new ScrubFixture();
    private final FaultDisk disk = scrub.disk;
    private final ScrubSlot slot = new ScrubSlot(HOUR_MS, RATE);

    @Test
    void rotThatNobodyReadsIsFoundAndItsLogAloneIsReadOnly() throws Exception {
        StoreFixture fixture = scrub.open(slot);
        PartitionLog rotten = write(fixture, "t", 40);
        PartitionLog sound = write(fixture, "u", 40);
        List<Path> segments = scrub.files(".log");
        assertThat(segments).hasSizeGreaterThan(3);
        disk.rot(segments.get(1), 50_000);

        pass(fixture, 20 * 60_000);

        StorageFailure damage = rotten.damage();
        assertThat(damage).isNotNull();
        assertThat(Objects.requireNonNull(damage).message())
                .contains(segments.get(1).toString(), "cannot be read: CRC");
        assertThat(sound.damage()).isNull();
        assertThat(fixture.store.counts().damages(Quarantine.FoundBy.SCRUB)).isEqualTo(1);
        assertThat(slot.rebuiltSides()).isZero();
        assertThat(slot.failures()).isZero();
        fixture.close();
        assertThat(disk.openFiles()).isZero();
    }

    @Test
    void aRoundLooksAtEverySealedByteOnceAndNotFasterThanItMay() throws Exception {
        StoreFixture fixture = scrub.open(slot);
        write(fixture, "t", 400);
        long sealedBytes = 0;
        List<Path> sealed = scrub.files(".side");
        for (Path side : sealed) {
            sealedBytes += disk.length(
                    side.resolveSibling(side.getFileName().toString().replace(".side", ".log")));
        }
        pass(fixture, 10 * 60_000 - 1_000);
        assertThat(slot.readBytes()).isZero();
        pass(fixture, 3_000);
        assertThat(slot.readBytes()).isPositive().isLessThan(sealedBytes);
        pass(fixture, 60_000);
        assertThat(slot.readBytes()).isEqualTo(sealedBytes);
        assertThat(slot.soundSegments()).isEqualTo(sealed.size());
        pass(fixture, HOUR_MS + 10_000);
        assertThat(slot.readBytes()).isEqualTo(2 * sealedBytes);
        fixture.close();
        assertThat(disk.openFiles()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"deleted", "header", "table", "index", "last section", "cut"})
    void aSideFileThatIsMissingOrWrongIsMadeAgainEqual(String fault) throws Exception {
        StoreFixture fixture = scrub.open(slot);
        PartitionLog log = write(fixture, "t", 40);
        List<Path> sides = scrub.files(".side");
        List<byte[]> before = new ArrayList<>();
        for (Path side : sides) {
            before.add(scrub.bytes(side));
            int length = before.getLast().length;
            switch (fault) {
                case "deleted" -> disk.delete(side);
                case "header" -> disk.rot(side, 30);
                case "table" -> disk.rot(side, 60);
                case "index" -> disk.rot(side, 56 + 3 * 24 + 5);
                case "last section" -> disk.rot(side, length - 3);
                default -> {
                    try (DiskFile file = ((Disk) disk).open(side)) {
                        file.truncate(length / 2);
                    }
                }
            }
        }
        pass(fixture, 20 * 60_000);
        assertThat(slot.rebuiltSides()).isEqualTo(sides.size());
        for (int i = 0; i < sides.size(); i++) {
            assertThat(scrub.bytes(sides.get(i))).as(sides.get(i).toString()).isEqualTo(before.get(i));
        }
        assertThat(log.damage()).isNull();
        assertThat(scrub.files(".tmp")).isEmpty();
        assertThat(scrub.files(".scrub")).isEmpty();
        fixture.close();
        assertThat(disk.openFiles()).isZero();
    }

    @Test
    void aReaderThatMissesASideFileHasItMadeAgainAtOnce() throws Exception {
        StoreFixture fixture = scrub.open(slot);
        PartitionLog log = write(fixture, "t", 40);
        Path side = scrub.files(".side").getFirst();
        byte[] before = scrub.bytes(side);
        disk.delete(side);
        fixture.close();
        fixture = scrub.open(slot);
        assertThat(fixture.values(fixture.log("t", 0), 0)).hasSize((int) log.logEndOffset());
        pass(fixture, 2_000);
        assertThat(scrub.bytes(side)).isEqualTo(before);
        assertThat(slot.rebuiltSides()).isEqualTo(1);
    }

    @Test
    void aCloseInTheMiddleLeavesNothingOpen() throws Exception {
        StoreFixture fixture = scrub.open(slot);
        write(fixture, "t", 400);
        pass(fixture, 10 * 60_000 + 1_000);
        assertThat(slot.readBytes()).isPositive();
        fixture.close();
        assertThat(disk.openFiles()).isZero();
    }
}
