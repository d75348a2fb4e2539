package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.record.ValidationRules;
import io.millrace.storage.AppendResult;
import io.millrace.storage.LogConfig;
import io.millrace.storage.LogSlice;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.ReadResult;
import io.millrace.storage.StorageFailure;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.log.Quarantine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bytes that rot while their log is in use: never served, told once, and the rest stays readable. */
class RotOnReadTest {

    private static final Path FOLDER = Path.of("dir");
    private static final Path SEGMENT = FOLDER.resolve("t-0/00000000000000000000.log");
    private static final int BATCHES = 12;
    private static final String FILLER = "f".repeat(10_000);
    private static final int HEADER_BYTES = 61;

    private final FaultDisk disk = new FaultDisk(1);
    private final List<StorageFailure> told = new ArrayList<>();
    private int batchBytes;

    @BeforeEach
    void makeFolder() throws DiskException {
        disk.createDirectories(FOLDER);
    }

    /** A log of twelve batches of one record, all in one segment. */
    private PartitionLog written(StoreFixture[] fixture) throws Exception {
        fixture[0] = StoreFixture.open(disk, FOLDER, StorageConfig.SMALL);
        PartitionLog log = fixture[0].store.create(StoreFixture.identity("t", 0), LogConfig.DEFAULT);
        for (int i = 0; i < BATCHES; i++) {
            StoreFixture.append(log, i % 10 + FILLER);
        }
        batchBytes = StoreFixture.batch(0 + FILLER).remaining();
        fixture[0].close();
        fixture[0] = StoreFixture.open(disk, FOLDER, StorageConfig.SMALL);
        log = fixture[0].log("t", 0);
        log.listener(new PartitionLog.Listener() {
            @Override
            public void writtenTo(long endOffset) {}

            @Override
            public void syncedTo(long endOffset) {}

            @Override
            public void failed(StorageFailure failure) {
                told.add(failure);
            }
        });
        return log;
    }

    /** What every offset is answered with. */
    private static List<String> answers(StoreFixture fixture, PartitionLog log) throws Exception {
        List<String> answers = new ArrayList<>();
        long offset = log.logStartOffset();
        while (offset < log.logEndOffset()) {
            ReadResult result = log.read(offset, log.logEndOffset(), 1 << 20, true);
            if (result instanceof ReadResult.Pending) {
                fixture.settle();
                result = log.read(offset, log.logEndOffset(), 1 << 20, true);
            }
            switch (result) {
                case ReadResult.Batches batches -> {
                    answers.add(offset + ".." + (batches.endOffset() - 1));
                    batches.slices().forEach(LogSlice::release);
                    offset = batches.endOffset();
                }
                case ReadResult.Damaged damaged -> {
                    answers.add(offset + " damaged");
                    assertThat(damaged.failure().message()).contains(SEGMENT.toString());
                    offset++;
                }
                default -> throw new AssertionError(result);
            }
        }
        return answers;
    }

    @Test
    void rotInABatchIsNotServedAndWhatLiesAroundItIs() throws Exception {
        StoreFixture[] fixture = new StoreFixture[1];
        PartitionLog log = written(fixture);
        disk.rot(SEGMENT, 5 * batchBytes + HEADER_BYTES + 100);

        assertThat(answers(fixture[0], log)).containsExactly("0..4", "5 damaged", "6..11");
        assertThat(answers(fixture[0], log)).as("again").containsExactly("0..4", "5 damaged", "6..11");
        assertThat(told).hasSize(1);
        assertThat(told.getFirst().message())
                .contains("t-0 is read-only", SEGMENT.toString(), "byte " + 5 * batchBytes, "offsets 5 to 5 cannot be");
        assertThat(fixture[0].store.counts().damages(Quarantine.FoundBy.READ)).isEqualTo(1);
        assertThat(log.appendAsLeader(StoreFixture.batch("x"), 0, ValidationRules.Origin.CLIENT))
                .isInstanceOf(AppendResult.Refused.class);
        assertThat(fixture[0].failures).as("of the directory").isEmpty();

        fixture[0].settle();
        StoreFixture killed = StoreFixture.open(disk, FOLDER, StorageConfig.SMALL);
        assertThat(killed.directory.damages()).hasSize(1);
        assertThat(killed.directory.damages().getFirst().failure()).isEqualTo(told.getFirst());
        assertThat(answers(killed, killed.log("t", 0))).containsExactly("0..4", "5 damaged", "6..11");
    }

    @Test
    void behindARottenHeaderReadsGoOnAtTheNextIndexEntry() throws Exception {
        StoreFixture[] fixture = new StoreFixture[1];
        PartitionLog log = written(fixture);
        // The length of the sixth batch; with batches of 10 kB each one has an index entry.
        disk.rot(SEGMENT, 5 * batchBytes + 9);

        assertThat(answers(fixture[0], log)).containsExactly("0..4", "5 damaged", "6..11");
        assertThat(told).hasSize(1);
        assertThat(told.getFirst().message()).contains("offsets 5 to 5 cannot be read");
    }

    @Test
    void aSegmentThatEndsEarlyIsDamage() throws Exception {
        StoreFixture[] fixture = new StoreFixture[1];
        PartitionLog log = written(fixture);
        try (io.millrace.storage.disk.DiskFile file = ((io.millrace.storage.disk.Disk) disk).open(SEGMENT)) {
            file.truncate(9L * batchBytes + 30);
        }
        assertThat(answers(fixture[0], log)).containsExactly("0..8", "9 damaged", "10 damaged", "11 damaged");
        assertThat(told).isNotEmpty();
    }

    @Test
    void aLookUpByTimeFindsRotToo() throws Exception {
        StoreFixture[] fixture = new StoreFixture[1];
        PartitionLog log = written(fixture);
        disk.rot(SEGMENT, HEADER_BYTES + 100);
        boolean[] failed = {false};
        log.findByTime(1, log.logEndOffset(), new PartitionLog.OffsetLookup() {
            @Override
            public void found(long offset, long timestampMs, int leaderEpoch) {
                throw new AssertionError("found " + offset);
            }

            @Override
            public void failed(StorageFailure failure) {
                failed[0] = true;
            }
        });
        fixture[0].settle();
        assertThat(failed[0]).isTrue();
        assertThat(told).hasSize(1);
        assertThat(log.damage()).isNotNull();
    }

    @Test
    void whatIsAcknowledgedGoesToAnotherSegmentWhenTheOneToWriteToHasRotted() throws Exception {
        StoreFixture[] fixture = new StoreFixture[1];
        PartitionLog log = written(fixture);
        // The magic byte of the last batch: its writer, opened anew, cannot follow the batches to the end.
        disk.rot(SEGMENT, 11 * batchBytes + 16);
        for (int i = 0; i < 30; i++) {
            StoreFixture.append(log, "new" + i + FILLER);
        }
        long end = log.logEndOffset();
        fixture[0].settle();
        assertThat(fixture[0].failures).as("of the directory").isEmpty();
        assertThat(log.damage()).isNotNull();
        assertThat(fixture[0].store.counts().damages(Quarantine.FoundBy.WRITE)).isEqualTo(1);
        assertThat(fixture[0].values(log, BATCHES)).hasSize(30);
        fixture[0].close();

        StoreFixture again = StoreFixture.open(disk, FOLDER, StorageConfig.SMALL);
        PartitionLog found = again.log("t", 0);
        assertThat(found.logEndOffset()).isEqualTo(end);
        assertThat(found.damage()).isNotNull();
        assertThat(again.values(found, BATCHES)).hasSize(30);
        assertThat(answers(again, found)).startsWith("0..10", "11 damaged");
    }

    @Test
    void damageEndsWithTheRecordsThatItWasIn() throws Exception {
        StoreFixture[] fixture = new StoreFixture[1];
        PartitionLog log = written(fixture);
        disk.rot(SEGMENT, 5 * batchBytes + HEADER_BYTES + 100);
        answers(fixture[0], log);
        log.resetTo(BATCHES);
        StoreFixture.append(log, "new");
        fixture[0].settle();
        assertThat(log.damage()).isNull();
        StoreFixture killed = StoreFixture.open(disk, FOLDER, StorageConfig.SMALL);
        assertThat(killed.directory.damages()).isEmpty();
        assertThat(killed.values(killed.log("t", 0), BATCHES)).containsExactly("new");
    }
}
