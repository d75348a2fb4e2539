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
 * The segment that a log writes to: its {@code .log} and {@code .idx}, open. Owned by one lane at a time; the log's loop
 * learns by {@link WriteOutcome} and never looks in here. A failed job leaves the segment as it was before.
 *
 * <p>Nothing is durable before {@link #sync} (or a sync of the whole file system), and the {@code .idx} is never synced: what
 * a crash does to it is found by {@link #open} and by look-ups, and costs time only.
 */
public final class ActiveSegment {

    /** {@code index.interval.bytes}: an entry at least so far from the one before. */
    public static final int DEFAULT_INDEX_INTERVAL_BYTES = 4096;

    /** Bytes of one entry of an {@code .idx} file. */
    public static final int INDEX_ENTRY_BYTES = IndexEntry.BYTES;

    private final Path directory;
    private final long baseOffset;
    private final DiskFile log;
    private final DiskFile index;
    private final IndexBuilder builder;
    private final RecordBatchView batch = new RecordBatchView();
    private long carriedBytes;

    private ActiveSegment(Path directory, long baseOffset, DiskFile log, DiskFile index, int indexIntervalBytes) {
        this.directory = directory;
        this.baseOffset = baseOffset;
        this.log = log;
        this.index = index;
        this.builder = new IndexBuilder(baseOffset, indexIntervalBytes);
    }

    /** A new, empty one. Its names are durable after a sync of the folder. */
    public static ActiveSegment create(Disk disk, Path directory, long baseOffset, int indexIntervalBytes)
            throws DiskException {
        DiskFile log = disk.create(SegmentNames.log(directory, baseOffset));
        try {
            DiskFile index = openOrCreate(disk, SegmentNames.index(directory, baseOffset));
            index.truncate(0);
            return new ActiveSegment(directory, baseOffset, log, index, indexIntervalBytes);
        } catch (DiskException e) {
            throw closing(log, e);
        }
    }

    /**
     * Opens one that was written before. What lies above {@code lengthBytes} is cut; below, batches must lie one after
     * another. The index is checked from its end and completed.
     *
     * @param lengthBytes what is known to be whole: the checkpointed length, or that of the last {@link WriteOutcome}
     * @throws DiskException with a {@link SegmentDamagedException} as cause when the log is shorter or holds no batches there
     */
    public static ActiveSegment open(
            Disk disk, Path directory, long baseOffset, long lengthBytes, int indexIntervalBytes) throws DiskException {
        DiskFile log = disk.open(SegmentNames.log(directory, baseOffset));
        try {
            long found = log.length();
            if (found < lengthBytes) {
                throw SegmentDamagedException.at(
                        log.path(), found, "the file ends there, " + lengthBytes + " bytes were written and synced");
            }
            if (found > lengthBytes) {
                log.truncate(lengthBytes);
            }
            DiskFile index = openOrCreate(disk, SegmentNames.index(directory, baseOffset));
            ActiveSegment segment = new ActiveSegment(directory, baseOffset, log, index, indexIntervalBytes);
            try {
                segment.restore(lengthBytes, true);
                segment.carriedBytes = lengthBytes;
                return segment;
            } catch (DiskException e) {
                throw closing(index, e);
            }
        } catch (DiskException e) {
            throw closing(log, e);
        }
    }

    public long baseOffset() {
        return baseOffset;
    }

    /** Where the segment stands. */
    public WriteOutcome outcome() {
        return builder.state().outcome();
    }

    /**
     * Writes batches behind those that are there.
     *
     * @param slices whole batches in offset order, {@code position..limit} of each; read only during the call, consumed
     */
    public WriteOutcome append(ByteBuffer... slices) throws DiskException {
        IndexBuilder.State before = builder.state();
        try {
            for (ByteBuffer slice : slices) {
                int position = slice.position();
                while (position < slice.limit()) {
                    builder.add(batch.wrap(slice, position));
                    position += batch.sizeBytes();
                }
            }
            log.write(before.lengthBytes(), slices);
            writeEntries(before.indexEntries());
            return builder.state().outcome();
        } catch (DiskException | RuntimeException e) {
            builder.reset(before);
            takeBack(before.lengthBytes(), e);
            throw e;
        } finally {
            batch.release();
        }
    }

    /** Has what was appended since the last call carried to the device little by little, before {@link #sync} must. */
    public void carry(SteadyWriteOut writeOut) {
        long end = builder.lengthBytes();
        if (end > carriedBytes) {
            writeOut.wrote(log, carriedBytes, end - carriedBytes);
        }
        carriedBytes = end;
    }

    /** Makes every written byte of the {@code .log} durable. */
    public void sync() throws DiskException {
        log.sync();
    }

    /** Cuts every batch that ends above {@code endOffset}. The record that allows it must have been synced before. */
    public WriteOutcome truncateTo(long endOffset) throws DiskException {
        IndexBuilder.State before = builder.state();
        if (endOffset >= before.nextOffset()) {
            return before.outcome();
        }
        SparseIndex entries = new SparseIndex(index, 0, before.indexEntries());
        long cut = new SegmentLookup(log, baseOffset, before.lengthBytes(), entries).positionHolding(endOffset);
        log.truncate(cut);
        restore(cut, true);
        return builder.state().outcome();
    }

    /**
     * Ends the segment: syncs the {@code .log}, writes and syncs the {@code .side} file with the index and the given
     * sections, removes the {@code .idx}. The segment is still to be {@link #close closed}.
     *
     * @param sections of the observers, as of this segment's end; none of type {@link SideSection#INDEX}
     */
    public SideFile.Header seal(Disk disk, List<SideSection> sections) throws DiskException {
        log.sync();
        verifyIndex();
        IndexBuilder.State end = builder.state();
        SideFile.Header header = new SideFile.Header(
                baseOffset, end.nextOffset(), end.lengthBytes(), end.maxTimestampMs(), end.digest());
        SideFile.write(disk, directory, header, new SideFile.IndexSource(index, 0, end.indexEntries()), sections);
        Path entries = SegmentNames.index(directory, baseOffset);
        // Derived: somebody may have removed it, and is allowed to.
        if (disk.exists(entries)) {
            disk.delete(entries);
        }
        return header;
    }

    public void close() throws DiskException {
        try {
            log.close();
        } finally {
            index.close();
        }
    }

    /** Reads the whole index as a look-up would trust it; one that does not hold is made anew from the log. */
    private void verifyIndex() throws DiskException {
        IndexBuilder.State state = builder.state();
        SparseIndex entries = new SparseIndex(index, 0, state.indexEntries());
        IndexEntry entry = new IndexEntry();
        int lastDelta = 0;
        int lastPosition = 0;
        for (int i = 0; i < state.indexEntries(); i++) {
            if (!entries.read(i, entry) || entry.offsetDelta <= lastDelta || entry.filePosition <= lastPosition) {
                rebuild(state);
                return;
            }
            lastDelta = entry.offsetDelta;
            lastPosition = entry.filePosition;
        }
    }

    private void rebuild(IndexBuilder.State expected) throws DiskException {
        restore(expected.lengthBytes(), false);
        IndexBuilder.State found = builder.state();
        if (found.nextOffset() != expected.nextOffset() || found.digest() != expected.digest()) {
            throw SegmentDamagedException.at(
                    log.path(),
                    0,
                    "written up to offset " + expected.nextOffset() + " with digest " + expected.digest() + ", found "
                            + found.nextOffset() + " with digest " + found.digest());
        }
    }

    /** Brings builder and index in line with the log cut at {@code lengthBytes}. */
    private void restore(long lengthBytes, boolean fromIndex) throws DiskException {
        HeaderWindow headers = new HeaderWindow(log, lengthBytes, HeaderWindow.LOOKUP_BYTES);
        IndexBuilder.State known = fromIndex ? lastConfirmed(headers) : IndexBuilder.State.start(baseOffset);
        if (lengthBytes - known.lengthBytes() > HeaderWindow.LOOKUP_BYTES) {
            headers = new HeaderWindow(log, lengthBytes, HeaderWindow.WALK_BYTES);
        }
        builder.reset(known);
        while (builder.lengthBytes() < lengthBytes) {
            RecordBatchView header = headers.at(builder.lengthBytes());
            if (header.baseOffset() < builder.nextOffset()
                    || header.lastOffset() - baseOffset > Integer.MAX_VALUE
                    || header.lastOffset() < header.baseOffset()) {
                throw SegmentDamagedException.at(
                        log.path(),
                        builder.lengthBytes(),
                        "a batch at offset " + header.baseOffset() + " cannot follow offset " + builder.nextOffset());
            }
            builder.add(header);
        }
        writeEntries(known.indexEntries());
        index.truncate((long) builder.state().indexEntries() * IndexEntry.BYTES);
    }

    private IndexBuilder.State lastConfirmed(HeaderWindow headers) throws DiskException {
        long entriesFound = Math.min(index.length() / IndexEntry.BYTES, Integer.MAX_VALUE / IndexEntry.BYTES);
        SparseIndex entries = new SparseIndex(index, 0, (int) entriesFound);
        IndexEntry entry = new IndexEntry();
        for (int i = entries.floorByPosition(headers.lengthBytes() - 1, entry); i >= 0; i--) {
            if (entries.read(i, entry) && headers.confirms(entry, baseOffset)) {
                return IndexBuilder.State.at(entry, i, baseOffset);
            }
        }
        return IndexBuilder.State.start(baseOffset);
    }

    private void writeEntries(int entriesBefore) throws DiskException {
        ByteBuffer pending = builder.pending();
        if (pending.hasRemaining()) {
            index.write((long) entriesBefore * IndexEntry.BYTES, pending);
        }
        builder.pendingWritten();
    }

    /** A write that failed half way must not leave bytes that a later reader of the file takes for batches (R9). */
    private void takeBack(long lengthBytes, Exception failure) {
        try {
            if (log.length() > lengthBytes) {
                log.truncate(lengthBytes);
            }
        } catch (DiskException e) {
            failure.addSuppressed(e);
        }
    }

    private static DiskFile openOrCreate(Disk disk, Path file) throws DiskException {
        return disk.exists(file) ? disk.open(file) : disk.create(file);
    }

    private static DiskException closing(DiskFile file, DiskException failure) {
        try {
            file.close();
        } catch (DiskException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }
}
