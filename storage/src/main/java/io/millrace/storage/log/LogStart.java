package io.millrace.storage.log;

import io.millrace.storage.LogIdentity;
import io.millrace.storage.StorageFailure;
import io.millrace.storage.checkpoint.LogRow;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a log begins: as recovery left it, or empty. Handed to exactly one {@link JournaledLog}, which owns what it refers to.
 *
 * @param folder where its segments lie or will lie
 * @param hasFolder whether the folder exists
 * @param segments may be empty
 * @param endOffset end of the last segment; everything below is synced
 * @param snapshot of the derived state, as the checkpoint has it
 */
public record LogStart(
        LogIdentity identity,
        int logId,
        Path folder,
        boolean hasFolder,
        LogSegments segments,
        DerivedState derived,
        long logStartOffset,
        long endOffset,
        long highWatermark,
        LogRow.@Nullable Snapshot snapshot,
        @Nullable StorageFailure damage) {

    /** The row that a new checkpoint begins with. */
    public LogRow row() {
        SegmentRow last = segments.last();
        return new LogRow(
                logId,
                identity,
                logStartOffset,
                last == null ? -1 : last.baseOffset(),
                last == null ? 0 : last.lengthBytes(),
                last == null ? endOffset : last.endOffset(),
                Math.min(highWatermark, endOffset),
                // Its journal is empty.
                new LogRow.Journalled(0, endOffset, endOffset),
                damage == null ? "" : damage.message(),
                snapshot);
    }
}
