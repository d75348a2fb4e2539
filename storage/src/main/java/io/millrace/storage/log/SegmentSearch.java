package io.millrace.storage.log;

import io.millrace.protocol.record.RecordBatchView;
import io.millrace.storage.PartitionLog.OffsetLookup;
import io.millrace.storage.StorageFailure;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.segment.OpenSegment;
import io.millrace.storage.segment.RecordTimes;
import io.millrace.storage.segment.TimestampMatch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Look-ups by time, segment by segment on the I/O pool, then in the tail. The segments are those of the moment of the call, and
 * those that the tail moved to while they were searched; a record that retention takes away meanwhile is an answer like any
 * other. Owner: the log's loop.
 */
final class SegmentSearch {

    private static final long ANY_TIME = Long.MIN_VALUE;

    private final JournaledLog log;
    private final long timestampMs;
    private final long endOffset;
    private final OffsetLookup answer;
    private final int version;
    private List<SegmentRow> rows;
    /** Segments that were there below this were looked at, or need not be. */
    private long searchedTo;

    private final RecordBatchView batch = new RecordBatchView();
    private TimestampMatch best = TimestampMatch.NONE;
    private int next;

    private SegmentSearch(JournaledLog log, long timestampMs, long endOffset, OffsetLookup answer) {
        this.log = log;
        this.timestampMs = timestampMs;
        this.endOffset = endOffset;
        this.answer = answer;
        this.version = log.reads().version();
        this.searchedTo = log.logStartOffset();
        this.rows = log.files().segments().copy();
    }

    /** The first record at or after {@code timestampMs} below {@code endOffset}. */
    static void byTime(JournaledLog log, long timestampMs, long endOffset, OffsetLookup answer) {
        new SegmentSearch(log, timestampMs, endOffset, answer).step();
    }

    /** The first record with the highest timestamp below {@code endOffset}. */
    static void maxTimestamp(JournaledLog log, long endOffset, OffsetLookup answer) {
        new SegmentSearch(log, ANY_TIME, endOffset, answer).step();
    }

    /** When the batch that holds {@code offset} was written. */
    static void timeOf(JournaledLog log, long offset, OffsetLookup answer) {
        if (offset < log.logStartOffset() || offset >= log.logEndOffset()) {
            answer.found(-1, -1, -1);
        } else if (offset >= log.tail().startOffset()) {
            RecordBatchView batch = log.tail().batchAt(log.tail().entryHolding(offset), new RecordBatchView());
            told(TimestampMatch.firstOf(batch), answer);
        } else {
            SegmentRow row = log.files().segments().holding(offset);
            if (row == null) {
                answer.found(-1, -1, -1);
                return;
            }
            log.host()
                    .reader()
                    .lookup(
                            log,
                            row,
                            segment -> segment.findTimeOf(offset, row.lengthBytes(), row.indexEntries()),
                            (match, segment, failure) -> {
                                if (match == null) {
                                    answer.failed(failed(log, failure));
                                } else {
                                    told(match, answer);
                                }
                            });
        }
    }

    private static void told(TimestampMatch match, OffsetLookup answer) {
        answer.found(match.offset(), match.timestampMs(), match.leaderEpoch());
    }

    private static StorageFailure failed(JournaledLog log, @Nullable DiskException failure) {
        return new StorageFailure(
                "look-up by time in " + log.identity() + " failed: "
                        + (failure == null ? "no answer" : failure.getMessage()),
                false);
    }

    private boolean wantsMax() {
        return timestampMs == ANY_TIME;
    }

    private void step() {
        while (next < rows.size()) {
            SegmentRow row = rows.get(next++);
            if (row.baseOffset() >= endOffset) {
                break;
            }
            // A match below the log start would hide a later one of the same segment.
            long from = Math.max(row.baseOffset(), Math.max(searchedTo, log.logStartOffset()));
            long worth = wantsMax() ? best.timestampMs() + 1 : timestampMs;
            if (row.endOffset() <= from || row.maxTimestampMs() < worth) {
                continue;
            }
            if (!log.files().segments().has(row.segment())) {
                // Another file has its name, or none: what this row says would be taken for damage of that.
                anew();
                return;
            }
            log.host().reader().lookup(log, row, segment -> search(row, segment, from), this::searched);
            return;
        }
        searchedTo = Math.max(searchedTo, endOf(rows));
        if (searchedTo < Math.min(log.tail().startOffset(), endOffset)) {
            searchWhatTheTailLeft();
        } else {
            searchTail();
        }
    }

    /** While segments were read, what stood in the tail moved to segments that were not there yet, or were shorter. */
    private void searchWhatTheTailLeft() {
        rows = log.files().segments().copy();
        if (endOf(rows) > searchedTo) {
            next = 0;
            step();
        } else {
            searchTail();
        }
    }

    private static long endOf(List<SegmentRow> rows) {
        return rows.isEmpty() ? -1 : rows.getLast().endOffset();
    }

    /** On the pool. */
    private TimestampMatch search(SegmentRow row, OpenSegment segment, long from) throws DiskException {
        return wantsMax()
                ? segment.findMaxTimestamp(
                        from, Math.min(endOffset, row.endOffset()), row.lengthBytes(), row.indexEntries())
                : segment.findByTime(
                        timestampMs, from, Math.min(endOffset, row.endOffset()), row.lengthBytes(), row.indexEntries());
    }

    private void searched(
            @Nullable TimestampMatch match, @Nullable OpenSegment segment, @Nullable DiskException failure) {
        if (match == null && (version != log.reads().version() || log.files().isSwapRunning())) {
            anew();
            return;
        }
        if (match == null) {
            answer.failed(failed(log, failure));
            return;
        }
        take(match);
        if (best.found() && !wantsMax()) {
            finish();
        } else {
            step();
        }
    }

    /** Segments were replaced or removed under the search: it begins again with those that are there now. */
    private void anew() {
        new SegmentSearch(log, timestampMs, endOffset, answer).step();
    }

    private void searchTail() {
        for (long entry = log.tail().firstEntry(); entry < log.tail().endEntry(); entry++) {
            if (log.tail().endOffsetAt(entry) > endOffset) {
                break;
            }
            long latest = log.tail().maxTimestampAt(entry);
            if (wantsMax() ? latest <= best.timestampMs() : latest < timestampMs) {
                continue;
            }
            log.tail().batchAt(entry, batch);
            take(
                    wantsMax()
                            ? RecordTimes.firstOfLatest(batch, log.logStartOffset())
                            : RecordTimes.firstAtOrAfter(batch, timestampMs, log.logStartOffset()));
            if (best.found() && !wantsMax()) {
                break;
            }
        }
        finish();
    }

    private void take(TimestampMatch match) {
        if (match.found()
                && match.offset() >= log.logStartOffset()
                && (!best.found() || (wantsMax() && match.timestampMs() > best.timestampMs()))) {
            best = match;
        }
    }

    private void finish() {
        answer.found(best.offset(), best.timestampMs(), best.leaderEpoch());
    }
}
