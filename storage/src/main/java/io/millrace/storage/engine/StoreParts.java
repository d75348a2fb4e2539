package io.millrace.storage.engine;

import io.millrace.runtime.EventLoop;
import io.millrace.runtime.Randomness;
import io.millrace.storage.checkpoint.CheckpointLog;
import io.millrace.storage.disk.DiskLane;
import io.millrace.storage.disk.FailStopDisk;
import io.millrace.storage.journal.Journal;
import io.millrace.storage.journal.JournalFile;
import io.millrace.storage.tail.TailMemory;
import java.nio.file.Path;
import java.util.List;

/**
 * What a {@link LogStore} is made of; see {@link LogDirectory#store}.
 *
 * @param journalFiles prepared; the store owns them, and the checkpoint
 * @param nextLogId above the number of every recovered log
 */
record StoreParts(
        FailStopDisk disk,
        Path directory,
        Path journalFolder,
        StorageConfig config,
        TailMemory memory,
        int shard,
        long journalId,
        List<JournalFile> journalFiles,
        CheckpointLog checkpoint,
        int nextLogId,
        ReserveFile reserve,
        Randomness randomness) {

    Journal journal(EventLoop loop, DiskLane lane, DiskLane growthLane, Journal.Events events) {
        return new Journal(
                config.journal(),
                journalId,
                loop,
                lane,
                growthLane,
                journalFiles,
                1,
                slot -> JournalFile.prepare(
                        disk, journalFolder, shard, slot, config.journal().fileBytes(slot)),
                events);
    }

    SpaceProbe spaceProbe() {
        return new SpaceProbe(disk, directory);
    }

    SpaceGuard spaceGuard(
            EventLoop loop, DiskLane lane, WriteBehind writeBehind, Journal journal, SpaceGuard.Changed changed) {
        return new SpaceGuard(
                loop,
                lane,
                spaceProbe(),
                directory,
                config.reserveBytes(),
                () -> writeBehind.unwrittenBytes() + journal.enlargementBytes(),
                changed,
                writeBehind::resume);
    }

    SegmentWriters segmentWriters(EventLoop loop) {
        return new SegmentWriters(disk, directory, config, new StateReplay(disk, config.producers(), loop.clock()));
    }
}
