package io.millrace.storage.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import io.millrace.storage.disk.NioDisk;
import io.millrace.storage.observer.SampleBatches;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentScanTest {

    @TempDir
    Path folder;

    private final List<ByteBuffer> batches = List.of(
            SampleBatches.plain(10, 0, 3, 40, 100),
            SampleBatches.plain(13, 1, 1, 300_000, 200),
            SampleBatches.plain(14, 1, 2, 40, 300));
    private byte[] bytes = new byte[0];

    @BeforeEach
    void joinBatches() {
        ByteBuffer all = SampleBatches.joined(batches);
        bytes = new byte[all.remaining()];
        all.get(bytes);
    }

    @Test
    void visitsEveryBatchWithItsPlace() throws IOException {
        List<Long> seen = new ArrayList<>();
        ScanOutcome outcome = scan(bytes, 0, 10, (batch, position) -> {
            seen.add(batch.baseOffset());
            seen.add(position);
        });
        long second = batches.get(0).remaining();
        long third = second + batches.get(1).remaining();
        assertThat(seen).containsExactly(10L, 0L, 13L, second, 14L, third);
        assertThat(outcome).isEqualTo(new ScanOutcome(bytes.length, 16, 3, ScanOutcome.Stop.END, ""));
    }

    @Test
    void aLargeBatchIsNotReadOntoTheHeap() throws IOException {
        ByteBuffer large = SampleBatches.plain(10, 0, 1, BatchMemory.MAX_HEAP_BYTES, 100);
        bytes = new byte[large.remaining()];
        large.duplicate().get(bytes);
        List<Boolean> direct = new ArrayList<>();
        ScanOutcome outcome = scan(
                bytes, 0, 10, (batch, position) -> direct.add(batch.buffer().isDirect()));
        assertThat(outcome.stop()).isEqualTo(ScanOutcome.Stop.END);
        assertThat(direct).containsExactly(true);
    }

    @Test
    void startsAtAnyBatch() throws IOException {
        ScanOutcome outcome = scan(bytes, batches.get(0).remaining(), 13, (batch, position) -> {});
        assertThat(outcome.batches()).isEqualTo(2);
        assertThat(outcome.stop()).isEqualTo(ScanOutcome.Stop.END);
    }

    @Test
    void anyFlippedByteStopsAtItsBatch() throws IOException {
        int second = batches.get(0).remaining();
        for (int at = second; at < second + 120; at++) {
            byte[] damaged = bytes.clone();
            damaged[at] ^= 0x41;
            ScanOutcome outcome = scan(damaged, 0, 10, (batch, position) -> {});
            // The leader epoch is outside every checksum of the format.
            if (at - second >= 12 && at - second < 16) {
                continue;
            }
            assertThat(outcome.stop()).as("byte %s", at - second).isNotEqualTo(ScanOutcome.Stop.END);
            // An offset that jumps ahead is only seen by the batch after it.
            long expectedEnd = at - second < 8 && outcome.endPosition() > second
                    ? second + batches.get(1).remaining()
                    : second;
            assertThat(outcome.endPosition()).as("byte %s", at - second).isEqualTo(expectedEnd);
        }
    }

    @Test
    void aMissingRestIsTorn() throws IOException {
        int third = bytes.length - batches.get(2).remaining();
        for (int length : new int[] {third + 1, third + 60, third + 61, bytes.length - 1}) {
            ScanOutcome outcome = scan(Arrays.copyOf(bytes, length), 0, 10, (batch, position) -> {});
            assertThat(outcome.stop()).isEqualTo(ScanOutcome.Stop.TORN);
            assertThat(outcome.endPosition()).isEqualTo(third);
            assertThat(outcome.endOffset()).isEqualTo(14);
        }
    }

    @Test
    void zerosAreCorrupt() throws IOException {
        ScanOutcome outcome = scan(Arrays.copyOf(bytes, bytes.length + 500), 0, 10, (b, p) -> {});
        assertThat(outcome.stop()).isEqualTo(ScanOutcome.Stop.CORRUPT);
        assertThat(outcome.endOffset()).isEqualTo(16);
    }

    @Test
    void offsetsMustNotFall() throws IOException {
        assertThat(scan(bytes, 0, 11, (batch, position) -> {}).stop()).isEqualTo(ScanOutcome.Stop.CORRUPT);
    }

    private ScanOutcome scan(byte[] content, long from, long expectedOffset, BatchVisitor visitor) throws IOException {
        Path file = folder.resolve("scan.log");
        Files.write(file, content);
        try (DiskFile log = new NioDisk().open(file)) {
            return SegmentScan.scan(log, from, content.length, expectedOffset, visitor);
        } catch (DiskException e) {
            throw new AssertionError(e);
        }
    }
}
