package io.millrace.storage.engine;

import io.millrace.storage.LogIdentity;
import io.millrace.storage.checkpoint.LogRow;
import io.millrace.storage.disk.DiskFile;
import io.millrace.storage.journal.JournalRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One log while its journal is replayed: nothing is written yet, only noted. Boot thread.
 *
 * <p>By offset, never by file position: a record that the checkpointed segments already cover is skipped, one that overlaps
 * gives what lies above, and a truncation lowers the end again. Replaying a journal from any point before the checkpoint gives
 * the same state, because whatever an old record brings back, the truncation that followed it in the same journal takes away;
 * where that one was not in the journal yet, the row says how far batches of older groups count ({@link LogRow.Journalled}).
 * A truncation or reset that the row shows never reaches below what the row says segments hold.
 */
final class RecoveringLog {

    /** Batches in a journal file, of which those within the offsets count. */
    record Extent(DiskFile file, long filePosition, int sizeBytes, long fromOffset, long toOffset) {}

    private static final long NONE = -1;

    private final LogIdentity identity;
    private final @Nullable LogRow row;
    private final List<Extent> extents = new ArrayList<>();
    private boolean reset;
    private boolean deleted;
    private long logStartOffset;
    private long keptEnd;
    private long end;
    private long gapAt = NONE;
    private String gap = "";
    private String suspicion = "";

    /** A log that the checkpoint knows. */
    RecoveringLog(LogRow row) {
        this.row = row;
        this.identity = row.identity();
        this.logStartOffset = row.logStartOffset();
        this.keptEnd = row.segmentEndOffset();
        this.end = keptEnd;
    }

    /** A log that the journal alone knows. */
    RecoveringLog(LogIdentity identity, long startOffset) {
        this.row = null;
        this.identity = identity;
        this.logStartOffset = startOffset;
        this.keptEnd = startOffset;
        this.end = startOffset;
    }

    void apply(JournalRecord record) {
        boolean shown = row != null && row.journalled().shows(record.groupNumber());
        switch (record.kind()) {
            case APPEND -> append(record, shown);
            case TRUNCATE -> {
                if (shown) {
                    takeBackTo(Math.max(record.baseOffset(), keptEnd));
                } else {
                    takeBackTo(record.baseOffset());
                    keptEnd = Math.min(keptEnd, record.baseOffset());
                }
            }
            case RESET -> {
                if (shown) {
                    forgetBatches(keptEnd);
                } else {
                    reset(record.baseOffset());
                }
            }
            case LOG_START -> {
                if (!shown) {
                    logStartOffset = Math.max(logStartOffset, record.baseOffset());
                }
            }
            case DELETE -> deleted = true;
            case CREATE -> {
                // Known already: by the checkpoint, or by the record that made this object.
            }
        }
    }

    private void append(JournalRecord record, boolean shown) {
        long recordEnd = shown && row != null
                ? Math.min(record.endOffset(), row.journalled().endIn(record.groupNumber()))
                : record.endOffset();
        if (recordEnd <= end || recordEnd <= record.baseOffset()) {
            return;
        }
        if (record.baseOffset() > end && gapAt == NONE) {
            gapAt = end;
            gap = "offsets " + end + " to " + (record.baseOffset() - 1) + " are missing: the journal goes on at "
                    + record.baseOffset() + " in " + record.file().path();
        }
        if (record.baseOffset() == end) {
            // Nothing of this log was lost where the journal is damaged.
            suspicion = "";
        }
        extents.add(new Extent(
                record.file(),
                record.filePosition(),
                record.lengthBytes(),
                Math.max(record.baseOffset(), end),
                recordEnd));
        end = recordEnd;
    }

    private void takeBackTo(long endOffset) {
        if (endOffset >= end) {
            return;
        }
        end = endOffset;
        if (gapAt >= endOffset) {
            gapAt = NONE;
            gap = "";
        }
        for (int i = extents.size() - 1; i >= 0; i--) {
            Extent extent = extents.get(i);
            if (extent.fromOffset() >= endOffset) {
                extents.remove(i);
            } else if (extent.toOffset() > endOffset) {
                extents.set(
                        i,
                        new Extent(
                                extent.file(),
                                extent.filePosition(),
                                extent.sizeBytes(),
                                extent.fromOffset(),
                                endOffset));
            }
        }
    }

    private void reset(long offset) {
        reset = true;
        logStartOffset = offset;
        keptEnd = offset;
        forgetBatches(offset);
    }

    private void forgetBatches(long endOffset) {
        extents.clear();
        end = endOffset;
        gapAt = NONE;
        gap = "";
        suspicion = "";
    }

    /**
     * All records were seen. A log that ends below its start was being reset when its row was written, and the record of that
     * did not get through: nothing in it can be read any more, and what comes next begins at the start.
     */
    void replayed() {
        if (end < logStartOffset && damage().isEmpty()) {
            reset(logStartOffset);
        }
    }

    /** The journal is damaged here: what this log appended next, or that it did not, tells whether it lost something. */
    void suspect(String why) {
        suspicion = why;
    }

    LogIdentity identity() {
        return identity;
    }

    @Nullable
    LogRow row() {
        return row;
    }

    boolean isDeleted() {
        return deleted;
    }

    /** Whether everything in segments from before is to go. */
    boolean isReset() {
        return reset;
    }

    /** Segments keep what ends at or below this. */
    long keptEnd() {
        return keptEnd;
    }

    /** Whether a truncation reaches below what the checkpoint says. */
    boolean isCut() {
        return row != null && !reset && keptEnd < row.segmentEndOffset();
    }

    long logStartOffset() {
        return logStartOffset;
    }

    boolean hasExtents() {
        return !extents.isEmpty();
    }

    List<Extent> extents() {
        return extents;
    }

    /** What was lost, empty when nothing was. */
    String damage() {
        if (!gap.isEmpty()) {
            return gap;
        }
        if (!suspicion.isEmpty()) {
            return "records at and above offset " + end + " may be missing: " + suspicion;
        }
        return row == null || reset ? "" : row.damage();
    }
}
