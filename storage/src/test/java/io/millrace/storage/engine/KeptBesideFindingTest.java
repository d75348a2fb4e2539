package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.PartitionLog;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A start that finds damage in a log's last segment leaves what lies behind it, and so does every start after it. */
class KeptBesideFindingTest {

    private static final Path FOLDER = Path.of("dir");
    private static final Path SEGMENT = FOLDER.resolve("t-0/%020d.log".formatted(0));
    private static final int BATCHES = 12;
    private static final int MAGIC_POSITION = 16;
    private static final String FILLER = "f".repeat(10_000);

    private FaultDisk disk = new FaultDisk(1);
    private int batchBytes;

    @BeforeEach
    void write() throws Exception {
        disk.createDirectories(FOLDER);
        StoreFixture fixture = StoreFixture.open(disk, FOLDER, StorageConfig.SMALL);
        PartitionLog log = fixture.create("t", 0);
        for (int i = 0; i < BATCHES; i++) {
            StoreFixture.append(log, value(i));
        }
        fixture.close();
        batchBytes = StoreFixture.batch(value(0)).remaining();
    }

    private static String value(int number) {
        return "%02d".formatted(number) + FILLER;
    }

    private static byte[] bytes(Disk disk) throws DiskException {
        try (DiskFile file = disk.open(SEGMENT)) {
            ByteBuffer all = ByteBuffer.allocate((int) file.length());
            file.read(0, all);
            return all.array();
        }
    }

    private void cutFileTo(int batches) throws DiskException {
        try (DiskFile file = disk.open(SEGMENT)) {
            file.truncate((long) batches * batchBytes);
        }
    }

    /** Three starts, behind a stop, a stop and a kill: what is served is the same each time, and so is the file. */
    private void staysOverStarts(int sound, byte[] left) throws Exception {
        for (int start = 1; start <= 3; start++) {
            StoreFixture fixture = StoreFixture.open(disk, FOLDER, StorageConfig.SMALL);
            PartitionLog log = fixture.log("t", 0);
            assertThat(log.damage()).as("start %d", start).isNotNull();
            assertThat(log.logEndOffset()).as("start %d", start).isEqualTo(sound);
            assertThat(fixture.values(log, 0))
                    .as("start %d", start)
                    .isEqualTo(IntStream.range(0, sound)
                            .mapToObj(KeptBesideFindingTest::value)
                            .toList());
            if (start == 3) {
                fixture.settle();
                disk = FaultDisk.imageOf(disk);
            } else {
                fixture.close();
            }
            assertThat(Arrays.mismatch(bytes(disk), left))
                    .as("the file after start %d", start)
                    .isEqualTo(-1);
        }
    }

    @Test
    void whereTheFileLostItsEndToo() throws Exception {
        disk.rot(SEGMENT, 5 * batchBytes + MAGIC_POSITION);
        cutFileTo(BATCHES - 1);
        staysOverStarts(5, bytes(disk));
    }

    @Test
    void whereATruncationWasStillToCutTheFile() throws Exception {
        StoreFixture fixture = StoreFixture.open(disk, FOLDER, StorageConfig.SMALL);
        disk.rot(SEGMENT, 7 * batchBytes + MAGIC_POSITION);
        fixture.log("t", 0).truncateTo(7);
        fixture.settle();
        fixture.close();
        assertThat(bytes(disk)).as("not cut: damage was met there").hasSize(BATCHES * batchBytes);
        disk.rot(SEGMENT, 3 * batchBytes + MAGIC_POSITION);
        staysOverStarts(3, bytes(disk));
    }

    @Test
    void aTruncationBelowTakesIt() throws Exception {
        disk.rot(SEGMENT, 5 * batchBytes + MAGIC_POSITION);
        cutFileTo(BATCHES - 1);
        StoreFixture fixture = StoreFixture.open(disk, FOLDER, StorageConfig.SMALL);
        fixture.close();
        fixture = StoreFixture.open(disk, FOLDER, StorageConfig.SMALL);
        PartitionLog log = fixture.log("t", 0);
        log.truncateTo(2);
        fixture.settle();
        assertThat(log.logEndOffset()).isEqualTo(2);
        assertThat(fixture.values(log, 0)).isEqualTo(List.of(value(0), value(1)));
        fixture.close();
        fixture = StoreFixture.open(disk, FOLDER, StorageConfig.SMALL);
        assertThat(fixture.values(fixture.log("t", 0), 0)).isEqualTo(List.of(value(0), value(1)));
        assertThat(bytes(disk)).hasSize(2 * batchBytes);
    }
}
