package io.millrace.storage.log;

import io.millrace.storage.TailSlice;
import io.millrace.storage.journal.GroupBuilder;
import io.millrace.storage.journal.JournalMember;
import io.millrace.storage.tail.TailLog;
import java.util.ArrayList;
import java.util.List;

/**
 * What a log puts into the journal: its batches, gathered from the tail, and its control records. Knows what the running group
 * has of it and which journal files still hold batches of it. Owner: the log's loop.
 */
final class JournalFeed implements JournalMember {

    private final JournaledLog log;
    private final LogEnds ends;
    private final PendingControls controls;
    private final GenerationQueue generations = new GenerationQueue();
    private final List<TailSlice> gathered = new ArrayList<>(4);
    private int controlsInFlight;
    private boolean enlisted;
    // Not enlisted, for its next batch waits for a file of the journal to be made larger.
    private boolean setAside;
    private boolean deleting;
    private boolean creating;

    JournalFeed(JournaledLog log, LogEnds ends) {
        this.log = log;
        this.ends = ends;
        this.controls = new PendingControls(log.logId());
    }

    /** Something is pending: the next group asks for it. */
    void enlist() {
        if (!enlisted) {
            enlisted = true;
            log.host().enlist(this);
        }
    }

    /** Whether something is on its way to the journal. */
    boolean isPending() {
        return enlisted || setAside;
    }

    @Override
    public void fileFreed() {
        setAside = false;
        enlist();
    }

    void create() {
        creating = true;
        controls.create();
        enlist();
    }

    /** Nothing for a log under deletion: the delete record is its last. */
    void truncate(long endOffset) {
        if (!deleting) {
            controls.truncate(endOffset);
            enlist();
        }
    }

    /** Nothing for a log under deletion, as {@link #truncate}. */
    void reset(long offset) {
        if (!deleting) {
            controls.reset(offset);
            enlist();
        }
    }

    void logStart(long offset) {
        controls.logStart(offset);
        enlist();
    }

    void delete() {
        deleting = true;
        controls.delete();
        enlist();
    }

    /** Whether a truncation is still to go to the journal. */
    boolean isTruncationPending() {
        return controls.isTruncationPending();
    }

    /** Whether a power loss would leave no log, because its create record is not synced. */
    boolean isCreating() {
        return creating;
    }

    GenerationQueue generations() {
        return generations;
    }

    @Override
    public boolean collect(GroupBuilder group) {
        int before = controls.collectBefore(group, log.identity(), ends.logStartOffset());
        if (before < 0) {
            return false;
        }
        note(before, group);
        setAside = false;
        boolean complete = collectBatches(group);
        // A log start below what is set aside need not wait for it.
        if (complete || (setAside && ends.logStartOffset() <= ends.collectedEnd())) {
            int after = controls.collectAfter(group);
            note(Math.max(after, 0), group);
            if (after == PendingControls.LOG_START) {
                ends.logStartCollected();
            }
            if (after < 0) {
                // Enlisted for that, and found too large again.
                setAside = false;
                group.takeUnfitBytes();
                complete = false;
            }
        }
        ends.inFlight();
        if (log.files().need().needsCheckpoint()) {
            log.host().needsCheckpoint(log);
        }
        enlisted = !complete && !setAside;
        return complete;
    }

    private void note(int added, GroupBuilder group) {
        if (added != 0) {
            controlsInFlight |= added;
            log.files().need().controlIn(group.generation(), (added & PendingControls.DELETED) != 0);
        }
    }

    private boolean collectBatches(GroupBuilder group) {
        TailLog tail = log.tail();
        long from = ends.collectedEnd();
        while (from < tail.endOffset()) {
            if (!group.fits(tail.sizeAt(tail.entryHolding(from)))) {
                setAside = true;
                return false;
            }
            int bytes = tail.slices(from, tail.endOffset(), group.roomBytes(), group.isEmpty(), gathered);
            if (bytes == 0) {
                return false;
            }
            long end = log.tail().offsetAfter(from, bytes);
            group.append(log.logId(), log.epochs().epochAt(end - 1), from, end, gathered, bytes);
            gathered.clear();
            generations.add(group.generation(), end);
            ends.collected(end);
            from = end;
        }
        return true;
    }

    @Override
    public boolean awaitsWritten() {
        return log.events().awaitsWritten();
    }

    @Override
    public void groupWritten() {
        if (ends.written()) {
            log.events().written();
        }
    }

    @Override
    public void groupSynced() {
        int synced = controlsInFlight;
        controlsInFlight = 0;
        creating &= (synced & PendingControls.CREATED) == 0;
        if ((synced & PendingControls.LOG_START) != 0) {
            ends.logStartSynced();
            log.truncation().logStartSynced();
        }
        boolean moved = ends.synced();
        log.files().synced(synced);
        if (moved || (synced & (PendingControls.RESET | PendingControls.TRUNCATED)) != 0) {
            log.events().synced();
        }
    }
}
