package io.millrace.storage.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import io.millrace.storage.disk.NioDisk;
import io.millrace.storage.observer.SampleBatches;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ActiveSegmentTest {

    @TempDir
    Path folder;

    private final Disk disk = new NioDisk();

    @Test
    void anIndexLeftFromAnEarlierEpochIsNotBelieved() throws IOException {
        ActiveSegment segment = ActiveSegment.create(disk, folder, 0, 100);
        WriteOutcome written = segment.append(batches(1, 9_000));
        byte[] earlierIndex = Files.readAllBytes(SegmentNames.index(folder, 0));
        segment.truncateTo(0);
        WriteOutcome rewritten = segment.append(batches(2, 1_000));
        assertThat(rewritten.lengthBytes()).isEqualTo(written.lengthBytes());
        // Power fails: the truncation and rewriting of the index never reached the disk.
        Files.write(SegmentNames.index(folder, 0), earlierIndex);

        OpenSegment open = OpenSegment.open(disk, folder, 0, ActiveSegmentTest::close);
        assertThat(open.findMaxTimestamp(0, 20, rewritten.lengthBytes(), rewritten.indexEntries()))
                .isEqualTo(new TimestampMatch(19, 1_019, 2));
        assertThat(open.findByTime(1_010, 0, 20, rewritten.lengthBytes(), rewritten.indexEntries()))
                .isEqualTo(new TimestampMatch(10, 1_010, 2));
        open.release();
        segment.close();
        ActiveSegment reopened = ActiveSegment.open(disk, folder, 0, rewritten.lengthBytes(), 100);
        assertThat(reopened.outcome()).isEqualTo(rewritten);
        reopened.close();
    }

    @Test
    void everyStoredByteCountsForTheDigest() throws IOException {
        ActiveSegment first = ActiveSegment.create(disk, folder, 0, 100);
        first.append(SampleBatches.plain(0, 0, 1, 20, 5));
        ActiveSegment second = ActiveSegment.create(disk, Files.createDirectory(folder.resolve("other")), 0, 100);
        second.append(SampleBatches.plain(0, 0, 1, 20, 6));
        ByteBuffer same = SampleBatches.plain(1, 0, 1, 20, 7);
        assertThat(first.append(same.duplicate()).digest())
                .isNotEqualTo(second.append(same.duplicate()).digest());
        first.close();
        second.close();
    }

    @Test
    void theIndexOfASealedSegmentIsWholeWhateverHappenedToTheActiveOne() throws IOException {
        ActiveSegment segment = ActiveSegment.create(disk, folder, 0, 100);
        WriteOutcome written = segment.append(batches(1, 1_000));
        byte[] index = Files.readAllBytes(SegmentNames.index(folder, 0));
        index[70] ^= 1;
        Files.write(SegmentNames.index(folder, 0), index);

        segment.seal(disk, List.of());
        segment.close();

        try (DiskFile side = disk.open(SegmentNames.side(folder, 0))) {
            SideFile.Located located = Objects.requireNonNull(SideFile.locateIndex(side, 0));
            assertThat(located.sizeBytes()).isEqualTo(written.indexEntries() * IndexEntry.BYTES);
            SparseIndex entries = new SparseIndex(side, located.filePosition(), written.indexEntries());
            IndexEntry entry = new IndexEntry();
            for (int i = 0; i < written.indexEntries(); i++) {
                assertThat(entries.read(i, entry)).as("entry %s", i).isTrue();
            }
        }
    }

    @Test
    void aCutTakesItsIndexEntriesAlong() throws IOException {
        ActiveSegment segment = ActiveSegment.create(disk, folder, 0, 100);
        segment.append(batches(1, 1_000));
        WriteOutcome cut = segment.truncateTo(7);
        assertThat(cut.endOffset()).isEqualTo(7);
        assertThat(Files.size(SegmentNames.index(folder, 0))).isEqualTo((long) cut.indexEntries() * IndexEntry.BYTES);
        assertThat(Files.size(SegmentNames.log(folder, 0))).isEqualTo(cut.lengthBytes());
        segment.close();
    }

    @Test
    void whatWasWrittenAboveTheKnownLengthIsCutWhenOpened() throws IOException {
        ActiveSegment segment = ActiveSegment.create(disk, folder, 0, 100);
        WriteOutcome known = segment.append(batches(1, 1_000));
        segment.append(SampleBatches.plain(20, 1, 5, 50, 2_000));
        segment.close();
        ActiveSegment opened = ActiveSegment.open(disk, folder, 0, known.lengthBytes(), 100);
        assertThat(opened.outcome()).isEqualTo(known);
        assertThat(Files.size(SegmentNames.log(folder, 0))).isEqualTo(known.lengthBytes());
        opened.close();
    }

    @Test
    void aLogShorterThanKnownIsDamagedAndNotCut() throws IOException {
        ActiveSegment segment = ActiveSegment.create(disk, folder, 0, 100);
        WriteOutcome known = segment.append(batches(1, 1_000));
        segment.close();
        assertThatThrownBy(() -> ActiveSegment.open(disk, folder, 0, known.lengthBytes() + 1, 100))
                .isInstanceOf(DiskException.class)
                .hasCauseInstanceOf(SegmentDamagedException.class)
                .hasMessageContaining("00000000000000000000.log");
        assertThat(Files.size(SegmentNames.log(folder, 0))).isEqualTo(known.lengthBytes());
    }

    @Test
    void aKnownLengthInsideABatchIsDamage() throws IOException {
        ActiveSegment segment = ActiveSegment.create(disk, folder, 0, 100);
        WriteOutcome known = segment.append(batches(1, 1_000));
        segment.close();
        assertThatThrownBy(() -> ActiveSegment.open(disk, folder, 0, known.lengthBytes() - 1, 100))
                .hasCauseInstanceOf(SegmentDamagedException.class);
    }

    @Test
    void batchesThatDoNotFollowAreRefusedAndNothingIsWritten() throws IOException {
        ActiveSegment segment = ActiveSegment.create(disk, folder, 0, 100);
        WriteOutcome before = segment.append(batches(1, 1_000));
        assertThatThrownBy(
                        () -> segment.append(SampleBatches.plain(20, 1, 1, 5, 0), SampleBatches.plain(20, 1, 1, 5, 0)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(segment.outcome()).isEqualTo(before);
        assertThat(Files.size(SegmentNames.log(folder, 0))).isEqualTo(before.lengthBytes());
        segment.close();
    }

    private static ByteBuffer batches(int leaderEpoch, long timestampMs) {
        ByteBuffer all = ByteBuffer.allocate(4096);
        for (int i = 0; i < 20; i++) {
            all.put(SampleBatches.plain(i, leaderEpoch, 1, 50, timestampMs + i));
        }
        return all.flip();
    }

    private static void close(DiskFile file) {
        try {
            file.close();
        } catch (DiskException e) {
            throw new AssertionError(e);
        }
    }
}
