package io.millrace.storage.segment;

import io.millrace.protocol.record.RecordBatchView;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks every byte of one segment's files: each batch, and that index and {@code .side} file say what the log says. Changes
 * nothing. One per segment, used once.
 */
public final class SegmentAudit {

    /** Told of each fault. */
    @FunctionalInterface
    public interface Faults {

        /**
         * Something is not as it was written.
         *
         * @param offset the log's end before it; -1 when it is at no offset
         */
        void fault(Path file, long filePosition, long offset, String what);
    }

    /** What the log itself holds. Immutable. */
    public record Found(long batches, long lengthBytes, long endOffset) {}

    private final Disk disk;
    private final Path folder;
    private final long baseOffset;
    private final Faults faults;
    private final IndexBuilder builder;
    private final IndexEntry entry = new IndexEntry();
    private int entriesSeen;
    private boolean logDamaged;

    public SegmentAudit(Disk disk, Path folder, long baseOffset, Faults faults) {
        this.disk = disk;
        this.folder = folder;
        this.baseOffset = baseOffset;
        this.faults = faults;
        this.builder = new IndexBuilder(baseOffset, Integer.MAX_VALUE);
    }

    /**
     * Checks the {@code .log}, then what is there of the other two.
     *
     * @param expectedOffset the end of the segment before; a base offset below it is a fault
     */
    public Found run(long expectedOffset) throws DiskException {
        Path log = SegmentNames.log(folder, baseOffset);
        if (baseOffset < expectedOffset) {
            faults.fault(log, 0, expectedOffset, "begins below the end of the segment before it");
        }
        Path index = SegmentNames.index(folder, baseOffset);
        Found found;
        try (DiskFile file = disk.open(log)) {
            if (disk.exists(index)) {
                try (DiskFile entries = disk.open(index)) {
                    found = walk(file, entries);
                }
            } else {
                found = walk(file, null);
            }
        }
        auditSide(found);
        return found;
    }

    private Found walk(DiskFile log, @Nullable DiskFile index) throws DiskException {
        long lengthBytes = log.length();
        int count = index == null ? 0 : (int) Math.min(index.length() / IndexEntry.BYTES, Integer.MAX_VALUE);
        SparseIndex entries = index == null ? null : new SparseIndex(index, 0, count);
        IndexWalk indexWalk = new IndexWalk(entries, index, count);
        ScanOutcome outcome = SegmentWalk.walk(log, lengthBytes, baseOffset, new SegmentWalk.Visitor() {
            @Override
            public void batch(RecordBatchView batch, long filePosition) {
                indexWalk.batch(batch, filePosition);
                if (!logDamaged) {
                    builder.add(batch);
                }
            }

            @Override
            public void damaged(long filePosition, long endOffset, long resumesAt, String message) {
                logDamaged = true;
                faults.fault(
                        log.path(),
                        filePosition,
                        endOffset,
                        message
                                + (resumesAt < 0
                                        ? "; the " + (lengthBytes - filePosition) + " bytes from here cannot be read"
                                        : "; the next good batch is at " + resumesAt));
            }
        });
        indexWalk.end();
        if (index != null && index.length() % IndexEntry.BYTES != 0) {
            faults.fault(index.path(), (long) count * IndexEntry.BYTES, -1, "ends within an entry");
        }
        return new Found(outcome.batches(), lengthBytes, outcome.endOffset());
    }

    /** Follows the entries beside the batches, in one pass over both. */
    private final class IndexWalk {

        private final @Nullable SparseIndex entries;
        private final @Nullable DiskFile file;
        private final int count;
        private int next;
        private boolean loaded;
        private @Nullable DiskException failure;

        IndexWalk(@Nullable SparseIndex entries, @Nullable DiskFile file, int count) {
            this.entries = entries;
            this.file = file;
            this.count = count;
        }

        void batch(RecordBatchView batch, long filePosition) {
            while (load() && entry.filePosition < filePosition) {
                fault("no batch begins at " + entry.filePosition);
                advance();
            }
            if (loaded && entry.filePosition == filePosition) {
                IndexBuilder.State before = builder.state();
                boolean sameBatch = baseOffset + entry.offsetDelta == batch.baseOffset()
                        && entry.leaderEpoch == batch.partitionLeaderEpoch();
                boolean samePrefix = logDamaged
                        || (entry.digestBefore == before.digest()
                                && entry.maxTimestampBeforeMs == before.maxTimestampMs()
                                && entry.maxTimestampOffsetDelta == before.maxTimestampOffsetDelta());
                if (!sameBatch || !samePrefix) {
                    fault("it does not say what the log says at " + filePosition);
                }
                advance();
            }
        }

        void end() throws DiskException {
            while (load()) {
                if (!logDamaged) {
                    fault("no batch begins at " + entry.filePosition);
                }
                advance();
            }
            if (failure != null) {
                throw failure;
            }
        }

        /** Whether there is an entry to look at, now in {@code entry}; those that do not parse are told and passed. */
        private boolean load() {
            while (!loaded && entries != null && next < count && failure == null) {
                try {
                    if (entries.read(next, entry)) {
                        loaded = true;
                    } else {
                        fault("the entry does not match its checksum");
                        next++;
                    }
                } catch (DiskException e) {
                    failure = e;
                }
            }
            return loaded;
        }

        private void advance() {
            loaded = false;
            next++;
            entriesSeen++;
        }

        private void fault(String what) {
            if (file != null) {
                faults.fault(file.path(), (long) next * IndexEntry.BYTES, -1, "index entry " + next + ": " + what);
            }
        }
    }

    private void auditSide(Found found) throws DiskException {
        Path path = SegmentNames.side(folder, baseOffset);
        if (!disk.exists(path)) {
            return;
        }
        SideFile side = SideFile.read(disk, folder, baseOffset);
        if (side == null) {
            faults.fault(path, 0, -1, "header or table does not match its checksum, or is of another version");
            return;
        }
        for (SideFile.Located row : side.damagedSections(disk)) {
            faults.fault(
                    path, row.filePosition(), -1, "section of type " + row.type() + " does not match its checksum");
        }
        SideFile.Header header = side.header();
        if (logDamaged) {
            return;
        }
        IndexBuilder.State state = builder.state();
        if (header.logBytes() != found.lengthBytes
                || header.endOffset() != found.endOffset
                || header.digest() != state.digest()
                || header.maxTimestampMs() != state.maxTimestampMs()) {
            faults.fault(
                    SegmentNames.log(folder, baseOffset),
                    Math.min(header.logBytes(), found.lengthBytes),
                    found.endOffset,
                    "was sealed with " + header.logBytes() + " bytes up to offset " + header.endOffset() + ", holds "
                            + found.lengthBytes + " up to " + found.endOffset
                            + (header.logBytes() == found.lengthBytes ? " with other content" : ""));
        }
    }

    /** Index entries that were compared with the log. */
    public int entriesSeen() {
        return entriesSeen;
    }

    /** The files of a segment, those that are there. */
    public List<Path> files() throws DiskException {
        List<Path> all = List.of(
                SegmentNames.log(folder, baseOffset),
                SegmentNames.index(folder, baseOffset),
                SegmentNames.side(folder, baseOffset));
        List<Path> there = new ArrayList<>();
        for (Path file : all) {
            if (disk.exists(file)) {
                there.add(file);
            }
        }
        return there;
    }
}
