package io.millrace.storage.segment;

import io.millrace.storage.FileSlice;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A segment open for reading: its {@code .log} and, where there is one, its index. Counted: {@link OpenSegments} and every
 * slice and job hold a reference each; the last one gives the files to the {@link SegmentCloser}. Bytes stay readable after
 * the segment's files are renamed or removed.
 *
 * <p>Opening and look-ups block and run in lane jobs, several at a time; they see the segment as of the length and index
 * entries that the caller captured on the log's loop.
 */
public final class OpenSegment {

    /** How far ahead of a read the system may have read from the device. */
    private static final long READ_AHEAD_BYTES = 4 << 20;

    /** What a reader may use of the segment, as its log knows it. Immutable. */
    public record Extent(long endOffset, long lengthBytes, int indexEntries) {}

    private final long baseOffset;
    private final DiskFile log;
    private final @Nullable DiskFile indexFile;
    private final long sideIndexPosition;
    private final int sideIndexEntries;
    private final SegmentCloser closer;
    private final AtomicInteger references = new AtomicInteger(1);
    /** The last range that did not come from the cache. A hint that several jobs may write. */
    private volatile @Nullable LocatedRange coldRead;

    private volatile boolean indexMisled;

    private OpenSegment(
            long baseOffset,
            DiskFile log,
            @Nullable DiskFile indexFile,
            SideFile.@Nullable Located index,
            SegmentCloser closer) {
        this.baseOffset = baseOffset;
        this.log = log;
        this.indexFile = indexFile;
        this.sideIndexPosition = index == null ? 0 : index.filePosition();
        this.sideIndexEntries = index == null ? -1 : index.sizeBytes() / IndexEntry.BYTES;
        this.closer = closer;
    }

    /**
     * Opens a segment; the caller owns one reference. A missing or damaged index is no fault: look-ups then walk the log.
     */
    public static OpenSegment open(Disk disk, Path directory, long baseOffset, SegmentCloser closer)
            throws DiskException {
        DiskFile log = disk.open(SegmentNames.log(directory, baseOffset));
        DiskFile index = null;
        try {
            Path side = SegmentNames.side(directory, baseOffset);
            if (disk.exists(side)) {
                index = disk.open(side);
                SideFile.Located located = SideFile.locateIndex(index, baseOffset);
                if (located != null) {
                    return new OpenSegment(baseOffset, log, index, located, closer);
                }
                closer.close(index);
                index = null;
            }
            Path entries = SegmentNames.index(directory, baseOffset);
            if (disk.exists(entries)) {
                index = disk.open(entries);
            }
            return new OpenSegment(baseOffset, log, index, null, closer);
        } catch (DiskException e) {
            closer.close(log);
            if (index != null) {
                closer.close(index);
            }
            throw e;
        }
    }

    public long baseOffset() {
        return baseOffset;
    }

    DiskFile log() {
        return log;
    }

    /** A slice of whole batches, holding its own reference. Any thread. */
    public FileSlice slice(long filePosition, int sizeBytes) {
        return new SegmentSlice(this, filePosition, sizeBytes);
    }

    /**
     * Finds whole batches from the one that holds {@code offset} on.
     *
     * @param endOffset no batch that ends above it
     * @param maxBytes bound on the size; the first batch may exceed it when {@code wholeFirstBatch}
     */
    public LocatedRange locate(
            long offset, long endOffset, int maxBytes, boolean wholeFirstBatch, long lengthBytes, int indexEntries)
            throws DiskException {
        SegmentLookup lookup = lookup(lengthBytes, indexEntries);
        LocatedRange range = lookup.locate(offset, endOffset, maxBytes, wholeFirstBatch);
        if (lookup.indexDamaged()) {
            indexMisled = true;
        }
        return range;
    }

    /** The first record at or after {@code timestampMs} in {@code [fromOffset, endOffset)}. */
    public TimestampMatch findByTime(
            long timestampMs, long fromOffset, long endOffset, long lengthBytes, int indexEntries)
            throws DiskException {
        return lookup(lengthBytes, indexEntries).findByTime(timestampMs, fromOffset, endOffset);
    }

    /** The first of the records with the largest timestamp from {@code fromOffset} on, in whole batches below {@code endOffset}. */
    public TimestampMatch findMaxTimestamp(long fromOffset, long endOffset, long lengthBytes, int indexEntries)
            throws DiskException {
        return lookup(lengthBytes, indexEntries).findMaxTimestamp(fromOffset, endOffset);
    }

    /** When the batch that holds {@code offset} was written; nothing found when the segment ends before. */
    public TimestampMatch findTimeOf(long offset, long lengthBytes, int indexEntries) throws DiskException {
        return lookup(lengthBytes, indexEntries).findTimeOf(offset);
    }

    /**
     * As {@link #locate}, for bytes that will be served: what comes from the device, and what follows that, is checked batch by
     * batch before. What lies in the system's cache was written by this process or checked when it came there, and is not
     * checked again.
     *
     * @param distrusts whether to check in any case: the log is known to be damaged, and bad pages may be in the cache
     * @throws DiskException with a {@link SegmentDamagedException} as cause when the first batch is damaged
     */
    public CheckedRange locateChecked(
            long offset, long endOffset, int maxBytes, boolean wholeFirstBatch, Extent extent, boolean distrusts)
            throws DiskException {
        long lengthBytes = extent.lengthBytes;
        int indexEntries = extent.indexEntries;
        LocatedRange range = locate(offset, endOffset, maxBytes, wholeFirstBatch, lengthBytes, indexEntries);
        // At the end of the file there is no batch that could say something wrong.
        boolean beyond = Math.max(range.baseOffset(), range.endOffset()) > extent.endOffset
                || range.baseOffset() == extent.endOffset;
        if (beyond && range.filePosition() < lengthBytes) {
            throw damageAt(
                    range.filePosition(),
                    offset,
                    lengthBytes,
                    indexEntries,
                    "a batch at offset " + range.baseOffset() + " in a segment that ends at " + extent.endOffset);
        }
        if (range.sizeBytes() == 0) {
            return nothing(range, offset, extent);
        }
        // In this order: whoever sees pages that another job has just read sees the note of it, too.
        boolean cached = log.isCached(range.filePosition(), range.sizeBytes());
        if (cached && !distrusts && !follows(coldRead, range)) {
            return new CheckedRange(range, null);
        }
        coldRead = range;
        RangeCheck.Found found = new RangeCheck(log, range.sizeBytes()).check(range);
        if (found.isSound()) {
            return new CheckedRange(range, null);
        }
        DiskException damage =
                damageAt(found.damagedAt(), found.good().endOffset(), lengthBytes, indexEntries, found.fault());
        if (found.good().sizeBytes() == 0) {
            throw damage;
        }
        return new CheckedRange(found.good(), damage);
    }

    /** No batch lies within the bounds, or so its header says: one that lies would keep a reader waiting for ever. */
    private CheckedRange nothing(LocatedRange range, long offset, Extent extent) throws DiskException {
        long position = range.filePosition();
        if (position < extent.lengthBytes) {
            int sizeBytes = new HeaderWindow(log, extent.lengthBytes, HeaderWindow.LOOKUP_BYTES)
                    .at(position)
                    .sizeBytes();
            RangeCheck.Found one = new RangeCheck(log, sizeBytes)
                    .check(new LocatedRange(position, sizeBytes, range.baseOffset(), range.endOffset()));
            if (!one.isSound()) {
                throw damageAt(position, offset, extent.lengthBytes, extent.indexEntries, one.fault());
            }
        }
        return new CheckedRange(range, null);
    }

    /** What to tell of a damaged batch: where it is, and where reading can go on. */
    DiskException damageAt(long filePosition, long offset, long lengthBytes, int indexEntries, String fault)
            throws DiskException {
        long readableFrom =
                new DamageExtent(log, baseOffset, lengthBytes, index(indexEntries)).readableFrom(filePosition, offset);
        return SegmentDamagedException.of(log.path(), filePosition, offset, readableFrom, fault);
    }

    /** Whether look-ups have an index as it was sealed; without one they walk the log. */
    public boolean hasSoundIndex() {
        return sideIndexEntries >= 0 && !indexMisled;
    }

    /** The kernel reads ahead of what was asked for: that came from the device as well. */
    private static boolean follows(@Nullable LocatedRange cold, LocatedRange range) {
        return cold != null
                && range.filePosition() <= cold.filePosition() + cold.sizeBytes() + READ_AHEAD_BYTES
                && range.filePosition() + range.sizeBytes() > cold.filePosition();
    }

    /** Adds a reference; the caller must hold or be shielded by another one. */
    public void retain() {
        if (references.getAndIncrement() <= 0) {
            references.getAndDecrement();
            throw new IllegalStateException(log.path() + " is closed");
        }
    }

    /** Drops a reference, from any thread. */
    public void release() {
        int left = references.decrementAndGet();
        if (left == 0) {
            closer.close(log);
            if (indexFile != null) {
                closer.close(indexFile);
            }
        } else if (left < 0) {
            throw new IllegalStateException(log.path() + " was released more often than retained");
        }
    }

    private SegmentLookup lookup(long lengthBytes, int indexEntries) {
        return new SegmentLookup(log, baseOffset, lengthBytes, index(indexEntries));
    }

    private SparseIndex index(int indexEntries) {
        if (indexFile == null) {
            return new SparseIndex(log, 0, 0);
        }
        int entries = sideIndexEntries >= 0 ? sideIndexEntries : indexEntries;
        return new SparseIndex(indexFile, sideIndexPosition, entries);
    }
}
