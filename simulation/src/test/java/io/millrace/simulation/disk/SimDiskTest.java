package io.millrace.simulation.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.simulation.SimRandom;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SimDiskTest {

    private static final Path FOLDER = Path.of("/data");
    private static final Path FILE = FOLDER.resolve("a.log");

    private final SimDisk disk = new SimDisk(new SimRandom(1));

    @BeforeEach
    void makeFolder() throws DiskException {
        disk.createDirectories(FOLDER);
        disk.syncDirectory(Path.of("/"));
    }

    @Test
    void syncedBytesOfASyncedNameSurvive() throws DiskException {
        DiskFile file = disk.create(FILE);
        file.write(0, bytes(1, 3_000), bytes(2, 1_000));
        file.sync();
        disk.syncDirectory(FOLDER);
        file.write(500, bytes(3, 100));

        SimDisk left = cut(Survival.syncedOnly());
        assertThat(contentOf(left, FILE))
                .isEqualTo(concat(bytes(1, 3_000).array(), bytes(2, 1_000).array()));
        assertThat(cut(Survival.everything()).digest()).isEqualTo(disk.digest());
    }

    @Test
    void nameIsGoneWithoutFolderSync() throws DiskException {
        DiskFile file = disk.create(FILE);
        file.write(0, bytes(1, 10));
        file.sync();
        assertThat(cut(Survival.syncedOnly()).exists(FILE)).isFalse();
    }

    @Test
    void renameWithoutFolderSyncLeavesTheOldNameOrTheNewOneNeverBoth() throws DiskException {
        Path renamed = FOLDER.resolve("b.log");
        disk.create(FILE).close();
        disk.syncDirectory(FOLDER);
        disk.rename(FILE, renamed);
        Set<List<String>> outcomes = new HashSet<>();
        for (int mask = 0; mask < 2; mask++) {
            outcomes.add(cut(Survival.bits(mask)).list(FOLDER));
        }
        assertThat(outcomes).containsExactlyInAnyOrder(List.of("a.log"), List.of("b.log"));
    }

    @Test
    void everySubsetOfUnsyncedSectorsCanSurvive() throws DiskException {
        DiskFile file = disk.create(FILE);
        disk.syncDirectory(FOLDER);
        file.write(0, bytes(7, 3 * Sector.BYTES));
        Set<String> outcomes = new HashSet<>();
        for (int mask = 0; mask < 8; mask++) {
            byte[] content = contentOf(cut(Survival.bits(mask)), FILE);
            StringBuilder kept = new StringBuilder();
            for (int sector = 0; sector < 3; sector++) {
                kept.append(content[sector * Sector.BYTES]);
            }
            outcomes.add(kept.toString());
        }
        assertThat(outcomes).hasSize(8);
    }

    @Test
    void fileMayEndAnywhereBetweenDurableAndWrittenLength() throws DiskException {
        DiskFile file = disk.create(FILE);
        file.write(0, bytes(1, 700));
        file.sync();
        disk.syncDirectory(FOLDER);
        file.write(700, bytes(2, 2_000));
        Set<Long> lengths = new HashSet<>();
        SimRandom random = new SimRandom(3);
        for (int i = 0; i < 200; i++) {
            long length = cut(Survival.random(random)).length(FILE);
            assertThat(length).isBetween(700L, 2_700L);
            lengths.add(length);
        }
        assertThat(lengths).contains(700L, 2_700L).hasSizeGreaterThan(10);
    }

    @Test
    void unsyncedTruncationKeepsOldBytesOrNone() throws DiskException {
        DiskFile file = disk.create(FILE);
        file.write(0, bytes(1, 10_000));
        file.sync();
        disk.syncDirectory(FOLDER);
        file.truncate(100);
        file.write(9_000, bytes(9, 10));

        SimDisk lost = cut(Survival.syncedOnly());
        assertThat(contentOf(lost, FILE)).isEqualTo(bytes(1, 10_000).array());
        // The write after the cut went to a new block: without the cut it cannot be seen.
        assertThat(contentOf(cut(Survival.bits(0b10)), FILE))
                .isEqualTo(bytes(1, 10_000).array());
    }

    @Test
    void failedSyncForgetsAndTheNextOneSucceeds() throws DiskException {
        DiskFile file = disk.create(FILE);
        disk.syncDirectory(FOLDER);
        file.write(0, bytes(5, 100 * Sector.BYTES));
        disk.faults().failSync(1);
        assertThatThrownBy(file::sync).isInstanceOf(DiskException.class).hasMessageContaining("a.log");
        file.sync();
        assertThat(disk.pendingChanges()).isZero();
    }

    @Test
    void fullDiskTakesAPartOfTheWrite() throws DiskException {
        DiskFile file = disk.create(FILE);
        disk.faults().budgetBytes(8_192);
        assertThat(disk.usableBytes(FOLDER)).isEqualTo(8_192);
        file.write(0, bytes(1, 5_000));
        assertThat(disk.usableBytes(FOLDER)).isZero();
        assertThatThrownBy(() -> file.write(5_000, bytes(2, 4_000)))
                .isInstanceOfSatisfying(
                        DiskException.class, e -> assertThat(e.kind()).isEqualTo(DiskException.Kind.FULL));
        assertThat(file.length()).isBetween(5_000L, 8_192L);
        disk.delete(FILE);
        assertThat(disk.usableBytes(FOLDER)).isEqualTo(8_192);
    }

    @Test
    void powerGoesAtTheChosenOperation() throws DiskException {
        DiskFile file = disk.create(FILE);
        disk.faults().cutAtOperation(disk.operations() + 2);
        file.write(0, bytes(1, 10));
        assertThatThrownBy(file::sync).isInstanceOf(PowerLoss.class);
        assertThatThrownBy(() -> disk.exists(FILE)).isInstanceOf(PowerLoss.class);
    }

    @Test
    void rotShowsInEveryReadAndAfterEveryCut() throws DiskException {
        DiskFile file = disk.create(FILE);
        file.write(0, bytes(0, 1_000));
        file.sync();
        disk.syncDirectory(FOLDER);
        disk.flipBit(FILE, 600, 3);
        assertThat(contentOf(disk, FILE)[600]).isEqualTo((byte) 8);
        assertThat(contentOf(cut(Survival.syncedOnly()), FILE)[600]).isEqualTo((byte) 8);
    }

    @Test
    void filesAreReadableOrNotAsTold() throws DiskException {
        DiskFile file = disk.create(FILE);
        file.write(0, bytes(0, 1_000));
        disk.faults().unreadable(FILE::equals);
        assertThatThrownBy(() -> file.read(0, ByteBuffer.allocate(10))).isInstanceOf(DiskException.class);
        disk.faults().unreadable(path -> false).readOnly(true);
        assertThat(file.read(0, ByteBuffer.allocate(10))).isEqualTo(10);
        assertThatThrownBy(() -> file.write(0, bytes(1, 1)))
                .isInstanceOfSatisfying(
                        DiskException.class, e -> assertThat(e.kind()).isEqualTo(DiskException.Kind.DENIED));
    }

    @Test
    void openFilesAreBounded() throws DiskException {
        disk.faults().maxOpenFiles(1);
        DiskFile file = disk.create(FILE);
        assertThatThrownBy(() -> disk.open(FILE))
                .isInstanceOfSatisfying(
                        DiskException.class,
                        e -> assertThat(e.kind()).isEqualTo(DiskException.Kind.TOO_MANY_OPEN_FILES));
        file.close();
        disk.open(FILE).close();
    }

    private SimDisk cut(Survival survival) {
        return disk.afterPowerCut(survival, new SimRandom(2));
    }

    static ByteBuffer bytes(int value, int count) {
        byte[] bytes = new byte[count];
        Arrays.fill(bytes, (byte) value);
        return ByteBuffer.wrap(bytes);
    }

    static byte[] contentOf(SimDisk disk, Path path) throws DiskException {
        try (DiskFile file = disk.open(path)) {
            ByteBuffer target = ByteBuffer.allocate((int) file.length());
            file.read(0, target);
            return target.array();
        }
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }
}
