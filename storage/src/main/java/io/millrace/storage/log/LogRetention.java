package io.millrace.storage.log;

import io.millrace.storage.LogConfig;
import io.millrace.storage.disk.DiskException;
import io.millrace.storage.retention.RetentionQueue;
import io.millrace.storage.retention.RetentionRules;
import io.millrace.storage.segment.TimestampMatch;
import io.millrace.storage.tail.TailLog;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Retention of one log: when to decide, and to move the log start as decided. Removing files is a consequence of the log start,
 * once its record is synced. Owner: the log's loop.
 *
 * <p>Looked at when records come into an empty log, when a segment was written, when the configuration changes, and at the
 * deadline that the last look left; between those an idle log costs its entry in the queue.
 */
final class LogRetention {

    private static final Logger LOG = LoggerFactory.getLogger(LogRetention.class);

    /** After a start, logs are looked at over this time and not at once: each look may open a file. */
    private static final int START_SPREAD_SECONDS = 300;

    private static final long START_DELAY_MS = 30_000;
    private static final long AFTER_FAILURE_MS = 60_000;

    private final JournaledLog log;
    private final RetentionQueue.Entry entry;
    private final boolean recovered;
    private boolean decides;
    private boolean lookingUp;

    LogRetention(JournaledLog log, boolean recovered) {
        this.log = log;
        this.recovered = recovered;
        this.entry = new RetentionQueue.Entry(log.logId(), this::look);
    }

    /** Whether this replica decides for itself; one that follows takes its leader's log start. */
    void decides(boolean itself) {
        if (decides == itself) {
            return;
        }
        decides = itself;
        if (!itself) {
            queue().cancel(entry);
        } else if (recovered) {
            queue().at(entry, START_DELAY_MS + 1_000L * Math.floorMod(log.logId(), START_SPREAD_SECONDS));
        } else {
            look();
        }
    }

    private RetentionQueue queue() {
        return log.host().retention();
    }

    void reconfigured() {
        if (decides) {
            look();
        }
    }

    /** Records came: the deadline of the first ones is a lower bound for all of them. */
    void appended() {
        if (entry.isQueued() || !decides || log.config().retentionMs() < 0) {
            return;
        }
        TailLog tail = log.tail();
        long newestMs = tail.maxTimestampAt(tail.endEntry() - 1);
        queue().at(entry, log.config().retentionMs() - Math.max(0, nowMs() - newestMs));
    }

    /** A segment grew or was sealed. */
    void segmentWritten(boolean sealed) {
        if (decides && (sealed || log.config().retentionBytes() >= 0)) {
            look();
        }
    }

    void close() {
        decides = false;
        queue().cancel(entry);
    }

    private void look() {
        if (!decides || lookingUp || log.isClosed()) {
            return;
        }
        // What is damaged, and what lies behind it, stays for whoever repairs it.
        long damagedFrom = log.quarantine().damagedFrom();
        if (log.logStartOffset() >= damagedFrom) {
            queue().cancel(entry);
            return;
        }
        LogConfig config = log.config();
        long unstable = log.firstUnstableOffset();
        long committed = Math.min(Math.min(log.highWatermark(), log.syncedEndOffset()), damagedFrom);
        List<RetentionRules.Part> parts = parts();
        RetentionRules.Outcome outcome = RetentionRules.decide(
                parts, log.logStartOffset(), unstable < 0 ? committed : Math.min(committed, unstable), config, nowMs());
        if (outcome.logStartOffset() > log.logStartOffset()) {
            LOG.info(
                    "event=retention log={} logStart={} was={} retentionMs={} retentionBytes={}",
                    log.identity(),
                    outcome.logStartOffset(),
                    log.logStartOffset(),
                    config.retentionMs(),
                    config.retentionBytes());
            log.logStartTo(outcome.logStartOffset());
            log.events().retained();
        }
        if (log.logStartOffset() >= damagedFrom) {
            queue().cancel(entry);
        } else if (outcome.unknown() >= 0) {
            lookUp(parts.get(outcome.unknown()));
        } else if (outcome.nextMs() == RetentionRules.NEVER) {
            queue().cancel(entry);
        } else {
            queue().at(entry, outcome.nextMs() - nowMs());
        }
    }

    private long nowMs() {
        return log.host().loop().clock().wallMs();
    }

    /** Sealed segments, then the rest in one. */
    private List<RetentionRules.Part> parts() {
        List<RetentionRules.Part> parts = new ArrayList<>();
        LogSegments segments = log.files().segments();
        long openBytes = log.tail().sizeBytes();
        long openNewestMs = tailNewestMs();
        for (int i = 0; i < segments.size(); i++) {
            SegmentRow row = segments.get(i);
            if (row.endOffset() <= log.logStartOffset()) {
                continue;
            }
            if (row.sealed()) {
                parts.add(new RetentionRules.Part(row.endOffset(), row.lengthBytes(), row.maxTimestampMs(), true));
            } else {
                openBytes += row.lengthBytes();
                openNewestMs = Math.max(openNewestMs, row.maxTimestampMs());
            }
        }
        if (log.logEndOffset() > log.logStartOffset() && openBytes > 0) {
            parts.add(new RetentionRules.Part(log.logEndOffset(), openBytes, openNewestMs, false));
        }
        return parts;
    }

    private long tailNewestMs() {
        TailLog tail = log.tail();
        long newestMs = -1;
        for (long entryNumber = tail.firstEntry(); entryNumber < tail.endEntry(); entryNumber++) {
            newestMs = Math.max(newestMs, tail.maxTimestampAt(entryNumber));
        }
        return newestMs;
    }

    /** A segment that was found at start: its newest timestamp is read when it matters. */
    private void lookUp(RetentionRules.Part part) {
        LogSegments segments = log.files().segments();
        SegmentRow row = part.sealed() ? segments.holding(part.endOffset() - 1) : segments.last();
        if (row == null) {
            return;
        }
        lookingUp = true;
        log.host()
                .reader()
                .lookup(
                        log,
                        row,
                        segment -> segment.findMaxTimestamp(
                                row.baseOffset(), row.endOffset(), row.lengthBytes(), row.indexEntries()),
                        (match, segment, failure) -> lookedUp(row, match, failure));
    }

    private void lookedUp(SegmentRow row, @Nullable TimestampMatch match, @Nullable DiskException failure) {
        lookingUp = false;
        if (match != null) {
            log.files().segments().newestKnown(row, match.found() ? match.timestampMs() : -1);
            look();
        } else if (decides && !log.files().segments().has(row.segment())) {
            look();
        } else if (decides) {
            LOG.warn(
                    "event=retention-look-up-failed log={} segment={} cause={} effect=\"tried again in a minute\"",
                    log.identity(),
                    row.baseOffset(),
                    failure == null ? "no answer" : failure.getMessage());
            queue().at(entry, AFTER_FAILURE_MS);
        }
    }
}
