package io.millrace.storage.log;

import io.millrace.storage.TailSlice;
import io.millrace.storage.tail.TailLog;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which batches of the tail go to which segment next, and which segment is sealed before. Owner: the log's loop. */
final class TailWrites {

    private final JournaledLog log;
    private final LogSegments segments;
    private final RollPlan rolls;

    TailWrites(JournaledLog log, LogSegments segments, RollPlan rolls) {
        this.log = log;
        this.segments = segments;
        this.rolls = rolls;
    }

    /** Null when all synced batches are in segments. */
    @Nullable
    FileWork next(FileWork.Place place, int plan, int maxBytes) {
        TailLog tail = log.tail();
        long from = tail.startOffset();
        long to = log.syncedEndOffset();
        SegmentRow active = segments.last();
        FileWork.Sealing sealing = null;
        SegmentRoll roll = rolls.nextRoll();
        if (roll != null && roll.endOffset() <= from) {
            if (active != null && !active.sealed() && active.endOffset() == roll.endOffset()) {
                sealing = new FileWork.Sealing(active.baseOffset(), active.lengthBytes(), roll.sections());
                roll = rolls.rollAfterNext();
            } else {
                rolls.rolled(from);
                roll = rolls.nextRoll();
            }
        }
        if (roll != null) {
            to = Math.min(to, roll.endOffset());
        }
        if (to <= from && sealing == null) {
            return null;
        }
        List<TailSlice> slices = new ArrayList<>(4);
        int bytes = to <= from ? 0 : tail.slices(from, to, maxBytes, true, slices);
        SegmentRow open = sealing != null || active == null || active.sealed() ? null : active;
        return new FileWork.Write(
                place,
                sealing,
                open == null ? from : open.baseOffset(),
                open == null ? 0 : open.lengthBytes(),
                slices,
                bytes,
                log.tail().offsetAfter(from, bytes),
                log.config().indexIntervalBytes(),
                plan);
    }
}
