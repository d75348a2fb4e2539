package io.millrace.storage.segment;

import io.millrace.protocol.record.RecordBatchView;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads a range of whole batches and checks the CRC of each, in pieces, so that memory does not grow with the batches. The
 * bytes are in the system's cache afterwards. One per lane job.
 */
final class RangeCheck {

    /** What is read at once. */
    private static final int PIECE_BYTES = 64 * 1024;

    /**
     * What was found.
     *
     * @param good the range up to the first bad batch
     * @param damagedAt file position of that batch, -1 when there is none
     * @param fault what is wrong with it, empty when nothing is
     */
    record Found(LocatedRange good, long damagedAt, String fault) {

        boolean isSound() {
            return damagedAt < 0;
        }
    }

    private final DiskFile log;
    private final ByteBuffer piece;
    private final RecordBatchView batch = new RecordBatchView();
    private final CRC32C crc = new CRC32C();
    private long pieceStart;
    private long nextOffset;
    private long nextPosition;

    RangeCheck(DiskFile log, int sizeBytes) {
        this.log = log;
        this.piece = ByteBuffer.allocate(Math.max(RecordBatchView.HEADER_BYTES, Math.min(sizeBytes, PIECE_BYTES)))
                .limit(0);
    }

    Found check(LocatedRange range) throws DiskException {
        long start = range.filePosition();
        long end = start + range.sizeBytes();
        nextPosition = start;
        nextOffset = range.baseOffset();
        while (nextPosition < end) {
            long position = nextPosition;
            String fault = faultAt(position, end);
            if (fault != null) {
                LocatedRange good = new LocatedRange(start, (int) (position - start), range.baseOffset(), nextOffset);
                return new Found(good, position, fault);
            }
        }
        return new Found(range, -1, "");
    }

    /** Null when a good batch lies there; then the next position and offset are behind it. */
    private @Nullable String faultAt(long position, long end) throws DiskException {
        if (end - position < RecordBatchView.HEADER_BYTES || !load(position, end, RecordBatchView.HEADER_BYTES)) {
            return "the file ends within a batch header";
        }
        batch.wrap(piece, (int) (position - pieceStart));
        long size = RecordBatchView.LOG_OVERHEAD_BYTES + (long) batch.batchLength();
        if (batch.magic() != RecordBatchView.MAGIC
                || size < RecordBatchView.HEADER_BYTES
                || size > end - position
                || batch.lastOffsetDelta() < 0
                || batch.baseOffset() < nextOffset) {
            return "magic " + batch.magic() + ", batch length " + batch.batchLength() + " and base offset "
                    + batch.baseOffset() + " are no record batch that follows offset " + nextOffset;
        }
        int expected = batch.crc();
        long baseOffset = batch.baseOffset();
        long behind = batch.nextOffset();
        if (baseOffset > nextOffset && overlapsNext(position + size, behind)) {
            return "a batch at offset " + baseOffset + " cannot be where offset " + nextOffset + " is";
        }
        if (!addBytes(position + RecordBatchView.CRC_START_POSITION, position + size, end)) {
            return "the file ends within the batch of " + size + " bytes at offset " + baseOffset;
        }
        if ((int) crc.getValue() != expected) {
            return "the CRC of the batch of " + size + " bytes at offset " + baseOffset + " does not match";
        }
        nextOffset = behind;
        nextPosition = position + size;
        return null;
    }

    /** No CRC covers the base offset: behind a gap, as compaction leaves them, it has to fit before that of the next batch. */
    private boolean overlapsNext(long nextBatchPosition, long endOffset) throws DiskException {
        ByteBuffer header = ByteBuffer.allocate(RecordBatchView.HEADER_BYTES);
        if (log.read(nextBatchPosition, header) < RecordBatchView.HEADER_BYTES) {
            return false;
        }
        RecordBatchView next = new RecordBatchView().wrap(header.flip(), 0);
        return next.magic() == RecordBatchView.MAGIC && next.baseOffset() < endOffset;
    }

    private boolean addBytes(long from, long to, long end) throws DiskException {
        crc.reset();
        long position = from;
        while (position < to) {
            if (!load(position, end, 1)) {
                return false;
            }
            int at = (int) (position - pieceStart);
            int count = (int) Math.min(to - position, piece.limit() - at);
            crc.update(piece.array(), piece.arrayOffset() + at, count);
            position += count;
        }
        return true;
    }

    /** Brings at least {@code bytes} from {@code position} on into the piece; false when the file ends before. */
    private boolean load(long position, long end, int bytes) throws DiskException {
        if (position >= pieceStart && position + bytes <= pieceStart + piece.limit()) {
            return true;
        }
        piece.clear().limit((int) Math.min(piece.capacity(), end - position));
        int read = log.read(position, piece);
        piece.flip();
        pieceStart = position;
        return read >= bytes;
    }
}
