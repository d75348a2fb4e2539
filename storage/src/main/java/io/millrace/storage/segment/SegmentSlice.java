package io.millrace.storage.segment;

import io.millrace.storage.FileSlice;
import io.millrace.storage.disk.DiskFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/** Whole batches in an open segment file, holding one reference to it. */
final class SegmentSlice implements FileSlice {

    private final OpenSegment segment;
    private final long filePosition;
    private final int sizeBytes;
    private final AtomicBoolean released = new AtomicBoolean();

    /** Takes a reference. */
    SegmentSlice(OpenSegment segment, long filePosition, int sizeBytes) {
        if (filePosition < 0 || sizeBytes < 1) {
            throw new IllegalArgumentException("slice of " + sizeBytes + " bytes at " + filePosition);
        }
        segment.retain();
        this.segment = segment;
        this.filePosition = filePosition;
        this.sizeBytes = sizeBytes;
    }

    @Override
    public int sizeBytes() {
        return sizeBytes;
    }

    @Override
    public DiskFile file() {
        return segment.log();
    }

    @Override
    public long filePosition() {
        return filePosition;
    }

    @Override
    public long transferTo(long position, long countBytes, WritableByteChannel target) throws IOException {
        Objects.checkFromIndexSize(position, countBytes, sizeBytes);
        DiskFile file = segment.log();
        long sent = file.transferTo(filePosition + position, countBytes, target);
        if (sent == 0 && countBytes > 0 && file.length() <= filePosition + position) {
            return -1;
        }
        return sent;
    }

    @Override
    public void readInto(long position, ByteBuffer target) throws IOException {
        int wanted = (int) Math.min(target.remaining(), sizeBytes - Objects.checkIndex(position, sizeBytes + 1L));
        ByteBuffer part = target.slice(target.position(), wanted);
        int read = segment.log().read(filePosition + position, part);
        target.position(target.position() + read);
        if (read < wanted) {
            throw new EOFException(segment.log().path() + " is shorter than the " + sizeBytes + " bytes at "
                    + filePosition + " that a slice was promised");
        }
    }

    @Override
    public void release() {
        if (!released.compareAndSet(false, true)) {
            throw new IllegalStateException("segment slice released twice");
        }
        segment.release();
    }

    @Override
    public String toString() {
        return "SegmentSlice[" + segment.log().path().getFileName() + ", filePosition=" + filePosition + ", sizeBytes="
                + sizeBytes + "]";
    }
}
