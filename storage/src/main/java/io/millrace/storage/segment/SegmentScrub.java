package io.millrace.storage.segment;

import io.millrace.protocol.record.RecordBatchView;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import io.millrace.storage.observer.SideSection;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks at every byte of one sealed segment and of its {@code .side} file, in steps, and makes that file again when it is missing
 * or wrong. Owned by one pool job at a time.
 *
 * <p>A new {@code .side} file is left complete and synced under a name that only scrubbing uses: {@link #place} gives it its own,
 * as a piece of the log's file work, because a compaction may have put another segment in the place of this one meanwhile. Until
 * then nobody may scrub the same segment again.
 */
public final class SegmentScrub {

    /** What a step came to. */
    public enum State {
        MORE,
        SOUND,
        /** What the segment below left its observers with is not known: its own {@code .side} file has to be made first. */
        BELOW_FIRST,
        /** A new {@code .side} file waits for {@link #place}. */
        SIDE_MADE
    }

    /** Where the observers begin. Called by the job at hand. */
    public interface Below {

        /** Whether {@link #carry} has no other segment to read. */
        boolean isKnown() throws DiskException;

        /** What they knew at the segment's begin. */
        Carried carry() throws DiskException;
    }

    /** The observers, carried through the segment. */
    public interface Carried {
        void add(RecordBatchView batch);

        /** With what segments above tell of it. */
        List<SideSection> sections() throws DiskException;
    }

    private final Disk disk;
    private final Path folder;
    private final Path path;
    private final long baseOffset;
    private final long endOffset;
    private final long lengthBytes;
    private final Below below;
    private final boolean belowFirst;
    private final IndexBuilder builder;
    private @Nullable DiskFile log;
    private @Nullable SegmentScan scan;
    private SideFile.@Nullable Header side;
    private @Nullable DiskFile newIndex;
    private @Nullable Carried carried;
    private int newEntries;
    private long readBytes;

    /**
     * @param endOffset of the segment; its last batch may end below it in a compacted log
     * @param lengthBytes that it has to have
     * @param belowFirst whether a new file is to be made only from what {@link Below#isKnown}
     */
    public SegmentScrub(
            Disk disk,
            Segment segment,
            long endOffset,
            long lengthBytes,
            int indexIntervalBytes,
            Below below,
            boolean belowFirst) {
        this.disk = disk;
        this.folder = segment.directory();
        this.baseOffset = segment.baseOffset();
        this.path = SegmentNames.log(folder, baseOffset);
        this.endOffset = endOffset;
        this.lengthBytes = lengthBytes;
        this.below = below;
        this.belowFirst = belowFirst;
        this.builder = new IndexBuilder(baseOffset, indexIntervalBytes);
    }

    /** Bytes of the {@code .log} looked at so far. */
    public long readBytes() {
        return readBytes;
    }

    /**
     * Goes on for about that many bytes.
     *
     * @throws DiskException with a {@link SegmentDamagedException} as cause when the log is damaged
     */
    public State step(int budgetBytes) throws DiskException {
        SegmentScan running = scan == null ? begin() : scan;
        if (running == null) {
            return State.BELOW_FIRST;
        }
        long until = running.outcome().endPosition() + budgetBytes;
        while (running.outcome().endPosition() < until) {
            RecordBatchView batch = running.next();
            readBytes = running.outcome().endPosition();
            if (batch == null) {
                return ended(running.outcome());
            }
            builder.add(batch);
            if (carried != null) {
                carried.add(batch);
            }
        }
        keepEntries();
        return State.MORE;
    }

    private @Nullable SegmentScan begin() throws DiskException {
        DiskFile file = disk.open(path);
        log = file;
        long found = file.length();
        if (found < lengthBytes) {
            throw SegmentDamagedException.at(
                    path, found, "the file ends there, " + lengthBytes + " bytes were written and synced");
        }
        SideFile known = SideFile.read(disk, folder, baseOffset);
        boolean sound = known != null
                && known.damagedSections(disk).isEmpty()
                && known.header().endOffset() == endOffset
                && known.header().logBytes() >= lengthBytes;
        if (known != null && sound) {
            side = known.header();
        } else {
            if (belowFirst && !below.isKnown()) {
                return null;
            }
            carried = below.carry();
            Path entries = SegmentNames.scrub(SegmentNames.index(folder, baseOffset));
            SegmentFiles.deleteIfThere(disk, entries);
            newIndex = disk.create(entries);
        }
        SegmentScan begun = SegmentScan.from(file, 0, lengthBytes, baseOffset);
        scan = begun;
        return begun;
    }

    private void keepEntries() throws DiskException {
        DiskFile index = newIndex;
        if (index != null) {
            index.write((long) newEntries * IndexEntry.BYTES, builder.pending());
        }
        newEntries = builder.state().indexEntries();
        builder.pendingWritten();
    }

    private State ended(ScanOutcome outcome) throws DiskException {
        if (outcome.stop() != ScanOutcome.Stop.END) {
            throw damage(outcome);
        }
        keepEntries();
        IndexBuilder.State end = builder.state();
        SideFile.Header sealed = side;
        if (sealed == null) {
            makeSide(end);
            return State.SIDE_MADE;
        }
        if (sealed.logBytes() != end.lengthBytes() || sealed.digest() != end.digest()) {
            throw SegmentDamagedException.at(
                    path,
                    Math.min(sealed.logBytes(), end.lengthBytes()),
                    "was sealed with " + sealed.logBytes() + " bytes and digest " + sealed.digest() + ", has "
                            + end.lengthBytes() + " and " + end.digest());
        }
        return State.SOUND;
    }

    private DiskException damage(ScanOutcome outcome) throws DiskException {
        OpenSegment open = OpenSegment.open(disk, folder, baseOffset, SegmentScrub::closeQuietly);
        try {
            return open.damageAt(outcome.endPosition(), outcome.endOffset(), lengthBytes, 0, outcome.message());
        } finally {
            open.release();
        }
    }

    private void makeSide(IndexBuilder.State end) throws DiskException {
        DiskFile index = newIndex;
        Carried observers = carried;
        if (index == null || observers == null) {
            throw new IllegalStateException("no index was made of " + path);
        }
        SideFile.Header header =
                new SideFile.Header(baseOffset, endOffset, end.lengthBytes(), end.maxTimestampMs(), end.digest());
        SideFile.writeTo(
                disk,
                SegmentNames.scrub(SegmentNames.side(folder, baseOffset)),
                header,
                new SideFile.IndexSource(index, 0, end.indexEntries()),
                sections(observers));
    }

    /** The old file's where they are sound: they may know of what retention or compaction took. */
    private List<SideSection> sections(Carried observers) throws DiskException {
        SideFile old = SideFile.read(disk, folder, baseOffset);
        List<SideSection> kept = old == null || old.header().endOffset() != endOffset ? null : old.sections(disk);
        return kept == null ? observers.sections() : kept;
    }

    /**
     * Gives a {@code .side} file that was made its name; on the lane of the log's file work. Does nothing when it is gone: it can
     * be made again.
     */
    public static void place(Disk disk, Path folder, long baseOffset) throws DiskException {
        Path side = SegmentNames.side(folder, baseOffset);
        try {
            disk.rename(SegmentNames.scrub(side), side);
        } catch (DiskException e) {
            if (e.kind() == DiskException.Kind.NOT_FOUND) {
                return;
            }
            throw e;
        }
        disk.syncDirectory(folder);
    }

    /** Removes a {@code .side} file that was made and is not wanted any more. */
    public static void discard(Disk disk, Path folder, long baseOffset) throws DiskException {
        SegmentFiles.deleteIfThere(disk, SegmentNames.scrub(SegmentNames.side(folder, baseOffset)));
    }

    /** Closes the files, and removes what is not needed any more. */
    public void close() throws DiskException {
        DiskFile file = log;
        log = null;
        if (file != null) {
            file.close();
        }
        DiskFile index = newIndex;
        newIndex = null;
        if (index != null) {
            index.close();
            SegmentFiles.deleteIfThere(disk, index.path());
        }
    }

    private static void closeQuietly(DiskFile file) {
        try {
            file.close();
        } catch (DiskException e) {
            // Only read from: nothing can be lost by a close that fails.
            return;
        }
    }
}
