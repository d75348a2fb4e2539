package io.millrace.storage.engine;

import io.millrace.protocol.record.BatchFault;
import io.millrace.runtime.metrics.Distribution;
import io.millrace.storage.append.LeaderAppender;
import io.millrace.storage.journal.Journal;
import io.millrace.storage.log.Quarantine;
import io.millrace.storage.log.SegmentReader;
import java.util.EnumMap;

/** What one store counts, for whoever publishes it. Owned by the shard loop, on which it is read. */
public final class StoreCounts {

    private final Journal journal;
    private final SegmentReader reader;
    private final LeaderAppender appender;
    private final WriteBehind writeBehind;
    private long removedSegments;
    private long removedBytes;
    private final EnumMap<Quarantine.FoundBy, Long> damages = new EnumMap<>(Quarantine.FoundBy.class);

    StoreCounts(Journal journal, SegmentReader reader, LeaderAppender appender, WriteBehind writeBehind) {
        this.journal = journal;
        this.reader = reader;
        this.appender = appender;
        this.writeBehind = writeBehind;
    }

    void removed(int segments, long bytes) {
        removedSegments += segments;
        removedBytes += bytes;
    }

    void damageFound(Quarantine.FoundBy by) {
        damages.merge(by, 1L, Long::sum);
    }

    /** Damaged places in segments that were found since the start, by what found them. */
    public long damages(Quarantine.FoundBy by) {
        return damages.getOrDefault(by, 0L);
    }

    /** Nanoseconds that the journal's running write and sync has taken so far, 0 when none runs. */
    public long runningSyncNs() {
        return journal.runningSyncNs();
    }

    public long journalGroups() {
        return journal.syncedGroups();
    }

    public long journalBytes() {
        return journal.writtenBytes();
    }

    /** How long write and sync of each group took together. Grows further: copy it. */
    public Distribution journalSyncNs() {
        return journal.syncNs();
    }

    /** What each group took in the journal. Grows further: copy it. */
    public Distribution journalGroupBytes() {
        return journal.groupBytes();
    }

    /** How often a group waited for a journal file that segments still needed. */
    public long journalFileWaits() {
        return journal.fileWaits();
    }

    /** Bytes that are in the journal and in no segment yet. */
    public long unwrittenBytes() {
        return writeBehind.unwrittenBytes();
    }

    /** Segments kept open for readers. */
    public int openSegments() {
        return reader.openSegments();
    }

    /** Segments closed to make room for others. */
    public long openSegmentEvictions() {
        return reader.evictions();
    }

    /** Segments that went because they lay below their log's start. */
    public long removedSegments() {
        return removedSegments;
    }

    public long removedBytes() {
        return removedBytes;
    }

    /** Appends that were refused for a fault of what the client sent. */
    public long refused(BatchFault fault) {
        return appender.refused(fault);
    }
}
