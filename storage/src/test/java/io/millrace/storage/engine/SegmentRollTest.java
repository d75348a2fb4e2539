package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.record.RecordBatchView;
import io.millrace.storage.AppendResult;
import io.millrace.storage.LogConfig;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.ReadResult;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where segments end: by offsets, by bytes after a truncation, and beside damage. */
class SegmentRollTest {

    private static final Path FOLDER = Path.of("dir");
    private static final Path LOG_FOLDER = FOLDER.resolve("t-0");
    private static final String FILLER = "f".repeat(50_000);
    private static final int WIDE = 1_200_000_000;

    private final FaultDisk disk = new FaultDisk(1);

    @BeforeEach
    void makeFolder() throws DiskException {
        disk.createDirectories(FOLDER);
    }

    private StoreFixture open() throws Exception {
        return StoreFixture.open(disk, FOLDER, StorageConfig.SMALL);
    }

    /** Some hundred batches of millions of tiny records, in one: only its header tells. */
    private static ByteBuffer wide(long baseOffset) {
        ByteBuffer bytes = StoreFixture.batch("v");
        RecordBatchView view = new RecordBatchView().wrap(bytes, 0);
        view.baseOffset(baseOffset);
        view.partitionLeaderEpoch(0);
        bytes.putInt(23, WIDE - 1);
        bytes.putInt(17, view.computeCrc());
        return bytes;
    }

    private static ByteBuffer fourWide() {
        ByteBuffer all = ByteBuffer.allocate(1024);
        for (int i = 0; i < 4; i++) {
            all.put(wide((long) i * WIDE));
        }
        return all.flip();
    }

    private List<String> segments() throws DiskException {
        return disk.list(LOG_FOLDER).stream()
                .filter(name -> name.endsWith(".log"))
                .toList();
    }

    private static List<Long> bases(StoreFixture fixture, PartitionLog log) throws Exception {
        List<Long> bases = new ArrayList<>();
        long offset = 0;
        while (offset < log.logEndOffset()) {
            ReadResult result = log.read(offset, log.logEndOffset(), 1 << 20, true);
            if (result instanceof ReadResult.Batches batches) {
                offset = fixture.addBases(batches, bases);
            } else {
                fixture.settle();
            }
        }
        return bases;
    }

    private static List<Long> fourBases() {
        return List.of(0L, (long) WIDE, 2L * WIDE, 3L * WIDE);
    }

    @Test
    void aSegmentEndsBeforeItsOffsetsOverflowAlsoWithinOneRequest() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = fixture.create("t", 0);
        assertThat(log.appendAsFollower(fourWide())).isInstanceOf(AppendResult.Appended.class);
        fixture.settle();
        fixture.close();
        assertThat(fixture.failures).isEmpty();
        assertThat(segments()).hasSize(4);
        StoreFixture again = open();
        assertThat(bases(again, again.log("t", 0))).isEqualTo(fourBases());
    }

    @Test
    void aStartEndsSegmentsBeforeTheirOffsetsOverflow() throws Exception {
        StoreFixture fixture = open();
        assertThat(fixture.create("t", 0).appendAsFollower(fourWide())).isInstanceOf(AppendResult.Appended.class);
        fixture.settle();
        StoreFixture again = open();
        assertThat(again.directory.damages()).isEmpty();
        assertThat(bases(again, again.log("t", 0))).isEqualTo(fourBases());
        again.close();
        StoreFixture third = open();
        assertThat(third.directory.damages()).isEmpty();
        assertThat(bases(third, third.log("t", 0))).isEqualTo(fourBases());
    }

    @Test
    void aSegmentThatIsOpenAgainAfterATruncationDoesNotOutgrowItsBound() throws Exception {
        StoreFixture fixture = open();
        LogConfig config = LogConfig.DEFAULT.withSegmentBytes(1 << 20);
        PartitionLog log = fixture.store.create(StoreFixture.identity("t", 0), config);
        for (int i = 0; i < 25; i++) {
            StoreFixture.append(log, i + FILLER);
            fixture.settle();
        }
        assertThat(segments()).hasSize(2);
        log.truncateTo(19);
        fixture.settle();
        assertThat(segments()).hasSize(1);
        for (int i = 0; i < 40; i++) {
            StoreFixture.append(log, i + FILLER);
            fixture.settle();
        }
        fixture.close();
        for (String name : segments()) {
            assertThat(disk.length(LOG_FOLDER.resolve(name))).as(name).isLessThanOrEqualTo(1 << 20);
        }
        StoreFixture again = open();
        assertThat(again.values(again.log("t", 0), 0)).hasSize(59);
    }

    /** Two segments in the checkpoint and a batch that only the journal has. */
    private void twoSegmentsAndABatch() throws Exception {
        StoreFixture fixture = open();
        LogConfig config = LogConfig.DEFAULT.withSegmentBytes(1 << 20);
        PartitionLog log = fixture.store.create(StoreFixture.identity("t", 0), config);
        for (int i = 0; i < 25; i++) {
            StoreFixture.append(log, i + FILLER);
            fixture.settle();
        }
        fixture.close();
        StoreFixture second = open();
        StoreFixture.append(second.log("t", 0), "last");
        second.settle();
    }

    @Test
    void aDamagedSegmentIsLeftAsItIsAndWhatFollowsGoesToOneOfItsOwn() throws Exception {
        twoSegmentsAndABatch();
        Path last = LOG_FOLDER.resolve(segments().getLast());
        long shorter = disk.length(last) - 10;
        try (DiskFile file = disk.open(last)) {
            file.truncate(shorter);
            file.sync();
        }
        StoreFixture again = open();
        assertThat(again.directory.damages()).hasSize(1);
        assertThat(disk.length(last)).isEqualTo(shorter);
        assertThat(segments()).hasSize(3);
        assertThat(again.values(again.log("t", 0), 25)).containsExactly("last");
    }

    @Test
    void whenASegmentIsMissingTheOneBelowIsNotWrittenTo() throws Exception {
        twoSegmentsAndABatch();
        Path below = LOG_FOLDER.resolve(segments().getFirst());
        long length = disk.length(below);
        disk.delete(LOG_FOLDER.resolve(segments().getLast()));
        StoreFixture again = open();
        assertThat(again.directory.damages()).hasSize(1);
        assertThat(disk.length(below)).isEqualTo(length);
        assertThat(again.values(again.log("t", 0), 25)).containsExactly("last");
    }
}
