package io.millrace.storage.checkpoint;

import io.millrace.storage.LogIdentity;
import io.millrace.storage.observer.SideSection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known to be durable of one log. Immutable.
 *
 * <p>Invariant: every segment byte below {@code segmentEndOffset} was synced before the row was written.
 *
 * @param logId local number that the journal uses for the log
 * @param logStartOffset first readable offset
 * @param segmentBaseOffset base of the active segment, -1 when the log has no segment yet
 * @param segmentBytes synced length of the active segment
 * @param segmentEndOffset exclusive end of what segments hold; the log start when there are none
 * @param highWatermark as last noted
 * @param damage why the log is read-only, empty when it is intact
 * @param snapshot derived state at an offset at or below {@code segmentEndOffset}, null when none was taken
 */
public record LogRow(
        int logId,
        LogIdentity identity,
        long logStartOffset,
        long segmentBaseOffset,
        long segmentBytes,
        long segmentEndOffset,
        long highWatermark,
        String damage,
        @Nullable Snapshot snapshot) {

    /**
     * What the observers of a log knew when it ended at {@code offset}.
     *
     * @param segmentBaseOffset segment that the offset lies in, or ends
     */
    public record Snapshot(long offset, long segmentBaseOffset, List<SideSection> sections) {}
}
