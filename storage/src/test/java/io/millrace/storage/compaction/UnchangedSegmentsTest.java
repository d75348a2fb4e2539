package io.millrace.storage.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.compress.Codec;
import io.millrace.storage.LogConfig;
import io.millrace.storage.compaction.CompactionRules.Source;
import io.millrace.storage.observer.SideSection;
import io.millrace.storage.segment.SegmentNames;
import io.millrace.storage.segment.SideFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a pass does to segments that keep all they have. */
final class UnchangedSegmentsTest {

    private static final long NOW = 2_000_000_000_000L;
    private static final long WRITTEN_MS = 1_000_000_000_000L;
    private static final long AMPLE = 1 << 20;
    /** Each segment here is larger than half of it: none is put together with its neighbour. */
    private static final LogConfig LONE = LogConfig.DEFAULT
            .withSegmentBytes(4096)
            .withCleanup(LogConfig.Cleanup.COMPACT, new LogConfig.Compaction(0, 0, Long.MAX_VALUE, 1000));

    private static final LogConfig GROUPED = LONE.withSegmentBytes(1 << 20);

    @TempDir
    private Path folder;

    private KeyedSegments log = new KeyedSegments(Path.of(""));

    @BeforeEach
    void make() {
        log = new KeyedSegments(folder);
    }

    /** Ten batches of one record each. */
    private void segment(String... keys) throws IOException {
        for (int i = 0; i < 10; i++) {
            String key = i < keys.length ? keys[i] : "only-" + log.nextOffset();
            log.batch(Codec.NONE, WRITTEN_MS, key, "v" + log.nextOffset() + "x".repeat(200));
        }
        log.seal();
    }

    private long compact(long dirtyFrom, LogConfig config) throws IOException {
        return log.compact(dirtyFrom, config, NOW, AMPLE);
    }

    private List<Object> fileKeys() throws IOException {
        List<Object> keys = new ArrayList<>();
        for (Source source : log.sources()) {
            Path path = SegmentNames.log(folder, source.baseOffset());
            keys.add(
                    Objects.requireNonNull(Files.readAttributes(path, java.nio.file.attribute.BasicFileAttributes.class)
                            .fileKey()));
        }
        return keys;
    }

    private @Nullable List<SideSection> sections(long baseOffset) throws IOException {
        SideFile side = SideFile.read(log.disk, folder, baseOffset);
        return side == null ? null : side.sections(log.disk);
    }

    private long compactedEnd(long baseOffset) throws IOException {
        return GroupCompaction.compactedEnd(sections(baseOffset));
    }

    @Test
    void stayAsTheyAreAndAreMarked() throws IOException {
        segment();
        segment();
        segment();
        List<Object> before = fileKeys();
        assertThat(compact(0, LONE)).isEqualTo(30);
        assertThat(fileKeys()).isEqualTo(before);
        assertThat(log.rewritten).isEmpty();
        assertThat(log.marked).containsExactly(0L, 10L, 20L);
        assertThat(log.records()).isEqualTo(log.written);
        for (long base : new long[] {0, 10, 20}) {
            assertThat(compactedEnd(base)).isEqualTo(base + 10);
            assertThat(sections(base)).contains(KeyedSegments.SECTION);
        }
    }

    @Test
    void thatAreMarkedAlreadyAreOnlyRead() throws IOException {
        segment();
        segment();
        compact(0, LONE);
        segment();
        assertThat(compact(20, LONE)).isEqualTo(30);
        assertThat(log.rewritten).isEmpty();
        assertThat(log.marked).containsExactly(20L);
    }

    @Test
    void doNotKeepOneThatLostARecordFromBeingWritten() throws IOException {
        segment();
        segment("a", "b", "c");
        segment();
        segment("d", "e", "b");
        List<Object> before = fileKeys();
        compact(0, LONE);
        assertThat(log.rewritten).containsExactly(10L);
        assertThat(log.marked).containsExactly(0L, 20L, 30L);
        assertThat(fileKeys().get(0)).isEqualTo(before.get(0));
        assertThat(log.records()).isEqualTo(KeyedSegments.lastByKey(log.written, 40));
        assertThat(log.records()).hasSize(39);
        assertThat(compactedEnd(10)).isEqualTo(20);
        assertThat(sections(10)).contains(KeyedSegments.SECTION);
    }

    @Test
    void thatLostTheirLastRecordOnlyAreWritten() throws IOException {
        segment("1", "2", "3", "4", "5", "6", "7", "8", "9", "late");
        segment("late");
        compact(0, LONE);
        assertThat(log.rewritten).containsExactly(0L);
        assertThat(log.records()).isEqualTo(KeyedSegments.lastByKey(log.written, 20));
    }

    @Test
    void withATombstoneGetItsHorizonAndLoseItWhenThatIsOver() throws IOException {
        segment();
        log.batch(Codec.NONE, WRITTEN_MS, "gone", null);
        segment();
        compact(0, LONE);
        assertThat(log.rewritten).containsExactly(10L);
        segment();
        compact(21, LONE);
        assertThat(log.rewritten).isEmpty();
        log.compact(31, LONE, NOW + 1000, AMPLE);
        assertThat(log.rewritten).containsExactly(10L);
        assertThat(log.records()).hasSize(30).noneMatch(record -> record.value() == null);
    }

    @Test
    void arePutTogetherOnceAndThenLeftAlone() throws IOException {
        segment();
        segment();
        segment();
        compact(0, GROUPED);
        assertThat(log.rewritten).containsExactly(0L);
        assertThat(log.sources()).hasSize(1);
        List<Object> before = fileKeys();
        assertThat(compact(0, GROUPED)).isEqualTo(30);
        assertThat(log.rewritten).isEmpty();
        assertThat(log.marked).isEmpty();
        assertThat(fileKeys()).isEqualTo(before);
        assertThat(log.records()).isEqualTo(log.written);
    }

    @Test
    void withoutAGoodSideFileAreWrittenToHaveOne() throws IOException {
        segment();
        segment();
        segment();
        Files.delete(SegmentNames.side(folder, 0));
        byte[] side = Files.readAllBytes(SegmentNames.side(folder, 10));
        side[side.length - 1] ^= 1;
        Files.write(SegmentNames.side(folder, 10), side);
        compact(0, LONE);
        assertThat(log.rewritten).containsExactly(0L, 10L);
        assertThat(log.marked).containsExactly(20L);
        assertThat(compactedEnd(0)).isEqualTo(10);
        assertThat(compactedEnd(10)).isEqualTo(20);
        assertThat(log.records()).isEqualTo(log.written);
    }

    @Test
    void areMarkedAsFarAsTheMapReached() throws IOException {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            keys.add("k" + i);
            keys.add("v");
        }
        log.batch(Codec.NONE, WRITTEN_MS, keys.toArray(new @Nullable String[0]));
        log.seal();
        long reached = log.compact(0, LONE, NOW, OffsetMap.MIN_LIMIT_BYTES);
        assertThat(reached).isBetween(1000L, 2999L);
        assertThat(log.marked).containsExactly(0L);
        assertThat(compactedEnd(0)).isEqualTo(reached);
        assertThat(log.compact(reached, LONE, NOW, OffsetMap.MIN_LIMIT_BYTES)).isGreaterThan(reached);
        assertThat(compactedEnd(0)).isGreaterThan(reached);
    }
}
