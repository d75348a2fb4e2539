package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.record.TimestampType;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.storage.AppendResult;
import io.millrace.storage.LogConfig;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.StorageFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The machine's wall clock is set back by a day while logs with log append time are written. */
class ClockSetBackTest {

    private static final long DAY_MS = 24L * 3600 * 1000;
    private static final long SEGMENT_MS = 3_600_000;

    private final FaultDisk disk = new FaultDisk(7);
    private StoreFixture fixture;
    private PartitionLog log;

    @BeforeEach
    void start() throws Exception {
        fixture = StoreFixture.open(disk, Path.of("dir"), StorageConfig.SMALL.withReserveBytes(1 << 20));
        log = fixture.create("t", 0);
        LogConfig.BatchRules rules =
                new LogConfig.BatchRules(1 << 20, TimestampType.LOG_APPEND_TIME, Long.MAX_VALUE, 3_600_000, false);
        log.reconfigure(new LogConfig(
                1 << 30,
                SEGMENT_MS,
                4096,
                10 << 20,
                -1,
                -1,
                LogConfig.Cleanup.DELETE,
                LogConfig.Compaction.DEFAULT,
                rules));
    }

    /** The time that the answer gives to the record. */
    private long append(String value) {
        AppendResult result = log.appendAsLeader(StoreFixture.batch(value), 0, ValidationRules.Origin.CLIENT);
        fixture.settle();
        assertThat(result).isInstanceOf(AppendResult.Appended.class);
        return ((AppendResult.Appended) result).logAppendTimeMs();
    }

    private List<Long> found(long timestampMs) {
        List<Long> answers = new ArrayList<>();
        log.findByTime(timestampMs, log.logEndOffset(), new PartitionLog.OffsetLookup() {
            @Override
            public void found(long offset, long recordTimestampMs, int leaderEpoch) {
                answers.add(offset);
            }

            @Override
            public void failed(StorageFailure failure) {
                throw new AssertionError(failure.message());
            }
        });
        fixture.settle();
        return answers;
    }

    @Test
    void recordsGetTheTimeOfTheClockAndAreFoundByIt() throws Exception {
        long before = append("before");
        assertThat(before).isEqualTo(fixture.loop.wallMs());
        fixture.loop.jumpWallMs(-DAY_MS);
        fixture.loop.advanceMs(10);
        long after = append("after");
        assertThat(after).isEqualTo(before - DAY_MS + 10);

        assertThat(found(before))
                .as("nothing later than the record before the jump")
                .containsExactly(0L);
        assertThat(found(after))
                .as("the first at or after that time, in offset order")
                .containsExactly(0L);
        assertThat(found(before + 1)).containsExactly(-1L);
        assertThat(fixture.values(log, 0)).containsExactly("before", "after");

        fixture.close();
        StoreFixture again = StoreFixture.open(disk, Path.of("dir"), StorageConfig.SMALL);
        assertThat(again.values(again.log("t", 0), 0)).containsExactly("before", "after");
    }

    @Test
    void timersGoOn() {
        String filler = "f".repeat(50_000);
        disk.capacityBytes(disk.usedBytes() + (2 << 20));
        for (int i = 0; i < 200 && fixture.fulls.isEmpty(); i++) {
            append(i + filler);
        }
        assertThat(fixture.fulls).containsExactly(true);
        fixture.loop.jumpWallMs(-DAY_MS);
        disk.capacityBytes(Long.MAX_VALUE);
        fixture.loop.advanceMs(1_100);
        fixture.settle();
        assertThat(fixture.fulls)
                .as("asked again a second later, whatever the wall clock says")
                .containsExactly(true, false);
        append("goes on");
    }
}
