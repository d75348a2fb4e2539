package io.millrace.storage.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import io.millrace.storage.disk.NioDisk;
import io.millrace.storage.observer.SampleBatches;
import io.millrace.storage.observer.SideSection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Random writes, cuts, reopenings, damage to the index and look-ups, against {@link SegmentModel}. */
class SegmentPropertyTest {

    private static final long BASE = 1000;

    private final Disk disk = new NioDisk();

    @Property(tries = 40)
    void answersAsAListOfBatchesWould(@ForAll long seed) throws IOException {
        Path folder = Files.createTempDirectory("segment");
        try {
            new Run(folder, new Random(seed)).run();
        } finally {
            remove(folder);
        }
    }

    private final class Run {
        final Path folder;
        final Random random;
        final SegmentModel model = new SegmentModel(BASE);
        final int interval;
        int epoch;
        ActiveSegment segment;

        Run(Path folder, Random random) throws DiskException {
            this.folder = folder;
            this.random = random;
            this.interval = random.nextInt(3) * 700 + 100;
            this.segment = ActiveSegment.create(disk, folder, BASE, interval);
        }

        void run() throws IOException {
            for (int step = 0; step < 30; step++) {
                switch (random.nextInt(8)) {
                    case 0, 1, 2, 3 -> append();
                    case 4 -> truncate();
                    case 5 -> reopen();
                    case 6 -> damageIndex();
                    default -> lookUp();
                }
                checkOutcome(segment.outcome());
            }
            lookUp();
            sealAndCheck();
        }

        void append() throws DiskException {
            epoch += random.nextInt(4) == 0 ? 1 : 0;
            List<ByteBuffer> slices = new ArrayList<>();
            for (int i = random.nextInt(3); i >= 0; i--) {
                int from = model.batches.size();
                for (int n = random.nextInt(8); n >= 0; n--) {
                    model.batches.add(model.next(random, epoch));
                }
                slices.add(SampleBatches.joined(model.batches.subList(from, model.batches.size()).stream()
                        .map(SegmentModel.Batch::bytes)
                        .toList()));
            }
            checkOutcome(segment.append(slices.toArray(ByteBuffer[]::new)));
        }

        void truncate() throws DiskException {
            long end = Math.max(BASE, model.endOffset() - random.nextInt(30));
            model.truncateTo(end);
            epoch++;
            checkOutcome(segment.truncateTo(end));
        }

        void reopen() throws DiskException {
            WriteOutcome before = segment.outcome();
            segment.close();
            if (random.nextInt(4) == 0) {
                disk.delete(SegmentNames.index(folder, BASE));
            }
            segment = ActiveSegment.open(disk, folder, BASE, before.lengthBytes(), interval);
            assertThat(segment.outcome().digest()).isEqualTo(before.digest());
        }

        /** As a crash may leave it: cut, or with a piece of an older version of itself. */
        void damageIndex() throws IOException {
            Path index = SegmentNames.index(folder, BASE);
            byte[] bytes = Files.readAllBytes(index);
            if (bytes.length == 0) {
                return;
            }
            if (random.nextBoolean()) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            } else {
                int entry = random.nextInt(bytes.length / IndexEntry.BYTES) * IndexEntry.BYTES;
                IndexEntry stale = new IndexEntry();
                stale.offsetDelta = 1 + random.nextInt(100);
                stale.filePosition = 1 + random.nextInt(5000);
                stale.leaderEpoch = random.nextInt(4);
                stale.maxTimestampBeforeMs = random.nextInt(3000);
                stale.write(ByteBuffer.wrap(bytes), entry);
            }
            Files.write(index, bytes);
            lookUp();
        }

        void lookUp() throws DiskException {
            List<String> closed = new ArrayList<>();
            OpenSegment open = OpenSegment.open(disk, folder, BASE, file -> {
                closed.add(String.valueOf(file.path().getFileName()));
                closeQuietly(file);
            });
            WriteOutcome at = segment.outcome();
            compare(open, at.lengthBytes(), at.indexEntries());
            open.release();
            assertThat(closed).hasSize(2);
        }

        void compare(OpenSegment open, long lengthBytes, int indexEntries) throws DiskException {
            for (int i = 0; i < 15; i++) {
                long offset = BASE + random.nextInt((int) (model.endOffset() - BASE) + 2);
                long end = random.nextBoolean() ? model.endOffset() : offset + random.nextInt(40);
                int max = random.nextInt(4) == 0 ? 100_000 : random.nextInt(3000);
                boolean whole = random.nextBoolean();
                LocatedRange actual = open.locate(offset, end, max, whole, lengthBytes, indexEntries);
                LocatedRange expected = model.locate(offset, end, max, whole);
                assertThat(actual.filePosition()).isEqualTo(expected.filePosition());
                assertThat(actual.sizeBytes()).isEqualTo(expected.sizeBytes());
                assertThat(actual.baseOffset()).isEqualTo(expected.baseOffset());
                if (actual.sizeBytes() > 0) {
                    LocatedRange next = model.locate(actual.endOffset(), model.endOffset(), Integer.MAX_VALUE, true);
                    assertThat(next.filePosition()).isEqualTo(actual.filePosition() + actual.sizeBytes());
                }
                long time = random.nextInt(2100);
                assertThat(open.findByTime(time, offset, end, lengthBytes, indexEntries))
                        .isEqualTo(model.findByTime(time, offset, end));
                assertThat(open.findMaxTimestamp(offset, end, lengthBytes, indexEntries))
                        .isEqualTo(model.findMaxTimestamp(offset, end));
            }
        }

        void sealAndCheck() throws IOException {
            SideSection unknown = new SideSection(99, 7, ByteBuffer.wrap(new byte[] {1, 2, 3}));
            SideFile.Header header = segment.seal(disk, List.of(unknown));
            segment.close();
            assertThat(header.endOffset()).isEqualTo(model.endOffset());
            assertThat(header.maxTimestampMs()).isEqualTo(model.maxTimestampMs());
            assertThat(Files.exists(SegmentNames.index(folder, BASE))).isFalse();
            OpenSegment open = OpenSegment.open(disk, folder, BASE, SegmentPropertyTest::closeQuietly);
            compare(open, header.logBytes(), -1);
            open.release();
        }

        void checkOutcome(WriteOutcome outcome) {
            assertThat(outcome.endOffset()).isEqualTo(model.endOffset());
            assertThat(outcome.lengthBytes()).isEqualTo(model.lengthBytes());
            assertThat(outcome.maxTimestampMs()).isEqualTo(model.maxTimestampMs());
            try {
                assertThat(ByteBuffer.wrap(Files.readAllBytes(SegmentNames.log(folder, BASE))))
                        .isEqualTo(model.allBytes());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    private static void closeQuietly(DiskFile file) {
        try {
            file.close();
        } catch (DiskException e) {
            throw new AssertionError(e);
        }
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
