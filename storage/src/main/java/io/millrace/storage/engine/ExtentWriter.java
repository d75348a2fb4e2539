package io.millrace.storage.engine;

import io.millrace.protocol.record.RecordBatchScanner;
import io.millrace.protocol.record.RecordBatchView;
import io.millrace.storage.disk.Disk;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.epoch.EpochOrderException;
import io.millrace.storage.log.DerivedState;
import io.millrace.storage.log.SegmentRow;
import io.millrace.storage.segment.ActiveSegment;
import io.millrace.storage.segment.Segment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * Brings batches that only the journal has into the segments of one log at start, and ends segments where a running log would.
 * Boot thread; blocks.
 */
final class ExtentWriter implements AutoCloseable {

    private static final int INDEX_INTERVAL = ActiveSegment.DEFAULT_INDEX_INTERVAL_BYTES;

    private final Disk disk;
    private final Path folder;
    private final long rollBytes;
    private final DerivedState state;
    private final List<SegmentRow> rows;
    private final RecordBatchScanner scanner = new RecordBatchScanner();
    private ActiveSegment active;
    private String finding = "";

    /**
     * @param rows the log's segments; what is written is added
     * @param firstOffset of the batches to come
     * @param keepsLast whether the last segment must stay as it is, bytes behind its end included: batches go to a new one
     */
    ExtentWriter(
            Disk disk,
            Path folder,
            long rollBytes,
            DerivedState state,
            List<SegmentRow> rows,
            long firstOffset,
            boolean keepsLast)
            throws DiskException {
        this.disk = disk;
        this.folder = folder;
        this.rollBytes = rollBytes;
        this.state = state;
        this.rows = rows;
        SegmentRow last = rows.isEmpty() ? null : rows.getLast();
        if (last == null || (keepsLast && firstOffset > last.baseOffset())) {
            if (last != null) {
                rows.set(rows.size() - 1, sealed(last));
            }
            active = create(firstOffset);
        } else {
            active = reopen(last, firstOffset);
        }
    }

    /** The last segment; a new one behind it when it turns out to be damaged, so that what the journal has is kept. */
    private ActiveSegment reopen(SegmentRow last, long firstOffset) throws DiskException {
        try {
            return ActiveSegment.open(disk, folder, last.baseOffset(), last.lengthBytes(), INDEX_INTERVAL);
        } catch (DiskException e) {
            finding = LogRecovery.damageOf(e);
            rows.set(rows.size() - 1, sealed(last));
            return create(firstOffset);
        }
    }

    /** Appends whole batches, {@code position..limit}; a segment may end between any two. */
    void write(ByteBuffer batches) throws DiskException {
        int end = batches.limit();
        int from = batches.position();
        scanner.reset(batches, from, end);
        while (scanner.next()) {
            RecordBatchView batch = scanner.batch();
            if (isFullWith(batch, batch.position() - from)) {
                append(batches, from, batch.position());
                from = batch.position();
                roll(batch.baseOffset());
            }
            observe(batch);
        }
        append(batches, from, end);
    }

    private boolean isFullWith(RecordBatchView batch, int waitingBytes) {
        long lengthBytes = active.outcome().lengthBytes() + waitingBytes;
        return lengthBytes > 0
                && (lengthBytes + batch.sizeBytes() > rollBytes
                        || batch.lastOffset() - active.baseOffset() > Integer.MAX_VALUE);
    }

    private void append(ByteBuffer batches, int from, int to) throws DiskException {
        if (from < to) {
            active.append(batches.duplicate().limit(to).position(from));
        }
    }

    private void observe(RecordBatchView batch) {
        try {
            state.observers().appended(batch, batch.baseOffset(), batch.partitionLeaderEpoch());
        } catch (EpochOrderException e) {
            finding = "the journal and the segments disagree: " + e.getMessage();
        }
    }

    private void roll(long nextBase) throws DiskException {
        active.seal(disk, state.observers().sealed());
        active.close();
        rows.set(rows.size() - 1, sealed(rows.getLast().wrote(active.outcome())));
        active = create(nextBase);
    }

    private static SegmentRow sealed(SegmentRow row) {
        return new SegmentRow(row.segment(), row.endOffset(), row.lengthBytes(), 0, row.maxTimestampMs(), true);
    }

    private ActiveSegment create(long base) throws DiskException {
        ActiveSegment created = ActiveSegment.create(disk, folder, base, INDEX_INTERVAL);
        rows.add(new SegmentRow(new Segment(folder, base), base, 0, 0, SegmentRow.UNKNOWN_TIME, false));
        return created;
    }

    /**
     * What was found wrong on the way, or an empty text.
     *
     * @param synced whether everything is durable when this returns; else after a sync of the whole file system
     */
    String finish(boolean synced) throws DiskException {
        if (synced) {
            active.sync();
            disk.syncDirectory(folder);
        }
        rows.set(rows.size() - 1, rows.getLast().wrote(active.outcome()));
        return finding;
    }

    @Override
    public void close() throws DiskException {
        active.close();
    }
}
