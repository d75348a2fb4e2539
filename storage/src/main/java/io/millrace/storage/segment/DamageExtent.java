package io.millrace.storage.segment;

import io.millrace.protocol.record.RecordBatchView;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;

/**
 * Where a segment can be read again behind a damaged batch: right behind it when its header still leads to a good one, else at
 * the next index entry that the log confirms. One per lane job.
 */
final class DamageExtent {

    private static final long NOWHERE = -1;

    private final DiskFile log;
    private final long baseOffset;
    private final long lengthBytes;
    private final SparseIndex index;
    private final HeaderWindow headers;

    DamageExtent(DiskFile log, long baseOffset, long lengthBytes, SparseIndex index) {
        this.log = log;
        this.baseOffset = baseOffset;
        this.lengthBytes = lengthBytes;
        this.index = index;
        this.headers = new HeaderWindow(log, lengthBytes, HeaderWindow.LOOKUP_BYTES);
    }

    /**
     * The offset from which on records can be read again, -1 when there is none in this segment.
     *
     * @param filePosition of the damaged batch
     * @param expectedOffset no batch there may begin below it
     */
    long readableFrom(long filePosition, long expectedOffset) throws DiskException {
        long behind = behindHeader(filePosition, expectedOffset);
        if (behind != NOWHERE) {
            return behind;
        }
        IndexEntry entry = new IndexEntry();
        for (int i = Math.max(0, index.floorByPosition(filePosition, entry)); i < index.count(); i++) {
            if (index.read(i, entry)
                    && entry.filePosition > filePosition
                    && headers.confirms(entry, baseOffset)
                    && isGood(entry.filePosition, expectedOffset)) {
                return baseOffset + entry.offsetDelta;
            }
        }
        return NOWHERE;
    }

    private long behindHeader(long filePosition, long expectedOffset) throws DiskException {
        long behind;
        long nextOffset;
        try {
            RecordBatchView header = headers.at(filePosition);
            if (header.baseOffset() < expectedOffset) {
                return NOWHERE;
            }
            behind = filePosition + header.sizeBytes();
            nextOffset = header.nextOffset();
        } catch (DiskException e) {
            if (e.getCause() instanceof SegmentDamagedException) {
                return NOWHERE;
            }
            throw e;
        }
        return behind < lengthBytes && isGood(behind, nextOffset) ? nextOffset : NOWHERE;
    }

    private boolean isGood(long filePosition, long expectedOffset) throws DiskException {
        RecordBatchView header;
        try {
            header = headers.at(filePosition);
        } catch (DiskException e) {
            if (e.getCause() instanceof SegmentDamagedException) {
                return false;
            }
            throw e;
        }
        LocatedRange one = new LocatedRange(filePosition, header.sizeBytes(), expectedOffset, header.nextOffset());
        return new RangeCheck(log, header.sizeBytes()).check(one).isSound();
    }
}
