package io.millrace.storage.segment;

import io.millrace.protocol.record.RecordBatchView;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Batch headers of a segment file, read through a window: small batches share a read, large ones are jumped over. One per
 * job.
 */
final class HeaderWindow {

    /** Enough for the walk from one index entry to the next. */
    static final int LOOKUP_BYTES = 8 * 1024;

    /** For walks over whole segments. */
    static final int WALK_BYTES = 128 * 1024;

    private final DiskFile file;
    private final long lengthBytes;
    private final ByteBuffer window;
    private final RecordBatchView batch = new RecordBatchView();
    private long windowStart;

    /** @param lengthBytes where whole batches end; nothing behind it is looked at */
    HeaderWindow(DiskFile file, long lengthBytes, int windowBytes) {
        this.file = file;
        this.lengthBytes = lengthBytes;
        this.window =
                ByteBuffer.allocate((int) Math.max(RecordBatchView.HEADER_BYTES, Math.min(windowBytes, lengthBytes)));
        window.limit(0);
    }

    long lengthBytes() {
        return lengthBytes;
    }

    /** Header of the batch at a file position below {@link #lengthBytes()}: sizes checked, CRC not. Valid until the next call. */
    RecordBatchView at(long filePosition) throws DiskException {
        if (!load(filePosition)) {
            throw SegmentDamagedException.at(
                    file.path(), filePosition, "the batch header goes beyond the segment's " + lengthBytes + " bytes");
        }
        if (!plausible(filePosition)) {
            throw SegmentDamagedException.at(
                    file.path(),
                    filePosition,
                    "magic " + batch.magic() + ", batch length " + batch.batchLength() + " and last offset delta "
                            + batch.lastOffsetDelta() + " are no record batch before byte " + lengthBytes);
        }
        return batch;
    }

    /** As {@link #at}; null where no batch header is. */
    @Nullable
    RecordBatchView find(long filePosition) throws DiskException {
        return load(filePosition) && plausible(filePosition) ? batch : null;
    }

    /** Whether a batch with this offset and epoch begins there. */
    boolean confirms(IndexEntry entry, long baseOffset) throws DiskException {
        return entry.filePosition < lengthBytes
                && load(entry.filePosition)
                && plausible(entry.filePosition)
                && batch.baseOffset() == baseOffset + entry.offsetDelta
                && batch.partitionLeaderEpoch() == entry.leaderEpoch;
    }

    private boolean plausible(long filePosition) {
        int length = batch.batchLength();
        return batch.magic() == RecordBatchView.MAGIC
                && length >= RecordBatchView.HEADER_BYTES - RecordBatchView.LOG_OVERHEAD_BYTES
                && length <= lengthBytes - filePosition - RecordBatchView.LOG_OVERHEAD_BYTES
                && batch.lastOffsetDelta() >= 0
                && batch.baseOffset() >= 0;
    }

    private boolean load(long filePosition) throws DiskException {
        if (filePosition < 0 || filePosition + RecordBatchView.HEADER_BYTES > lengthBytes) {
            return false;
        }
        if (filePosition < windowStart || filePosition + RecordBatchView.HEADER_BYTES > windowStart + window.limit()) {
            window.clear().limit((int) Math.min(window.capacity(), lengthBytes - filePosition));
            int read = file.read(filePosition, window);
            windowStart = filePosition;
            window.flip();
            if (read < RecordBatchView.HEADER_BYTES) {
                return false;
            }
        }
        batch.wrap(window, (int) (filePosition - windowStart));
        return true;
    }
}
