package io.millrace.replication.metadatalog;

import io.millrace.protocol.Message;
import io.millrace.replication.metadata.MetadataFault;
import io.millrace.replication.metadata.MetadataImage;
import io.millrace.replication.metadata.MetadataReplay;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a start finds in the folder of a local metadata log: the newest snapshot, the log behind it, and what is left over
 * from an interrupted change. Immutable; reading changes nothing on disk, so that it can be repeated after a crash.
 *
 * @param snapshotRecords null without a snapshot
 * @param snapshotEndOffset 0 without a snapshot
 * @param batches committed after the snapshot, in order
 * @param endOffset of the last batch, else of the snapshot
 * @param activeName the log to append to; null when one must be created at {@code endOffset}
 * @param lastCrc of the last frame, to chain the next one to
 * @param logBytes intact bytes of the active log
 * @param tornBytes behind them, to be cut
 * @param snapshotBytes size of the snapshot file
 * @param staleNames to be removed
 */
record LocalLogRecovery(
        @Nullable List<Message> snapshotRecords,
        long snapshotEndOffset,
        List<MetadataBatch> batches,
        long endOffset,
        @Nullable String activeName,
        int lastCrc,
        long logBytes,
        long tornBytes,
        long snapshotBytes,
        List<String> staleNames) {

    /** A checked snapshot. */
    private record Snapshot(@Nullable List<Message> records, long endOffset, int previousCrc, long sizeBytes) {
        static final Snapshot NONE = new Snapshot(null, 0, 0, 0);
    }

    static LocalLogRecovery read(Disk disk, Path directory) throws DiskException, MetadataLogException {
        List<String> logs = new ArrayList<>();
        List<String> snapshots = new ArrayList<>();
        List<String> stale = new ArrayList<>();
        for (String name : disk.list(directory)) {
            if (LocalLogFiles.offset(name) < 0) {
                continue;
            }
            if (name.endsWith(LocalLogFiles.TEMPORARY)) {
                stale.add(name);
            } else if (name.endsWith(LocalLogFiles.SNAPSHOT)) {
                snapshots.add(name);
            } else if (name.endsWith(LocalLogFiles.LOG)) {
                logs.add(name);
            }
        }
        Snapshot snapshot = Snapshot.NONE;
        if (!snapshots.isEmpty()) {
            String newest = snapshots.removeLast();
            snapshot = snapshot(FrameFile.read(disk, directory.resolve(newest)), LocalLogFiles.offset(newest));
            stale.addAll(snapshots);
        }
        FrameFile log = null;
        while (log == null && !logs.isEmpty()) {
            String newest = logs.removeLast();
            FrameFile file = FrameFile.read(disk, directory.resolve(newest));
            if (file.frames().isEmpty() && file.lengthBytes() <= Frame.HEADER_BYTES) {
                // Its creation was interrupted; records are only written once its first frame is durable.
                stale.add(newest);
            } else {
                log = file;
            }
        }
        stale.addAll(logs);
        return log == null ? withoutLog(snapshot, stale) : withLog(snapshot, log, stale);
    }

    private static LocalLogRecovery withoutLog(Snapshot snapshot, List<String> stale) {
        return new LocalLogRecovery(
                snapshot.records(),
                snapshot.endOffset(),
                List.of(),
                snapshot.endOffset(),
                null,
                snapshot.previousCrc(),
                0,
                0,
                snapshot.sizeBytes(),
                List.copyOf(stale));
    }

    private static LocalLogRecovery withLog(Snapshot snapshot, FrameFile log, List<String> stale)
            throws MetadataLogException {
        String name = String.valueOf(log.path().getFileName());
        long endOffset = start(snapshot, log, LocalLogFiles.offset(name));
        List<MetadataBatch> batches = new ArrayList<>();
        for (Frame frame : log.frames().subList(1, log.frames().size())) {
            if (frame.kind() != Frame.Kind.RECORDS || frame.baseOffset() != endOffset || frame.recordCount() < 1) {
                throw FrameFile.damaged(
                        log.path(),
                        frame.position(),
                        "records from offset " + endOffset,
                        frame.recordCount() + " " + frame.kind() + " from offset " + frame.baseOffset());
            }
            endOffset += frame.recordCount();
            if (frame.baseOffset() >= snapshot.endOffset()) {
                String place = log.path() + " byte " + frame.position();
                batches.add(new MetadataBatch(
                        frame.baseOffset(), RecordCodec.decode(frame.body(), frame.recordCount(), place)));
            }
        }
        if (endOffset < snapshot.endOffset()) {
            throw FrameFile.damaged(
                    log.path(),
                    log.intactBytes(),
                    "records up to offset " + snapshot.endOffset() + ", where the snapshot stands",
                    "an end at " + endOffset);
        }
        return new LocalLogRecovery(
                snapshot.records(),
                snapshot.endOffset(),
                List.copyOf(batches),
                endOffset,
                name,
                log.frames().getLast().crc(),
                log.intactBytes(),
                log.lengthBytes() - log.intactBytes(),
                snapshot.sizeBytes(),
                List.copyOf(stale));
    }

    private static long start(Snapshot snapshot, FrameFile log, long expectedBaseOffset) throws MetadataLogException {
        if (log.frames().isEmpty()) {
            throw FrameFile.damaged(log.path(), 0, "the first frame of a log", "something else");
        }
        Frame start = log.frames().getFirst();
        boolean chained = start.baseOffset() != snapshot.endOffset() || start.previousCrc() == snapshot.previousCrc();
        if (start.kind() != Frame.Kind.LOG_START || start.baseOffset() != expectedBaseOffset || !chained) {
            throw FrameFile.damaged(
                    log.path(),
                    0,
                    "the start of the log from offset " + expectedBaseOffset,
                    start.kind() + " from offset " + start.baseOffset());
        }
        if (start.baseOffset() > snapshot.endOffset()) {
            throw FrameFile.damaged(
                    log.path(),
                    0,
                    "a snapshot up to offset " + start.baseOffset() + " beside it",
                    "one up to " + snapshot.endOffset());
        }
        return start.baseOffset();
    }

    private static Snapshot snapshot(FrameFile file, long expectedEndOffset) throws MetadataLogException {
        List<Frame> frames = file.frames();
        boolean framed = !file.torn()
                && frames.size() >= 2
                && frames.getFirst().kind() == Frame.Kind.SNAPSHOT_START
                && frames.getLast().kind() == Frame.Kind.SNAPSHOT_END
                && frames.getFirst().baseOffset() == expectedEndOffset;
        if (!framed) {
            throw FrameFile.damaged(
                    file.path(),
                    file.intactBytes(),
                    "a whole snapshot at offset " + expectedEndOffset,
                    "a part of one");
        }
        List<Message> records = new ArrayList<>();
        for (Frame frame : frames.subList(1, frames.size() - 1)) {
            String place = file.path() + " byte " + frame.position();
            records.addAll(RecordCodec.decode(frame.body(), frame.recordCount(), place));
        }
        long digest = frames.getLast().body().getLong(0);
        long found = digest(file, records);
        if (digest != found || frames.getLast().recordCount() != records.size()) {
            throw FrameFile.damaged(
                    file.path(),
                    frames.getLast().position(),
                    "records that lead to a state of digest " + Long.toHexString(digest),
                    Long.toHexString(found));
        }
        return new Snapshot(records, expectedEndOffset, frames.getFirst().previousCrc(), file.lengthBytes());
    }

    private static long digest(FrameFile file, List<Message> records) throws MetadataLogException {
        try {
            return MetadataReplay.replay(MetadataImage.EMPTY, records).digest();
        } catch (MetadataFault e) {
            throw new MetadataLogException(
                    MetadataLogException.Kind.CORRUPT,
                    "the records of " + file.path() + " contradict each other: " + e.getMessage(),
                    e);
        }
    }
}
