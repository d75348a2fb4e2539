package io.millrace.replication.metadatalog;

import static io.millrace.replication.fixture.Expect.present;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.Message;
import io.millrace.protocol.Uuid;
import io.millrace.replication.fixture.ManualLane;
import io.millrace.replication.fixture.ManualLoop;
import io.millrace.replication.fixture.MemoryDisk;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.MetadataReplay;
import io.millrace.replication.record.FormatRecord;
import io.millrace.replication.record.ProducerIdsRecord;
import io.millrace.replication.record.TopicRecord;
import io.millrace.storage.disk.DiskException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LocalMetadataLogTest {

    private static final Path DIRECTORY = Path.of("/data/metadata");

    /** A log on a disk, with everything it told. */
    private static final class Told implements MetadataLog.Listener {
        final ManualLoop loop = new ManualLoop();
        final LocalMetadataLog log;
        MetadataImage image = MetadataImage.EMPTY;
        final List<Long> digests = new ArrayList<>();
        int term;

        @Nullable
        MetadataLogException failure;

        @Nullable
        MetadataLogException refusal;

        Told(MemoryDisk disk, long snapshotAfterBytes) {
            log = new LocalMetadataLog(
                    loop, disk, new ManualLane(loop), DIRECTORY, new LocalMetadataLogConfig(snapshotAfterBytes));
            log.start(this);
            loop.run();
        }

        @Override
        public void restored(List<Message> snapshotRecords, long endOffset) {
            image = MetadataReplay.restored(MetadataReplay.replay(MetadataImage.EMPTY, snapshotRecords), endOffset);
        }

        @Override
        public void committed(MetadataBatch batch) {
            assertThat(batch.baseOffset()).isEqualTo(image.endOffset());
            image = MetadataReplay.replay(image, batch.records());
            digests.add(image.digest());
        }

        @Override
        public void leading(int term) {
            this.term = term;
        }

        @Override
        public void resigned() {
            throw new IllegalStateException("one process does not resign");
        }

        @Override
        public void appendRefused(MetadataLogException reason) {
            refusal = reason;
        }

        @Override
        public void failed(MetadataLogException reason) {
            failure = reason;
        }

        void append(List<Message> records) {
            log.append(term, image.endOffset(), records);
            loop.run();
        }
    }

    private static List<Message> batch(int i) {
        if (i == 0) {
            return List.of(new FormatRecord().clusterId("cluster").metadataFormat((short) 1));
        }
        return List.of(
                new TopicRecord().name("topic-" + i).topicId(new Uuid(i, i)),
                new ProducerIdsRecord().nextProducerId(i * 1_000L));
    }

    private static MemoryDisk written(int batches) {
        MemoryDisk disk = new MemoryDisk();
        Told told = new Told(disk, 1 << 20);
        for (int i = 0; i < batches; i++) {
            told.append(batch(i));
        }
        return disk;
    }

    private static Path logFile(long baseOffset) {
        return DIRECTORY.resolve(LocalLogFiles.name(baseOffset, LocalLogFiles.LOG));
    }

    @Test
    void givesBackWhatWasAppended() {
        MemoryDisk disk = new MemoryDisk();
        Told first = new Told(disk, 1 << 20);
        assertThat(first.term).isEqualTo(1);
        for (int i = 0; i < 5; i++) {
            first.append(batch(i));
        }
        Told second = new Told(disk.copy(), 1 << 20);
        assertThat(second.image.endOffset()).isEqualTo(9);
        assertThat(second.digests).isEqualTo(first.digests);
    }

    @Test
    void aTailCutAtEveryLengthLeavesAWholePrefixAndGoesOn() {
        MemoryDisk disk = written(6);
        byte[] whole = disk.bytes(logFile(0));
        int lastCount = -1;
        for (int length = Frame.HEADER_BYTES; length <= whole.length; length++) {
            MemoryDisk cut = disk.copy();
            cut.put(logFile(0), Arrays.copyOf(whole, length));
            Told told = new Told(cut, 1 << 20);
            assertThat(told.failure).as("cut at %s", length).isNull();
            int count = told.digests.size();
            assertThat(count).isGreaterThanOrEqualTo(Math.max(lastCount, 0));
            assertThat(told.image.topicCount()).isEqualTo(Math.max(0, count - 1));
            lastCount = count;
            told.append(batch(count));
            assertThat(new Told(cut, 1 << 20).digests).hasSize(count + 1);
        }
        assertThat(lastCount).isEqualTo(6);
    }

    @Test
    void aFlippedBitBeforeTheLastFrameIsRefusedAndNothingIsChanged() {
        MemoryDisk disk = written(4);
        byte[] whole = disk.bytes(logFile(0));
        int lastFrame = lastFrame(whole);
        for (int position = 0; position < lastFrame; position++) {
            MemoryDisk flipped = disk.copy();
            byte[] bytes = whole.clone();
            bytes[position] ^= 0x10;
            flipped.put(logFile(0), bytes);
            Told told = new Told(flipped, 1 << 20);
            assertThat(present(told.failure).kind()).isEqualTo(MetadataLogException.Kind.CORRUPT);
            assertThat(present(told.failure).getMessage()).contains(logFile(0).toString(), "expected", "found");
            assertThat(flipped.bytes(logFile(0))).isEqualTo(bytes);
        }
    }

    @Test
    void aFlippedBitInTheLastFrameCutsThatFrame() {
        MemoryDisk disk = written(4);
        byte[] whole = disk.bytes(logFile(0));
        for (int position = lastFrame(whole); position < whole.length; position++) {
            MemoryDisk flipped = disk.copy();
            byte[] bytes = whole.clone();
            bytes[position] ^= 0x10;
            flipped.put(logFile(0), bytes);
            assertThat(new Told(flipped, 1 << 20).digests)
                    .as("flipped at %s", position)
                    .hasSize(3);
        }
    }

    private static int lastFrame(byte[] whole) {
        int position = 0;
        int last = 0;
        ByteBuffer bytes = ByteBuffer.wrap(whole);
        while (position < whole.length) {
            last = position;
            position += Frame.HEADER_BYTES + bytes.getInt(position + 8);
        }
        return last;
    }

    @Test
    void aProcessKilledBeforeAnyDiskOperationLosesNothingThatWasCommitted() {
        int operations = runWithSnapshots(new MemoryDisk()).disk.operations();
        assertThat(operations).isGreaterThan(50);
        for (int stop = 0; stop < operations; stop++) {
            MemoryDisk disk = new MemoryDisk();
            disk.stopBefore(stop);
            Run run = runWithSnapshots(disk);
            MemoryDisk left = disk.copy();
            Told again = new Told(left, 200);
            assertThat(again.failure).as("stopped before operation %s", stop).isNull();
            assertThat(again.image.endOffset()).isGreaterThanOrEqualTo(run.committedEnd);
            assertThat(run.digestAt(again.image.endOffset())).isEqualTo(again.image.digest());
            Told twice = new Told(left.copy(), 200);
            assertThat(twice.image.digest()).isEqualTo(again.image.digest());
            again.append(batch((int) (again.image.endOffset() + 1) / 2));
            assertThat(again.failure).isNull();
        }
    }

    private record Run(MemoryDisk disk, long committedEnd) {
        long digestAt(long endOffset) {
            MetadataImage image = MetadataImage.EMPTY;
            for (int i = 0; image.endOffset() < endOffset; i++) {
                image = MetadataReplay.replay(image, batch(i));
            }
            return image.digest();
        }
    }

    private static Run runWithSnapshots(MemoryDisk disk) {
        Told told = new Told(disk, 200);
        for (int i = 0; i < 12 && told.failure == null; i++) {
            told.append(batch(i));
            if (told.failure == null && told.log.snapshotDue()) {
                told.log.snapshot(told.image);
                told.loop.run();
            }
        }
        return new Run(disk, told.image.endOffset());
    }

    @Test
    void aSnapshotReplacesTheRecordsBelowIt() {
        MemoryDisk disk = new MemoryDisk();
        runWithSnapshots(disk);
        long files =
                disk.paths().stream().filter(each -> each.startsWith(DIRECTORY)).count();
        assertThat(files).isEqualTo(2);
        Told again = new Told(disk.copy(), 1 << 20);
        assertThat(again.image.topicCount()).isEqualTo(11);
        assertThat(again.digests).hasSizeLessThan(12);
    }

    @Test
    void aDamagedSnapshotIsRefused() {
        MemoryDisk disk = new MemoryDisk();
        runWithSnapshots(disk);
        Path snapshot = disk.paths().stream()
                .filter(each -> each.toString().endsWith(LocalLogFiles.SNAPSHOT))
                .findFirst()
                .orElseThrow();
        byte[] whole = disk.bytes(snapshot);
        for (int position = 0; position < whole.length; position += 7) {
            MemoryDisk flipped = disk.copy();
            byte[] bytes = whole.clone();
            bytes[position] ^= 0x01;
            flipped.put(snapshot, bytes);
            Told told = new Told(flipped, 1 << 20);
            assertThat(present(told.failure).kind()).isEqualTo(MetadataLogException.Kind.CORRUPT);
        }
    }

    @Test
    void aFullDiskRefusesTheAppendAndLeavesNoTrace() {
        MemoryDisk disk = new MemoryDisk();
        Told told = new Told(disk, 1 << 20);
        told.append(batch(0));
        disk.failOnce("write", DiskException.Kind.FULL);
        told.append(batch(1));
        assertThat(present(told.refusal).kind()).isEqualTo(MetadataLogException.Kind.FULL);
        assertThat(told.failure).isNull();
        assertThat(new Told(disk.copy(), 1 << 20).image.topic("topic-1")).isNull();
        told.append(batch(2));
        Told again = new Told(disk.copy(), 1 << 20);
        assertThat(again.image.topic("topic-1")).isNull();
        assertThat(again.image.topic("topic-2")).isNotNull();
    }

    @Test
    void aFailedSyncIsNeverRetried() {
        MemoryDisk disk = new MemoryDisk();
        Told told = new Told(disk, 1 << 20);
        told.append(batch(0));
        disk.failOnce("sync", DiskException.Kind.FAILED);
        told.append(batch(1));
        assertThat(told.failure).isNotNull();
        int operations = disk.operations();
        told.append(batch(2));
        assertThat(disk.operations()).isEqualTo(operations);
        assertThat(told.image.endOffset()).isEqualTo(1);
    }

    @Test
    void aSyncThatAnswersNoSpaceIsAFailedSyncAndNoRefusal() {
        MemoryDisk disk = new MemoryDisk();
        Told told = new Told(disk, 1 << 20);
        told.append(batch(0));
        disk.failOnce("sync", DiskException.Kind.FULL);
        told.append(batch(1));
        // The frame is in the file: whoever was told that nothing happened would meet it at the next start.
        assertThat(told.refusal).isNull();
        assertThat(told.failure).isNotNull();
    }

    @Test
    void aLogWithoutTheSnapshotBelowItIsRefused() {
        MemoryDisk disk = new MemoryDisk();
        runWithSnapshots(disk);
        MemoryDisk lost = new MemoryDisk();
        disk.paths().stream()
                .filter(each -> each.toString().endsWith(LocalLogFiles.LOG))
                .forEach(each -> lost.put(each, disk.bytes(each)));
        Told told = new Told(lost, 1 << 20);
        assertThat(present(told.failure).getMessage()).contains("a snapshot up to offset");
    }
}
