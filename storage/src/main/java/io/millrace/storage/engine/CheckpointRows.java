package io.millrace.storage.engine;

import io.millrace.storage.journal.Journal;
import io.millrace.storage.log.JournalNeed;
import io.millrace.storage.log.JournaledLog;
import io.millrace.storage.log.LogCheckpoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Which logs the next checkpoint has to tell of, and which journal files it frees. Owned by the shard loop.
 *
 * <p>Invariant: what a checkpoint frees is older than everything that any log needs behind it, also the logs without a row in
 * it.
 */
final class CheckpointRows {

    /** What one checkpoint says. */
    record Batch(List<LogCheckpoint> rows, List<Integer> removedLogIds, long oldestLive) {}

    private final Journal journal;
    // In the order in which they began to need the journal, so roughly by oldest generation.
    private final LinkedHashSet<JournaledLog> needing = new LinkedHashSet<>();
    private final LinkedHashSet<JournaledLog> changed = new LinkedHashSet<>();
    private final List<Integer> removedLogIds = new ArrayList<>();

    CheckpointRows(Journal journal) {
        this.journal = journal;
    }

    /** The log has, or will have, something in the journal. */
    void needs(JournaledLog log) {
        needing.add(log);
    }

    /** Every log that has something in the journal. */
    Collection<JournaledLog> needing() {
        return Collections.unmodifiableCollection(needing);
    }

    /** Bytes in the tails of those logs. */
    long unwrittenBytes() {
        long bytes = 0;
        for (JournaledLog log : needing) {
            bytes += log.tail().sizeBytes();
        }
        return bytes;
    }

    /** The log's files changed. */
    void changed(JournaledLog log) {
        changed.add(log);
    }

    /** The log's files are gone. */
    void removed(JournaledLog log) {
        changed.remove(log);
        needing.remove(log);
        removedLogIds.add(log.logId());
    }

    int removedCount() {
        return removedLogIds.size();
    }

    /** Whether there is something to say, apart from what frees journal files. */
    boolean hasNews() {
        if (!removedLogIds.isEmpty()) {
            return true;
        }
        for (JournaledLog log : changed) {
            if (log.files().need().hasRow()) {
                return true;
            }
        }
        return false;
    }

    boolean isEmpty() {
        return needing.isEmpty() && changed.isEmpty() && removedLogIds.isEmpty();
    }

    /** Whether a log that keeps a journal file can go on only behind a row, for its record waits for that very file. */
    boolean anyWantsRow(long wantedBelow) {
        for (JournaledLog log : needing) {
            JournalNeed need = log.files().need();
            if (need.oldestGeneration() < wantedBelow && need.wantsRow()) {
                return true;
            }
        }
        return false;
    }

    /**
     * The oldest generation that would be needed after a checkpoint of everything.
     *
     * @param oldestUnwritten where records that nobody needs yet may still go
     */
    long oldestNeededAfter(long oldestUnwritten) {
        long oldest = oldestUnwritten;
        for (JournaledLog log : needing) {
            oldest = Math.min(oldest, log.files().need().oldestGenerationAfterCheckpoint());
        }
        return oldest;
    }

    /**
     * What to write now.
     *
     * @param wantedBelow logs that need an older generation are told of, others only when they changed
     * @param all whether to tell of every log
     */
    Batch take(long oldestUnwritten, long wantedBelow, boolean all) {
        List<LogCheckpoint> rows = new ArrayList<>();
        long oldest = oldestUnwritten;
        long group = journal.collectingGroup();
        for (JournaledLog log : needing) {
            JournalNeed need = log.files().need();
            if (need.hasRow() && (changed.remove(log) || all || need.oldestGeneration() < wantedBelow)) {
                LogCheckpoint row = need.checkpoint(group);
                rows.add(row);
                oldest = Math.min(oldest, row.oldestGenerationAfter());
            } else {
                oldest = Math.min(oldest, need.oldestGeneration());
            }
        }
        for (Iterator<JournaledLog> rest = changed.iterator(); rest.hasNext(); ) {
            JournalNeed need = rest.next().files().need();
            if (need.hasRow()) {
                rest.remove();
                LogCheckpoint row = need.checkpoint(group);
                rows.add(row);
                oldest = Math.min(oldest, row.oldestGenerationAfter());
            }
        }
        List<Integer> gone = List.copyOf(removedLogIds);
        removedLogIds.clear();
        return new Batch(rows, gone, oldest);
    }

    /** There was no space for it: all of it is due still. */
    void notWritten(Batch batch) {
        for (LogCheckpoint row : batch.rows()) {
            changed.add(row.log());
        }
        removedLogIds.addAll(batch.removedLogIds());
    }

    /** The checkpoint is synced. */
    void written(Batch batch) {
        for (LogCheckpoint row : batch.rows()) {
            row.log().files().need().checkpointed(row);
        }
        needing.removeIf(log -> !log.files().need().needsCheckpoint());
    }

    @Override
    public String toString() {
        StringBuilder text =
                new StringBuilder("changed=" + changed.size() + " removed=" + removedLogIds.size() + " needing=");
        for (JournaledLog log : needing) {
            text.append(log.files()).append(' ');
        }
        return text.toString();
    }
}
