package io.millrace.storage.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.compress.Codec;
import io.millrace.protocol.record.RecordBatchView;
import io.millrace.storage.LogConfig;
import io.millrace.storage.compaction.KeyedSegments.Keyed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;
import org.jspecify.annotations.Nullable;

/** Random keyed logs, compacted, against a map. */
final class CompactionPassPropertyTest {

    private static final List<Codec> CODECS = List.of(Codec.values());

    private static final long NOW = 2_000_000_000_000L;
    private static final long RETENTION_MS = 1000;
    private static final LogConfig CONFIG = LogConfig.DEFAULT
            .withSegmentBytes(8192)
            .withCleanup(LogConfig.Cleanup.COMPACT, new LogConfig.Compaction(0, 0, Long.MAX_VALUE, RETENTION_MS));
    private static final long AMPLE = 4 << 20;
    /** From none put together to all. */
    private static final int[] SEGMENT_BYTES = {4096, 8192, 1 << 20};

    private Path folder = Path.of("");

    @BeforeTry
    void make() throws IOException {
        folder = Files.createTempDirectory("compaction");
    }

    @AfterTry
    void remove() throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    private KeyedSegments log(Random random) throws Exception {
        KeyedSegments log = new KeyedSegments(folder);
        grow(log, random);
        return log;
    }

    private static LogConfig config(long seed) {
        return CONFIG.withSegmentBytes(SEGMENT_BYTES[Math.floorMod(seed, SEGMENT_BYTES.length)]);
    }

    private static void grow(KeyedSegments log, Random random) throws Exception {
        int keys = random.nextInt(4) == 0 ? 1 << 20 : 1 + random.nextInt(40);
        int segments = 1 + random.nextInt(6);
        for (int s = 0; s < segments; s++) {
            int batches = 1 + random.nextInt(12);
            for (int b = 0; b < batches; b++) {
                List<@Nullable String> records = new ArrayList<>();
                int count = 1 + random.nextInt(8);
                for (int r = 0; r < count; r++) {
                    records.add(random.nextInt(30) == 0 ? null : "key-" + random.nextInt(keys));
                    records.add(
                            random.nextInt(5) == 0
                                    ? null
                                    : "value-" + random.nextInt() + "x".repeat(random.nextInt(90)));
                }
                Codec codec = random.nextBoolean() ? Codec.NONE : CODECS.get(random.nextInt(CODECS.size()));
                log.batch(
                        codec, 1_000_000_000_000L + random.nextInt(100_000), records.toArray(new @Nullable String[0]));
            }
            log.seal();
        }
    }

    @Property(tries = 40)
    void whatIsLeftIsTheLastRecordOfEveryKey(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        KeyedSegments log = log(random);
        long end = log.compact(0, config(seed), NOW, AMPLE);
        assertThat(end).isEqualTo(log.nextOffset());
        assertThat(log.records()).isEqualTo(KeyedSegments.lastByKey(log.written, end));
        for (ByteBuffer batch : log.batches()) {
            assertThat(new RecordBatchView().wrap(batch, 0).crcValid()).isTrue();
        }
    }

    @Property(tries = 25)
    void compactingTwiceChangesNothing(@ForAll long seed) throws Exception {
        KeyedSegments log = log(new Random(seed));
        log.compact(0, config(seed), NOW, AMPLE);
        List<ByteBuffer> once = log.batches();
        log.compact(0, config(seed), NOW, AMPLE);
        List<ByteBuffer> twice = log.batches();
        // Headers that hold the end of a segment that now shares one with its neighbour go.
        once.removeIf(batch -> batch.getInt(57) == 0);
        twice.removeIf(batch -> batch.getInt(57) == 0);
        assertThat(twice).isEqualTo(once);
    }

    @Property(tries = 25)
    void laterPassesNeedTheDirtyPartInTheirMapOnly(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        KeyedSegments log = log(random);
        long cleanEnd = log.compact(0, config(seed), NOW, AMPLE);
        grow(log, random);
        long end = log.compact(cleanEnd, config(seed), NOW, AMPLE);
        assertThat(end).isEqualTo(log.nextOffset());
        assertThat(log.records()).isEqualTo(KeyedSegments.lastByKey(log.written, end));
    }

    @Property(tries = 25)
    void tombstonesGoOnceTheirHorizonIsOverAndNotBefore(@ForAll long seed) throws Exception {
        KeyedSegments log = log(new Random(seed));
        long end = log.compact(0, config(seed), NOW, AMPLE);
        List<Keyed> last = KeyedSegments.lastByKey(log.written, end);
        log.compact(end, config(seed), NOW + RETENTION_MS - 1, AMPLE);
        log.compact(0, config(seed), NOW + RETENTION_MS - 1, AMPLE);
        assertThat(log.records()).isEqualTo(last);
        log.compact(0, config(seed), NOW + RETENTION_MS, AMPLE);
        assertThat(log.records())
                .isEqualTo(
                        last.stream().filter(record -> record.value() != null).toList());
    }

    @Property(tries = 6)
    void aMapThatFillsEndsThePassAndTheNextGoesOn(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        KeyedSegments log = new KeyedSegments(folder);
        for (int segment = 0; segment < 4; segment++) {
            for (int batch = 0; batch < 20; batch++) {
                @Nullable String[] records = new @Nullable String[100];
                for (int i = 0; i < records.length; i += 2) {
                    records[i] = "k" + random.nextInt(6_000);
                    records[i + 1] = "v" + random.nextInt();
                }
                log.batch(Codec.NONE, 1_000_000_000_000L, records);
            }
            log.seal();
        }
        long end = 0;
        int passes = 0;
        while (end < log.nextOffset()) {
            long next = log.compact(end, config(seed), NOW, OffsetMap.MIN_LIMIT_BYTES);
            assertThat(next).isGreaterThan(end);
            end = next;
            passes++;
        }
        assertThat(passes).isGreaterThan(1);
        assertThat(log.records()).isEqualTo(KeyedSegments.lastByKey(log.written, end));
    }
}
