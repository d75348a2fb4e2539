package io.millrace.storage.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.compress.Codec;
import io.millrace.protocol.record.RecordBatchBuilder;
import io.millrace.protocol.record.TimestampType;
import io.millrace.protocol.record.ValidationRules;
import io.millrace.storage.AppendResult;
import io.millrace.storage.LogConfig;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.StorageFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** Look-ups by time and of the largest timestamp, over segments and tail, against a list of all records. */
final class LookUpsPropertyTest {

    private static final Path FOLDER = Path.of("dir");
    private static final Codec[] CODECS = {Codec.NONE, Codec.NONE, Codec.NONE, Codec.GZIP, Codec.LZ4};
    private static final int TIMES = 60;
    private static final int QUESTIONS = 40;

    private record Stamped(long offset, long timestampMs, int leaderEpoch) {}

    private static final Stamped NOTHING = new Stamped(-1, -1, -1);

    private Random random = new Random(0);
    private final List<Stamped> records = new ArrayList<>();
    /** Where batches end: what a high watermark can be. */
    private final List<Long> ends = new ArrayList<>();

    private boolean stampsAppendTime;
    private int epoch;

    @Property(tries = 120, shrinking = ShrinkingMode.OFF)
    void answerWhatAListWould(@ForAll long seed) throws Exception {
        random = new Random(seed);
        records.clear();
        ends.clear();
        epoch = 0;
        stampsAppendTime = random.nextBoolean();
        FaultDisk disk = new FaultDisk(seed);
        disk.createDirectories(FOLDER);
        StoreFixture fixture = StoreFixture.open(disk, FOLDER, StorageConfig.SMALL);
        PartitionLog log = fixture.store.create(StoreFixture.identity("t", 0), config());
        int rounds = 1 + random.nextInt(6);
        for (int round = 0; round < rounds; round++) {
            grow(fixture, log);
            log.highWatermark(log.syncedEndOffset());
            if (random.nextInt(3) == 0) {
                log.logStartTo(
                        log.logStartOffset() + random.nextLong(log.syncedEndOffset() - log.logStartOffset() + 1));
            }
            if (random.nextBoolean()) {
                fixture.settle();
            }
            ask(fixture, log);
        }
        fixture.settle();
        ask(fixture, log);
        fixture.close();
        StoreFixture again = StoreFixture.open(disk, FOLDER, StorageConfig.SMALL);
        PartitionLog found = again.log("t", 0);
        found.reconfigure(config());
        ask(again, found);
        again.close();
    }

    private LogConfig config() {
        LogConfig.BatchRules rules = new LogConfig.BatchRules(
                1 << 20,
                stampsAppendTime ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                false);
        LogConfig plain = LogConfig.DEFAULT.withSegmentBytes(4096 << random.nextInt(4));
        return new LogConfig(
                plain.segmentBytes(),
                plain.segmentMs(),
                256 << random.nextInt(5),
                plain.segmentIndexBytes(),
                -1,
                -1,
                plain.cleanup(),
                plain.compaction(),
                rules);
    }

    private void grow(StoreFixture fixture, PartitionLog log) {
        int batches = 1 + random.nextInt(40);
        for (int b = 0; b < batches; b++) {
            if (random.nextInt(20) == 0) {
                epoch++;
            }
            // Also back, as a wall clock may be set.
            fixture.loop.jumpWallMs(random.nextInt(6) - 2);
            append(fixture, log);
            if (random.nextInt(5) == 0) {
                fixture.settle();
            }
        }
        fixture.settle();
        // Some stay in the tail.
        for (int b = random.nextInt(4); b > 0; b--) {
            append(fixture, log);
        }
    }

    private void append(StoreFixture fixture, PartitionLog log) {
        long appendTimeMs = fixture.loop.wallMs();
        List<Long> times = new ArrayList<>();
        try (RecordBatchBuilder builder = new RecordBatchBuilder(1024, 1 << 20)) {
            builder.codec(CODECS[random.nextInt(CODECS.length)]);
            for (int i = random.nextInt(5); i >= 0; i--) {
                long timeMs = random.nextInt(TIMES);
                times.add(stampsAppendTime ? appendTimeMs : timeMs);
                builder.append(timeMs, null, new byte[random.nextInt(300)]);
            }
            AppendResult result = log.appendAsLeader(builder.build(), epoch, ValidationRules.Origin.CLIENT);
            assertThat(result).isInstanceOf(AppendResult.Appended.class);
            long offset = ((AppendResult.Appended) result).baseOffset();
            for (long timeMs : times) {
                records.add(new Stamped(offset++, timeMs, epoch));
            }
            ends.add(offset);
        }
    }

    private void ask(StoreFixture fixture, PartitionLog log) {
        long base = stampsAppendTime ? fixture.loop.wallMs() - TIMES : 0;
        for (int i = 0; i < QUESTIONS; i++) {
            long end = random.nextBoolean() ? log.logEndOffset() : ends.get(random.nextInt(ends.size()));
            if (end <= log.logStartOffset()) {
                continue;
            }
            long timeMs = base + random.nextInt(TIMES + 10);
            assertThat(byTime(fixture, log, timeMs, end))
                    .as("the first at or after %s below %s from %s", timeMs, end, log.logStartOffset())
                    .isEqualTo(firstAtOrAfter(timeMs, log.logStartOffset(), end));
            assertThat(latest(fixture, log, end))
                    .as("the latest below %s from %s", end, log.logStartOffset())
                    .isEqualTo(firstOfLatest(log.logStartOffset(), end));
        }
    }

    private Stamped firstAtOrAfter(long timeMs, long startOffset, long endOffset) {
        for (Stamped record : records) {
            if (record.timestampMs() >= timeMs && record.offset() >= startOffset && record.offset() < endOffset) {
                return record;
            }
        }
        return NOTHING;
    }

    private Stamped firstOfLatest(long startOffset, long endOffset) {
        Stamped best = NOTHING;
        for (Stamped record : records) {
            if (record.offset() >= startOffset
                    && record.offset() < endOffset
                    && record.timestampMs() > best.timestampMs()) {
                best = record;
            }
        }
        return best;
    }

    private static Stamped byTime(StoreFixture fixture, PartitionLog log, long timeMs, long endOffset) {
        Answer answer = new Answer();
        log.findByTime(timeMs, endOffset, answer);
        return answer.settled(fixture);
    }

    private static Stamped latest(StoreFixture fixture, PartitionLog log, long endOffset) {
        Answer answer = new Answer();
        log.findMaxTimestamp(endOffset, answer);
        return answer.settled(fixture);
    }

    private static final class Answer implements PartitionLog.OffsetLookup {

        private final List<Stamped> found = new ArrayList<>();

        @Override
        public void found(long offset, long timestampMs, int leaderEpoch) {
            found.add(new Stamped(offset, timestampMs, leaderEpoch));
        }

        @Override
        public void failed(StorageFailure failure) {
            throw new AssertionError(failure.message());
        }

        Stamped settled(StoreFixture fixture) {
            if (found.isEmpty()) {
                fixture.settle();
            }
            assertThat(found).hasSize(1);
            return found.getFirst();
        }
    }
}
