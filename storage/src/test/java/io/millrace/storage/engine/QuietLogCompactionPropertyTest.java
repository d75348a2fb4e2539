package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.record.RecordBatchBuilder;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.storage.AppendResult;
import io.millrace.storage.LogConfig;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.compaction.CompactionRules;
import io.millrace.storage.compaction.CompactionRules.Part;
import io.millrace.storage.compaction.CompactionSlot;
import io.millrace.storage.compaction.SegmentFacts;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.segment.SegmentNames;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/**
 * A log that takes no more records is looked at until no pass is due: whatever was appended, cut, reset, made durable or
 * configured before, and in whatever order the loop and the disk came to it.
 */
final class QuietLogCompactionPropertyTest {

    private static final Path FOLDER = Path.of("dir");
    private static final int ACTS = 400;
    private static final long DAYS_MS = 30L * 24 * 3600 * 1000;

    private Random random = new Random(0);
    private CompactionSlot slot = new CompactionSlot();
    private int epoch;

    private static LogConfig compacted(double ratio, long maxLagMs) {
        return LogConfig.DEFAULT
                .withSegmentBytes(4096)
                .withRetention(-1, -1)
                .withCleanup(LogConfig.Cleanup.COMPACT, new LogConfig.Compaction(ratio, 0, maxLagMs, 1000));
    }

    @Property(tries = 150, shrinking = ShrinkingMode.OFF)
    void noLookIsLost(@ForAll long seed) throws Exception {
        random = new Random(seed);
        slot = new CompactionSlot();
        epoch = 0;
        FaultDisk disk = new FaultDisk(seed);
        disk.createDirectories(FOLDER);
        StoreFixture fixture = StoreFixture.open(disk, FOLDER, StorageConfig.SMALL.withCompaction(slot));
        LogConfig config = compacted(0.1 + random.nextInt(5) * 0.1, random.nextBoolean() ? Long.MAX_VALUE : DAYS_MS);
        PartitionLog log = fixture.store.create(StoreFixture.identity("t", 0), config);
        PartitionLog beside = fixture.store.create(StoreFixture.identity("beside", 0), config);
        for (int i = 0; i < ACTS; i++) {
            act(fixture, random.nextInt(8) == 0 ? beside : log, config);
        }
        for (PartitionLog each : List.of(log, beside)) {
            each.reconfigure(config);
            fixture.settle();
            each.highWatermark(each.syncedEndOffset());
        }
        for (int i = 0; i < 40; i++) {
            fixture.loop.advanceMs(20_000);
            fixture.settle();
        }
        assertThat(fixture.failures).isEmpty();
        assertThat(slot.totals().failures()).isZero();
        for (PartitionLog each : List.of(log, beside)) {
            assertThat(CompactionRules.decide(parts(disk, each), config.compaction(), fixture.loop.wallMs())
                            .due())
                    .as("%s of %s", each, parts(disk, each))
                    .isFalse();
        }
        assertThat(slot.tryTake("test")).as("slot is free").isTrue();
    }

    private void act(StoreFixture fixture, PartitionLog log, LogConfig config) {
        switch (random.nextInt(40)) {
            case 0 -> {
                long from = log.logStartOffset();
                log.truncateTo(from + (long) (random.nextDouble() * (log.logEndOffset() - from)));
            }
            case 1 -> log.truncateTo(Math.max(0, log.logEndOffset() - random.nextInt(6)));
            case 2 -> {
                if (random.nextInt(10) == 0) {
                    log.resetTo(log.logEndOffset() + random.nextInt(5));
                }
            }
            case 3 -> log.reconfigure(random.nextBoolean() ? config : LogConfig.DEFAULT.withSegmentBytes(4096));
            case 4 -> slot.maxBytesPerSecond(random.nextBoolean() ? 20_000 : CompactionSlot.UNBOUNDED);
            case 5 -> fixture.loop.advanceMs(random.nextInt(12_000));
            case 6, 7 -> fixture.settle();
            case 8, 9, 10, 11 -> log.highWatermark(log.syncedEndOffset());
            case 12, 13, 14, 15, 16 -> fixture.loop.turn();
            case 17, 18 -> fixture.lanes.one(fixture.lanes.journal);
            case 19, 20 -> fixture.lanes.one(fixture.lanes.writeBehind);
            case 21, 22 -> fixture.lanes.one(fixture.lanes.pool);
            default -> append(fixture, log);
        }
    }

    private void append(StoreFixture fixture, PartitionLog log) {
        try (RecordBatchBuilder builder = new RecordBatchBuilder(256, 1 << 20)) {
            for (int i = random.nextInt(6); i >= 0; i--) {
                builder.append(
                        fixture.loop.wallMs(),
                        ("k" + random.nextInt(9)).getBytes(StandardCharsets.UTF_8),
                        new byte[random.nextInt(200)]);
            }
            AppendResult result = log.appendAsLeader(builder.build(), epoch, ValidationRules.Origin.CLIENT);
            // Refused while a truncation has to be read back.
            assertThat(result).isNotNull();
        }
    }

    /** Sealed segments as they lie on the disk. */
    private static List<Part> parts(Disk disk, PartitionLog log) throws Exception {
        Path folder = PartitionFolder.of(FOLDER, log.identity());
        List<Long> bases = new ArrayList<>();
        for (String name : disk.exists(folder) ? disk.list(folder) : List.<String>of()) {
            if (name.endsWith(SegmentNames.LOG)) {
                bases.add(SegmentNames.baseOffsetOf(name));
            }
        }
        bases.sort(null);
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i + 1 < bases.size(); i++) {
            long base = bases.get(i);
            long end = bases.get(i + 1);
            long length = disk.length(SegmentNames.log(folder, base));
            SegmentFacts facts = SegmentFacts.read(disk, folder, base, end, length);
            if (end > log.logStartOffset()) {
                parts.add(new Part(
                        base, end, length, facts.maxTimestampMs(), facts.firstTimestampMs(), facts.compactedEnd()));
            }
        }
        return parts;
    }
}
