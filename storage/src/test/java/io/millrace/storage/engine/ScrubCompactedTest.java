package io.millrace.storage.engine;

import static io.millrace.storage.engine.ScrubFixture.pass;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.record.RecordBatchBuilder;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.storage.AppendResult;
import io.millrace.storage.LogConfig;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.compaction.CompactionPass;
import io.millrace.storage.compaction.CompactionSlot;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.scrub.ScrubSlot;
import io.millrace.storage.segment.SegmentNames;
import io.millrace.storage.segment.SideFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code .side} files of a compacted log that are made again: what was compacted is not compacted anew. */
class ScrubCompactedTest {

    private static final Path FOLDER = Path.of("dir");
    private static final Path LOG = FOLDER.resolve("t-0");
    private static final LogConfig COMPACTED = LogConfig.DEFAULT
            .withSegmentBytes(10_000)
            .withRetention(-1, -1)
            .withCleanup(LogConfig.Cleanup.COMPACT, new LogConfig.Compaction(0.1, 0, Long.MAX_VALUE, 1000));

    private final FaultDisk disk = new FaultDisk(1);
    private final ScrubSlot slot = new ScrubSlot(3_600_000, 1_000_000);

    private StoreFixture compacted() throws Exception {
        disk.createDirectories(FOLDER);
        StoreFixture fixture = StoreFixture.open(
                disk,
                FOLDER,
                StorageConfig.SMALL.withReserveBytes(0).withScrub(slot).withCompaction(new CompactionSlot()));
        PartitionLog log = fixture.store.create(StoreFixture.identity("t", 0), COMPACTED);
        for (int i = 0; i < 60; i++) {
            try (RecordBatchBuilder batch = new RecordBatchBuilder(256, 1 << 20)) {
                batch.append(fixture.loop.wallMs(), ("key-" + i).getBytes(StandardCharsets.UTF_8), new byte[1_000]);
                assertThat(log.appendAsLeader(batch.build(), 0, ValidationRules.Origin.CLIENT))
                        .isInstanceOf(AppendResult.Appended.class);
            }
            fixture.settle();
            log.highWatermark(log.syncedEndOffset());
        }
        pass(fixture, 5 * 60_000);
        return fixture;
    }

    /** By base offset, up to where each segment says that it was compacted. */
    private Map<Long, Long> compactedEnds() throws DiskException {
        Map<Long, Long> ends = new TreeMap<>();
        for (String name : disk.list(LOG)) {
            long base = SegmentNames.baseOffsetOf(name);
            SideFile side = base < 0 ? null : SideFile.read(disk, LOG, base);
            if (side != null) {
                ends.put(base, CompactionPass.compactedEnd(side.sections(disk)));
            }
        }
        return ends;
    }

    @ParameterizedTest
    @ValueSource(strings = {"deleted", "header"})
    void aSegmentAboveTellsThatItWasCompacted(String fault) throws Exception {
        StoreFixture fixture = compacted();
        Map<Long, Long> before = compactedEnds();
        List<Long> whole = new ArrayList<>();
        before.forEach((base, end) -> {
            if (end > base) {
                whole.add(base);
            }
        });
        assertThat(whole).hasSizeGreaterThan(3);
        for (long base : whole.subList(0, whole.size() - 1)) {
            Path side = SegmentNames.side(LOG, base);
            if (fault.equals("deleted")) {
                disk.delete(side);
            } else {
                disk.rot(side, 30);
            }
        }
        pass(fixture, 20 * 60_000);
        assertThat(slot.rebuiltSides()).isEqualTo(whole.size() - 1);
        assertThat(compactedEnds()).isEqualTo(before);
        fixture.close();
    }

    @Test
    void aFileWhoseIndexAloneIsDamagedKeepsTheRest() throws Exception {
        StoreFixture fixture = compacted();
        Map<Long, Long> before = compactedEnds();
        for (Map.Entry<Long, Long> segment : before.entrySet()) {
            if (segment.getValue() > segment.getKey()) {
                // Behind the header and the rows of index, epochs, producers and the mark.
                disk.rot(SegmentNames.side(LOG, segment.getKey()), 56 + 4 * 24 + 5);
            }
        }
        pass(fixture, 20 * 60_000);
        assertThat(slot.rebuiltSides()).isGreaterThan(3);
        assertThat(compactedEnds()).isEqualTo(before);
        fixture.close();
    }
}
