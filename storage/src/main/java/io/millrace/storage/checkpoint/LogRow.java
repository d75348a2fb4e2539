package io.millrace.storage.checkpoint;

import io.millrace.storage.LogIdentity;
import io.millrace.storage.observer.SideSection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known to be durable of one log. Immutable.
 *
 * <p>Invariant: every segment byte below {@code segmentEndOffset} was synced before the row was written. The row shows all that
 * happened to the log before it was made: also truncations, resets and log starts whose records are not in the journal yet,
 * and cuts that the files have still to follow. {@link Journalled} tells what a start may then take from older records.
 *
 * @param logId local number that the journal uses for the log
 * @param logStartOffset first readable offset
 * @param segmentBaseOffset base of the active segment, -1 when the log has no segment yet
 * @param segmentBytes synced length of the active segment; {@link #TO_BE_CUT} when it is to be cut to {@code segmentEndOffset}
 * @param segmentEndOffset exclusive end of what segments hold; the log start when there are none
 * @param highWatermark as last noted
 * @param journalled which journal records the row makes obsolete
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
        Journalled journalled,
        String damage,
        @Nullable Snapshot snapshot) {

    /** Instead of a length: the file holds batches beyond {@code segmentEndOffset} that go. */
    public static final long TO_BE_CUT = -1;

    /**
     * Where the journal stood when the row was made.
     *
     * @param group records in groups below it are shown by the row; of them a start takes only batches that segments lack, as
     *     far as they were still part of the log: up to {@code collectedEnd} from group {@code group - 1}, which may not have
     *     been synced, up to {@code syncedEnd} from those before it
     * @param syncedEnd exclusive end of the synced batches that the log had
     * @param collectedEnd the same, with those of the group under way
     */
    public record Journalled(long group, long syncedEnd, long collectedEnd) {

        /** Whether the row shows what happened in a group. */
        public boolean shows(long groupNumber) {
            return groupNumber < group;
        }

        /** How far batches of a group count that the row shows. */
        public long endIn(long groupNumber) {
            return groupNumber == group - 1 ? collectedEnd : syncedEnd;
        }
    }

    /**
     * What the observers of a log knew when it ended at {@code offset}.
     *
     * @param segmentBaseOffset segment that the offset lies in, or ends
     */
    public record Snapshot(long offset, long segmentBaseOffset, List<SideSection> sections) {}
}
