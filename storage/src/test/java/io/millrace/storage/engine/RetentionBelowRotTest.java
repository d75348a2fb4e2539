package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.LogConfig;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.ReadResult;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A log with damage does not grow; what lies below the damage goes as its configuration says. */
class RetentionBelowRotTest {

    private static final Path FOLDER = Path.of("dir");
    private static final String FILLER = "f".repeat(10_000);
    private static final int DAMAGED_BASE = 6;
    private static final LogConfig KEEP_ALL =
            LogConfig.DEFAULT.withSegmentBytes(35_000).withRetention(-1, -1);

    private final FaultDisk disk = new FaultDisk(1);
    private StoreFixture fixture;

    @BeforeEach
    void open() throws Exception {
        disk.createDirectories(FOLDER);
        fixture = StoreFixture.open(disk, FOLDER, StorageConfig.SMALL);
    }

    /** Segments of three batches from 0, 3, 6 and 9; a read has met rot in the third. */
    private PartitionLog damaged() throws Exception {
        fixture.store.create(StoreFixture.identity("t", 0), KEEP_ALL);
        for (int i = 0; i < 12; i++) {
            StoreFixture.append(fixture.log("t", 0), i + FILLER);
        }
        fixture.close();
        fixture = StoreFixture.open(disk, FOLDER, StorageConfig.SMALL);
        PartitionLog log = fixture.log("t", 0);
        log.reconfigure(KEEP_ALL);
        log.highWatermark(log.logEndOffset());
        log.decidesRetention(true);
        meetRot(log);
        return log;
    }

    private void meetRot(PartitionLog log) throws Exception {
        disk.rot(FOLDER.resolve("t-0/%020d.log".formatted(DAMAGED_BASE)), 500);
        assertThat(log.read(DAMAGED_BASE, log.logEndOffset(), 1 << 20, true)).isInstanceOf(ReadResult.Pending.class);
        fixture.settle();
        assertThat(log.damage()).isNotNull();
    }

    private void pass(long ms) {
        fixture.loop.advanceMs(ms);
        fixture.settle();
    }

    private void onlyWhatLiesBelowIsGone(PartitionLog log) throws Exception {
        assertThat(log.logStartOffset()).isEqualTo(DAMAGED_BASE);
        assertThat(disk.list(FOLDER.resolve("t-0")).stream().filter(name -> name.endsWith(".log")))
                .hasSize(2);
        assertThat(log.damage()).isNotNull();
        assertThat(fixture.failures).isEmpty();
        assertThat(fixture.values(log, 9)).hasSize(3);
    }

    @Test
    void bySize() throws Exception {
        PartitionLog log = damaged();
        log.reconfigure(KEEP_ALL.withRetention(-1, 1));
        fixture.settle();
        onlyWhatLiesBelowIsGone(log);
    }

    /**
     * Written by the store that meets the rot, so the newest timestamp of each segment is known, and one look finds all of them
     * too old: after a start each is looked up first, and the look after it ends at the damage anyway.
     */
    private PartitionLog damagedInUse() throws Exception {
        fixture.close();
        fixture = StoreFixture.open(disk, FOLDER, StorageConfig.SMALL, 2 << 20);
        PartitionLog log = fixture.store.create(StoreFixture.identity("t", 0), KEEP_ALL);
        PartitionLog other = fixture.create("other", 0);
        for (int i = 0; i < 12; i++) {
            StoreFixture.append(log, i + FILLER);
            fixture.settle();
        }
        // Drives the records of the first out of the tail.
        for (int i = 0; i < 300; i++) {
            StoreFixture.append(other, FILLER);
            fixture.settle();
        }
        log.highWatermark(log.logEndOffset());
        log.decidesRetention(true);
        meetRot(log);
        return log;
    }

    @Test
    void byTime() throws Exception {
        PartitionLog log = damagedInUse();
        log.reconfigure(KEEP_ALL.withRetention(60_000, -1));
        pass(3_600_000);
        pass(3_600_000);
        onlyWhatLiesBelowIsGone(log);
    }

    @Test
    void byTimeAfterAStart() throws Exception {
        PartitionLog log = damaged();
        log.reconfigure(KEEP_ALL.withRetention(60_000, -1));
        pass(3_600_000);
        pass(3_600_000);
        onlyWhatLiesBelowIsGone(log);
    }

    @Test
    void afterAStartTheWholeLogStays() throws Exception {
        damaged();
        fixture.close();
        fixture = StoreFixture.open(disk, FOLDER, StorageConfig.SMALL);
        PartitionLog log = fixture.log("t", 0);
        log.highWatermark(log.logEndOffset());
        log.decidesRetention(true);
        log.reconfigure(KEEP_ALL.withRetention(60_000, 1));
        pass(3_600_000);
        assertThat(log.logStartOffset()).isZero();
        assertThat(log.damage()).isNotNull();
    }
}
