package io.millrace.storage.segment;

import io.millrace.protocol.record.RecordBatchView;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import java.nio.ByteBuffer;

/**
 * One look-up in one segment: from an index entry that the log itself confirms, forward over batch headers. One per lane
 * job; makes everything it needs and keeps nothing.
 */
final class SegmentLookup {

    private final DiskFile log;
    private final long baseOffset;
    private final long lengthBytes;
    private final SparseIndex index;
    private final HeaderWindow headers;
    private final IndexEntry probe = new IndexEntry();
    private final IndexEntry from = new IndexEntry();
    private boolean indexMisled;

    SegmentLookup(DiskFile log, long baseOffset, long lengthBytes, SparseIndex index) {
        this(log, baseOffset, lengthBytes, index, HeaderWindow.LOOKUP_BYTES);
    }

    SegmentLookup(DiskFile log, long baseOffset, long lengthBytes, SparseIndex index, int windowBytes) {
        this.log = log;
        this.baseOffset = baseOffset;
        this.lengthBytes = lengthBytes;
        this.index = index;
        this.headers = new HeaderWindow(log, lengthBytes, windowBytes);
    }

    /** Whether the index met here needs to be rebuilt: entries do not parse, or the log does not confirm them. */
    boolean indexDamaged() {
        return indexMisled || index.damaged();
    }

    LocatedRange locate(long offset, long endOffset, int maxBytes, boolean wholeFirstBatch) throws DiskException {
        long start = positionHolding(offset);
        if (start == lengthBytes) {
            return new LocatedRange(start, 0, offset, offset);
        }
        RecordBatchView first = headers.at(start);
        long firstOffset = first.baseOffset();
        boolean tooLarge = first.sizeBytes() > maxBytes && !wholeFirstBatch;
        if (tooLarge || first.nextOffset() > endOffset) {
            return new LocatedRange(start, 0, firstOffset, firstOffset);
        }
        long nextOffset = first.nextOffset();
        long limit = Math.max(start + maxBytes, start + first.sizeBytes());
        long position = start + first.sizeBytes();
        IndexEntry jump = lastBelow(limit, endOffset);
        if (jump.filePosition > position) {
            position = jump.filePosition;
            nextOffset = baseOffset + jump.offsetDelta;
        }
        while (position < lengthBytes && position < limit) {
            RecordBatchView batch = headers.find(position);
            // Behind a header that is none nothing can be found; what lies before it can be read, whoever asks for it
            // is told.
            if (batch == null || position + batch.sizeBytes() > limit || batch.nextOffset() > endOffset) {
                break;
            }
            nextOffset = batch.nextOffset();
            position += batch.sizeBytes();
        }
        return new LocatedRange(start, (int) (position - start), firstOffset, nextOffset);
    }

    TimestampMatch findByTime(long timestampMs, long fromOffset, long endOffset) throws DiskException {
        long position = Math.max(lastBefore(timestampMs).filePosition, lastAt(fromOffset).filePosition);
        while (position < lengthBytes) {
            RecordBatchView batch = headers.at(position);
            if (batch.nextOffset() > endOffset) {
                return TimestampMatch.NONE;
            }
            int size = batch.sizeBytes();
            if (batch.maxTimestampMs() >= timestampMs && batch.nextOffset() > fromOffset) {
                TimestampMatch match = RecordTimes.firstAtOrAfter(readBatch(position, size), timestampMs, fromOffset);
                if (match.found()) {
                    return match;
                }
            }
            position += size;
        }
        return TimestampMatch.NONE;
    }

    TimestampMatch findMaxTimestamp(long fromOffset, long endOffset) throws DiskException {
        IndexEntry entry = lastAt(endOffset);
        long indexedOffset = entry.maxTimestampOffsetDelta < 0 ? -1 : baseOffset + entry.maxTimestampOffsetDelta;
        long at = latestAbove(entry.maxTimestampBeforeMs, entry.filePosition, endOffset);
        if (at < 0 && indexedOffset < 0) {
            return TimestampMatch.NONE;
        }
        TimestampMatch match = latestIn(at < 0 ? positionHolding(indexedOffset) : at, baseOffset);
        return match.offset() >= fromOffset ? match : findMaxTimestampByHeaders(fromOffset, endOffset);
    }

    /** The index speaks of the whole segment: with the log start in it, another record may be the latest. */
    private TimestampMatch findMaxTimestampByHeaders(long fromOffset, long endOffset) throws DiskException {
        long first = positionHolding(fromOffset);
        if (first == lengthBytes || headers.at(first).nextOffset() > endOffset) {
            return TimestampMatch.NONE;
        }
        long behind = first + headers.at(first).sizeBytes();
        TimestampMatch inFirst = latestIn(first, fromOffset);
        long at = latestAbove(inFirst.timestampMs(), behind, endOffset);
        return at < 0 ? inFirst : latestIn(at, fromOffset);
    }

    /** Where the batch with the highest timestamp begins, from {@code filePosition} on; -1 when none is above {@code timestampMs}. */
    private long latestAbove(long timestampMs, long filePosition, long endOffset) throws DiskException {
        long latestMs = timestampMs;
        long latestAt = -1;
        long position = filePosition;
        while (position < lengthBytes) {
            RecordBatchView batch = headers.at(position);
            if (batch.nextOffset() > endOffset) {
                break;
            }
            if (batch.maxTimestampMs() > latestMs && batch.recordCount() != 0) {
                latestMs = batch.maxTimestampMs();
                latestAt = position;
            }
            position += batch.sizeBytes();
        }
        return latestAt;
    }

    private TimestampMatch latestIn(long filePosition, long fromOffset) throws DiskException {
        return RecordTimes.firstOfLatest(
                readBatch(filePosition, headers.at(filePosition).sizeBytes()), fromOffset);
    }

    TimestampMatch findTimeOf(long offset) throws DiskException {
        long position = positionHolding(offset);
        return position < lengthBytes ? TimestampMatch.firstOf(headers.at(position)) : TimestampMatch.NONE;
    }

    /** First byte of the first batch that ends above {@code offset}; the segment's length when none does. */
    long positionHolding(long offset) throws DiskException {
        IndexEntry entry = lastAt(offset);
        long position = entry.filePosition;
        long expected = baseOffset + entry.offsetDelta;
        while (position < lengthBytes) {
            RecordBatchView batch = headers.at(position);
            // No CRC covers the base offset: what holds it in its place are its neighbours.
            if (batch.baseOffset() < expected) {
                throw misplaced(position, batch.baseOffset(), expected);
            }
            int sizeBytes = batch.sizeBytes();
            long nextOffset = batch.nextOffset();
            if (nextOffset > offset) {
                if (!isMisplacedBefore(position, offset)) {
                    break;
                }
            } else {
                expected = nextOffset;
            }
            position += sizeBytes;
        }
        return position;
    }

    /**
     * A batch that begins above the offset it was found for has to end at or below the next one: compaction leaves such gaps.
     * Whether it does not, and the offset lies behind it.
     */
    private boolean isMisplacedBefore(long position, long offset) throws DiskException {
        RecordBatchView batch = headers.at(position);
        long found = batch.baseOffset();
        if (found <= offset) {
            return false;
        }
        long nextOffset = batch.nextOffset();
        long behind = position + batch.sizeBytes();
        RecordBatchView next = behind < lengthBytes ? headers.find(behind) : null;
        if (next == null || next.baseOffset() >= nextOffset) {
            return false;
        }
        if (next.baseOffset() > offset) {
            throw misplaced(position, found, offset);
        }
        return true;
    }

    private DiskException misplaced(long filePosition, long found, long expected) {
        return SegmentDamagedException.at(
                log.path(), filePosition, "a batch at offset " + found + " cannot be where offset " + expected + " is");
    }

    /** The last confirmed entry at or below an offset: all batches before it end at or below that offset. */
    private IndexEntry lastAt(long offset) throws DiskException {
        long delta = offset - baseOffset;
        return confirmed(index.floorByOffset(delta, probe), delta, Long.MAX_VALUE, Long.MAX_VALUE);
    }

    /** The same that is also at or below a file position. */
    private IndexEntry lastBelow(long filePosition, long endOffset) throws DiskException {
        long delta = endOffset - baseOffset;
        int number = Math.min(index.floorByPosition(filePosition, probe), index.floorByOffset(delta, probe));
        return confirmed(number, delta, filePosition, Long.MAX_VALUE);
    }

    /** The last confirmed entry before which all timestamps are lower. */
    private IndexEntry lastBefore(long timestampMs) throws DiskException {
        return confirmed(index.floorByTime(timestampMs, probe), Long.MAX_VALUE, Long.MAX_VALUE, timestampMs);
    }

    /**
     * The entry if the log confirms it, else the nearest one before it that it does confirm, else the segment's start. Left
     * over entries may have led the search astray, so the bounds are checked again.
     */
    private IndexEntry confirmed(int number, long maxOffsetDelta, long maxFilePosition, long timestampMs)
            throws DiskException {
        for (int i = number; i >= 0; i--) {
            if (index.read(i, from)
                    && from.offsetDelta <= maxOffsetDelta
                    && from.filePosition <= maxFilePosition
                    && from.maxTimestampBeforeMs < timestampMs
                    && headers.confirms(from, baseOffset)) {
                return from;
            }
            indexMisled = true;
        }
        return from.segmentStart();
    }

    private RecordBatchView readBatch(long filePosition, int sizeBytes) throws DiskException {
        ByteBuffer bytes = BatchMemory.allocate(sizeBytes);
        int read = log.read(filePosition, bytes);
        RecordBatchView batch = new RecordBatchView().wrap(bytes.flip(), 0);
        if (read < sizeBytes || !batch.crcValid()) {
            throw SegmentDamagedException.at(
                    log.path(), filePosition, "the CRC of the batch of " + sizeBytes + " bytes does not match");
        }
        return batch;
    }
}
