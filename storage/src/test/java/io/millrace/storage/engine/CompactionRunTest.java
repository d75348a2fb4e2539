package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.record.RecordBatchBuilder;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.storage.AppendResult;
import io.millrace.storage.LogConfig;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.compaction.CompactionSlot;
import io.millrace.storage.disk.DiskException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A pass under way when the disk gets in its way. */
final class CompactionRunTest {

    private static final Path FOLDER = Path.of("dir");
    private static final int MIB = 1 << 20;
    private static final LogConfig.Compaction EAGER = new LogConfig.Compaction(0.1, 0, Long.MAX_VALUE, 1000);
    private static final LogConfig KEPT =
            LogConfig.DEFAULT.withSegmentBytes(8 * MIB).withRetention(-1, -1);
    private static final LogConfig COMPACTED = KEPT.withCleanup(LogConfig.Cleanup.COMPACT, EAGER);

    private final FaultDisk disk = new FaultDisk(1);
    private final CompactionSlot slot = new CompactionSlot();

    private StoreFixture open() throws Exception {
        disk.createDirectories(FOLDER);
        return StoreFixture.open(disk, FOLDER, StorageConfig.SMALL.withCompaction(slot));
    }

    /** A log of some 20 MiB of which the first record of every ten is superseded. */
    private static PartitionLog filled(StoreFixture fixture) {
        PartitionLog log = fixture.store.create(StoreFixture.identity("t", 0), KEPT);
        for (int i = 0; i < 200; i++) {
            try (RecordBatchBuilder builder = new RecordBatchBuilder(256, MIB)) {
                for (int k = 0; k < 10; k++) {
                    String key = k == 0 ? "same" : "key-" + i + "-" + k;
                    builder.append(fixture.loop.wallMs(), key.getBytes(StandardCharsets.UTF_8), new byte[10_000]);
                }
                assertThat(log.appendAsLeader(builder.build(), 0, ValidationRules.Origin.CLIENT))
                        .isInstanceOf(AppendResult.Appended.class);
            }
            fixture.settle();
        }
        log.highWatermark(log.syncedEndOffset());
        return log;
    }

    @Test
    void aPassStopsBeforeItTakesTheReserve() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = filled(fixture);
        long reserveBytes = MIB;
        disk.capacityBytes(disk.usedBytes() + reserveBytes + 7 * MIB);
        log.reconfigure(COMPACTED);
        long leastFree = Long.MAX_VALUE;
        boolean ran = true;
        while (ran) {
            ran = fixture.loop.turn();
            ran |= fixture.lanes.step();
            leastFree = Math.min(leastFree, disk.usableBytes(FOLDER));
        }
        assertThat(leastFree).isBetween(reserveBytes, reserveBytes + 5 * MIB);
        assertThat(slot.totals().passes()).isZero();
        assertThat(slot.totals().failures()).isPositive();
        assertThat(fixture.fulls).isEmpty();
        assertThat(slot.tryTake(this)).as("slot is free").isTrue();
        slot.give();
        disk.capacityBytes(Long.MAX_VALUE);
        fixture.loop.advanceMs(61_000);
        fixture.settle();
        assertThat(slot.totals().passes()).isPositive();
        assertThat(slot.totals().droppedRecords()).isPositive();
        fixture.close();
    }

    @Test
    void theSlotIsGivenBackWhenTheDirectoryGoesOfflineInASwap() throws Exception {
        StoreFixture fixture = open();
        PartitionLog log = filled(fixture);
        disk.syncFaults().failOf("t-0", DiskException.Kind.FAILED);
        log.reconfigure(COMPACTED);
        fixture.settle();
        assertThat(disk.syncFaults().isSpent()).isTrue();
        assertThat(fixture.failures).hasSize(1);
        assertThat(slot.totals().writtenBytes()).as("bytes of a new segment").isPositive();
        assertThat(slot.tryTake(this)).as("slot is free").isTrue();
    }
}
