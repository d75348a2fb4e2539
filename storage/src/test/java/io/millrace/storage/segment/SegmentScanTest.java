package io.millrace.storage.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.record.RecordBatchView;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import io.millrace.storage.disk.NioDisk;
import io.millrace.storage.observer.SampleBatches;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
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

    @Test
    void readsThroughALentWindowOfAnySizeAndNoByteTwice() throws DiskException {
        List<ByteBuffer> many = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            many.add(SampleBatches.plain(i, 1, 1, 20 + i * 37 % 1500, 100 + i));
        }
        ByteBuffer all = SampleBatches.joined(many);
        for (int windowBytes : new int[] {2000, 2001, 4096, 70_000, 1 << 20}) {
            for (boolean direct : new boolean[] {false, true}) {
                ByteBuffer window = direct ? ByteBuffer.allocateDirect(windowBytes) : ByteBuffer.allocate(windowBytes);
                Counted log = new Counted(all);
                // What an earlier scan left in it is nobody's.
                window.put(all.duplicate().limit(Math.min(all.limit(), windowBytes)));
                SegmentScan scan = SegmentScan.from(log, 0, all.remaining(), 0, window);
                for (ByteBuffer each : many) {
                    RecordBatchView batch = Objects.requireNonNull(scan.next());
                    assertThat(batch.buffer().slice(batch.position(), batch.sizeBytes()))
                            .isEqualTo(each);
                    assertThat(batch.buffer()).isSameAs(window);
                }
                assertThat(scan.next()).isNull();
                assertThat(scan.outcome().stop()).isEqualTo(ScanOutcome.Stop.END);
                assertThat(log.readBytes).isEqualTo(all.remaining());
            }
        }
    }

    @Test
    void aBatchThatIsLargerThanTheLentWindowGetsOneOfItsOwn() throws DiskException {
        ByteBuffer all = SampleBatches.joined(batches);
        ByteBuffer window = ByteBuffer.allocateDirect(80);
        SegmentScan scan = SegmentScan.from(new Counted(all), 0, all.remaining(), 10, window);
        for (ByteBuffer each : batches) {
            RecordBatchView batch = Objects.requireNonNull(scan.next());
            assertThat(batch.buffer().slice(batch.position(), batch.sizeBytes()))
                    .isEqualTo(each);
        }
        assertThat(scan.isAtEnd()).isTrue();
    }

    /** Bytes that count how many of them were read. */
    private static final class Counted implements DiskFile {

        private final ByteBuffer bytes;
        private long readBytes;

        Counted(ByteBuffer bytes) {
            this.bytes = bytes;
        }

        @Override
        public int read(long filePosition, ByteBuffer target) {
            int count = (int) Math.min(target.remaining(), bytes.limit() - filePosition);
            target.put(bytes.slice((int) filePosition, count));
            readBytes += count;
            return count;
        }

        @Override
        public Path path() {
            return Path.of("counted");
        }

        @Override
        public void write(long filePosition, ByteBuffer... sources) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void sync() {}

        @Override
        public void truncate(long lengthBytes) {}

        @Override
        public long length() {
            return bytes.limit();
        }

        @Override
        public long transferTo(long filePosition, long countBytes, WritableByteChannel target) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
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
