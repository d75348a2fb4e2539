package io.millrace.storage.segment;

import io.millrace.protocol.record.RecordBatchView;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.disk.DiskFile;
import io.millrace.storage.disk.SteadyWriteOut;
import io.millrace.storage.observer.SideSection;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * A segment that compaction writes beside the log, under names that nobody else looks at: {@link SegmentSwap} makes it part of
 * the log. Owned by one pool job at a time.
 *
 * <p>Carried to the device as it grows, and synced every few MiB, so that no sync is long and delays another.
 */
public final class CleanedSegment {

    /** Of a buffer that makes writes large enough; any other works. */
    public static final int BUFFER_BYTES = 256 * 1024;

    private static final long SYNC_EVERY_BYTES = 8 << 20;

    private final Disk disk;
    private final Path directory;
    private final long baseOffset;
    private final DiskFile log;
    private final DiskFile index;
    private final IndexBuilder builder;
    private final RecordBatchView batch = new RecordBatchView();
    private final ByteBuffer buffer;
    private final SteadyWriteOut writeOut = new SteadyWriteOut();
    private long writtenBytes;
    private long syncedBytes;
    private int writtenEntries;

    private CleanedSegment(
            Disk disk,
            Path directory,
            long baseOffset,
            DiskFile log,
            DiskFile index,
            int indexIntervalBytes,
            ByteBuffer buffer) {
        this.disk = disk;
        this.directory = directory;
        this.baseOffset = baseOffset;
        this.log = log;
        this.index = index;
        this.buffer = buffer.clear();
        this.builder = new IndexBuilder(baseOffset, indexIntervalBytes);
    }

    /**
     * A new one, in the place of what an earlier try left.
     *
     * @param buffer collects batches; the caller's again when the segment is closed. Outside the heap it spares a copy
     */
    public static CleanedSegment create(
            Disk disk, Path directory, long baseOffset, int indexIntervalBytes, ByteBuffer buffer)
            throws DiskException {
        remove(disk, directory, baseOffset);
        DiskFile log = disk.create(SegmentNames.cleaned(SegmentNames.log(directory, baseOffset)));
        try {
            DiskFile index = disk.create(SegmentNames.cleaned(SegmentNames.index(directory, baseOffset)));
            return new CleanedSegment(disk, directory, baseOffset, log, index, indexIntervalBytes, buffer);
        } catch (DiskException e) {
            try {
                log.close();
            } catch (DiskException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
    }

    /** Removes what a try left; nothing of it is part of the log. */
    public static void remove(Disk disk, Path directory, long baseOffset) throws DiskException {
        Path[] files = {
            SegmentNames.log(directory, baseOffset),
            SegmentNames.index(directory, baseOffset),
            SegmentNames.side(directory, baseOffset)
        };
        for (Path file : files) {
            Path cleaned = SegmentNames.cleaned(file);
            if (disk.exists(cleaned)) {
                disk.delete(cleaned);
            }
        }
    }

    public long baseOffset() {
        return baseOffset;
    }

    /** Bytes of batches so far. */
    public long lengthBytes() {
        return builder.lengthBytes();
    }

    /**
     * Adds a batch behind those that are there.
     *
     * @param bytes holds one whole batch from {@code position} on; not changed
     */
    public void append(ByteBuffer bytes, int position) throws DiskException {
        batch.wrap(bytes, position);
        builder.add(batch);
        int size = batch.sizeBytes();
        batch.release();
        if (size > buffer.remaining()) {
            flush();
        }
        ByteBuffer source = bytes.duplicate().limit(position + size).position(position);
        if (size > buffer.capacity()) {
            write(source);
        } else {
            buffer.put(source);
        }
    }

    /**
     * Ends it, synced, with its {@code .side} file.
     *
     * @param sections what the observers knew at the end of the segments that it stands for
     * @param endOffset of those; its last batch ends there or, in a log that was copied with gaps, below
     */
    public WriteOutcome finish(List<SideSection> sections, long endOffset) throws DiskException {
        flush();
        IndexBuilder.State end = builder.state();
        if (end.nextOffset() > endOffset || end.lengthBytes() == 0) {
            throw new IllegalStateException("compacted segment " + baseOffset + " of " + directory + " ends at "
                    + end.nextOffset() + " instead of " + endOffset);
        }
        log.sync();
        SideFile.Header header =
                new SideFile.Header(baseOffset, endOffset, end.lengthBytes(), end.maxTimestampMs(), end.digest());
        SideFile.writeTo(
                disk,
                SegmentNames.cleaned(SegmentNames.side(directory, baseOffset)),
                header,
                new SideFile.IndexSource(index, 0, end.indexEntries()),
                sections);
        return end.outcome();
    }

    /**
     * Writes only a {@code .side} file, for a segment that stays as it is: {@link SegmentSwap#placeSide} puts it in the place of
     * the old one.
     *
     * @param side the segment's present one
     * @param section to add to it, or to put in the place of the one of its type
     * @return false when the present one is damaged: nothing is left then
     */
    public static boolean writeSide(Disk disk, Path directory, SideFile side, SideSection section)
            throws DiskException {
        long baseOffset = side.header().baseOffset();
        remove(disk, directory, baseOffset);
        boolean written = side.copyTo(disk, SegmentNames.cleaned(SegmentNames.side(directory, baseOffset)), section);
        if (!written) {
            remove(disk, directory, baseOffset);
        }
        return written;
    }

    public void close() throws DiskException {
        try {
            log.close();
        } finally {
            index.close();
        }
    }

    private void flush() throws DiskException {
        if (buffer.position() > 0) {
            write(buffer.flip());
            buffer.clear();
        }
        ByteBuffer pending = builder.pending();
        if (pending.hasRemaining()) {
            index.write((long) writtenEntries * IndexEntry.BYTES, pending);
            writtenEntries = builder.state().indexEntries();
        }
        builder.pendingWritten();
    }

    private void write(ByteBuffer bytes) throws DiskException {
        int size = bytes.remaining();
        log.write(writtenBytes, bytes);
        writeOut.wrote(log, writtenBytes, size);
        writtenBytes += size;
        if (writtenBytes - syncedBytes >= SYNC_EVERY_BYTES) {
            log.sync();
            syncedBytes = writtenBytes;
        }
    }
}
