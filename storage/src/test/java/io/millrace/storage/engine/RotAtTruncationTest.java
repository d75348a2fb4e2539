package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.record.RecordBatchBuilder;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.storage.AppendResult;
import io.millrace.storage.LogConfig;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.log.Quarantine;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A truncation that meets rot: one partition is read-only then, and every other one goes on. */
class RotAtTruncationTest {

    private static final Path FOLDER = Path.of("dir");
    private static final int BATCHES = 12;
    private static final int MAGIC_POSITION = 16;
    private static final int BODY_POSITION = 200;
    private static final String FILLER = "f".repeat(10_000);

    private final FaultDisk disk = new FaultDisk(1);
    private StoreFixture fixture;

    @BeforeEach
    void open() throws Exception {
        disk.createDirectories(FOLDER);
        fixture = StoreFixture.open(disk, FOLDER, StorageConfig.SMALL);
    }

    private static ByteBuffer batch(int number) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(1024, 16 << 20)) {
            byte[] value = (number % 10 + FILLER).getBytes(StandardCharsets.UTF_8);
            builder.producer(1, (short) 0, number).append(1_700_000_000_000L, null, value);
            ByteBuffer built = builder.build();
            return ByteBuffer.allocate(built.remaining()).put(built).flip();
        }
    }

    /** Twelve batches of one producer, one record each, in segments; opened anew. */
    private PartitionLog written(int segmentBytes) throws Exception {
        PartitionLog log =
                fixture.store.create(StoreFixture.identity("t", 0), LogConfig.DEFAULT.withSegmentBytes(segmentBytes));
        for (int i = 0; i < BATCHES; i++) {
            log.appendAsLeader(batch(i), 0, ValidationRules.Origin.CLIENT);
        }
        fixture.close();
        fixture = StoreFixture.open(disk, FOLDER, StorageConfig.SMALL);
        fixture.create("other", 0);
        return fixture.log("t", 0);
    }

    private void rot(long baseOffset, int batchOfSegment, int position) throws DiskException {
        Path segment = FOLDER.resolve("t-0/%020d.log".formatted(baseOffset));
        disk.rot(segment, batchOfSegment * batch(0).remaining() + position);
    }

    private void othersGoOn(PartitionLog damaged) throws Exception {
        assertThat(fixture.failures).as("of the directory").isEmpty();
        assertThat(damaged.damage()).isNotNull();
        assertThat(fixture.store.counts().damages(Quarantine.FoundBy.WRITE)).isPositive();
        assertThat(damaged.appendAsLeader(batch(0), 0, ValidationRules.Origin.CLIENT))
                .isInstanceOf(AppendResult.Refused.class);
        PartitionLog other = fixture.log("other", 0);
        // Several times what the journal has room for.
        for (int i = 0; i < 300; i++) {
            StoreFixture.append(other, i + FILLER);
            fixture.settle();
        }
        assertThat(fixture.values(other, 0)).hasSize(300);
    }

    private PartitionLog restarted() throws Exception {
        fixture.close();
        fixture = StoreFixture.open(disk, FOLDER, StorageConfig.SMALL);
        return fixture.log("t", 0);
    }

    private static List<String> first(int count) {
        return IntStream.range(0, count).mapToObj(i -> i % 10 + FILLER).toList();
    }

    /** Cuts the log in its middle, though that meets the rot. What is sound from {@code offset} on can be read. */
    private void isCutAndReadOnlyAlsoAfterARestart(PartitionLog log, int offset) throws Exception {
        log.truncateTo(7);
        fixture.settle();
        assertThat(log.logEndOffset()).isEqualTo(7);
        assertThat(fixture.values(log, offset)).isEqualTo(first(7).subList(offset, 7));
        othersGoOn(log);

        PartitionLog again = restarted();
        assertThat(again.damage()).isNotNull();
        assertThat(again.logEndOffset()).isEqualTo(7);
        assertThat(fixture.values(again, offset)).isEqualTo(first(7).subList(offset, 7));
    }

    @Test
    void whereTheBatchBeginsThatIsToGo() throws Exception {
        PartitionLog log = written(1 << 20);
        rot(0, 7, MAGIC_POSITION);
        isCutAndReadOnlyAlsoAfterARestart(log, 0);
    }

    @Test
    void behindTheBatchThatIsToGo() throws Exception {
        PartitionLog log = written(1 << 20);
        // To be cut the segment is opened for writing, which looks at its last batch.
        rot(0, 11, MAGIC_POSITION);
        isCutAndReadOnlyAlsoAfterARestart(log, 0);
    }

    @Test
    void whereTheProducersAreLearntAgain() throws Exception {
        PartitionLog log = written(1 << 20);
        rot(0, 2, BODY_POSITION);
        isCutAndReadOnlyAlsoAfterARestart(log, 3);
    }

    @Test
    void inTheFirstOfSeveralSegmentsThatGo() throws Exception {
        PartitionLog log = written(35_000);
        rot(3, 1, MAGIC_POSITION);
        log.truncateTo(4);
        fixture.settle();
        assertThat(disk.list(FOLDER.resolve("t-0")).stream().filter(name -> name.endsWith(".log")))
                .as("segments above the cut go")
                .hasSize(2);
        assertThat(fixture.values(log, 0)).isEqualTo(first(4));
        othersGoOn(log);

        fixture = StoreFixture.open(disk, FOLDER, StorageConfig.SMALL);
        PartitionLog again = fixture.log("t", 0);
        assertThat(again.damage()).isNotNull();
        assertThat(again.logEndOffset()).isEqualTo(4);
        assertThat(fixture.values(again, 0)).isEqualTo(first(4));
    }

    @Test
    void aSecondTruncationAndAResetFindTheirWay() throws Exception {
        PartitionLog log = written(1 << 20);
        rot(0, 7, MAGIC_POSITION);
        log.truncateTo(7);
        fixture.settle();
        log.truncateTo(5);
        fixture.settle();
        assertThat(log.logEndOffset()).isEqualTo(5);
        assertThat(fixture.values(log, 0)).isEqualTo(first(5));
        log.resetTo(20);
        fixture.settle();
        assertThat(log.damage()).isNull();
        StoreFixture.append(log, "new");
        fixture.settle();
        assertThat(fixture.failures).isEmpty();

        PartitionLog again = restarted();
        assertThat(again.damage()).isNull();
        assertThat(fixture.values(again, 20)).containsExactly("new");
    }
}
