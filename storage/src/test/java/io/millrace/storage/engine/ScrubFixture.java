package io.millrace.storage.engine;

import io.millrace.storage.LogConfig;
import io.millrace.storage.PartitionLog;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import io.millrace.storage.scrub.ScrubSlot;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A folder with logs of small segments, and the store on it one life after the other. Owned by its test. */
final class ScrubFixture {

    static final Path FOLDER = Path.of("dir");
    /** Of the log that most tests write. */
    static final Path LOG = FOLDER.resolve("t-0");

    static final int SEGMENT_BYTES = 100_000;
    static final String FILLER = "f".repeat(10_000);

    final FaultDisk disk = new FaultDisk(1);
    final HookedDisk hooked = new HookedDisk(disk);

    StoreFixture open(ScrubSlot slot) throws Exception {
        disk.createDirectories(FOLDER);
        return StoreFixture.open(
                hooked, FOLDER, StorageConfig.SMALL.withReserveBytes(0).withScrub(slot));
    }

    /** A new log with so many batches: seven to a leader epoch, about ten to a segment. */
    static PartitionLog write(StoreFixture fixture, String topic, int batches) {
        PartitionLog log = fixture.store.create(
                StoreFixture.identity(topic, 0), LogConfig.DEFAULT.withSegmentBytes(SEGMENT_BYTES));
        for (int i = 0; i < batches; i++) {
            StoreFixture.append(log, i / 7, i + FILLER);
            fixture.settle();
        }
        return log;
    }

    /** Lets time pass in steps, as timers are short. */
    static void pass(StoreFixture fixture, long ms) {
        for (long passed = 0; passed < ms; passed += 1_000) {
            fixture.loop.advanceMs(1_000);
            fixture.settle();
        }
    }

    /** Those of {@link #LOG} whose names end like this, in order. */
    List<Path> files(String suffix) throws DiskException {
        List<Path> files = new ArrayList<>();
        for (String name : disk.list(LOG)) {
            if (name.endsWith(suffix)) {
                files.add(LOG.resolve(name));
            }
        }
        return files;
    }

    byte[] bytes(Path path) throws DiskException {
        try (DiskFile file = ((Disk) disk).open(path)) {
            ByteBuffer all = ByteBuffer.allocate((int) file.length());
            file.read(0, all);
            return all.array();
        }
    }
}
