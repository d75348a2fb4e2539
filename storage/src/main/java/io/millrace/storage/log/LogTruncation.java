package io.millrace.storage.log;

import java.util.ArrayDeque;

/**
 * Takes records away from a log: from its end, from its start, or all of them. The journal and the files are told here, in
 * this order; {@link LogFiles} sees to it that no file is touched before the record is synced. Owner: the log's loop.
 */
final class LogTruncation {

    private final JournaledLog log;
    private final LogEnds ends;
    private final JournalFeed feed;
    // By the time of asking; admission bounds how many requests there are.
    private final ArrayDeque<AwaitedStart> awaited = new ArrayDeque<>(0);

    private record AwaitedStart(long offset, Runnable durable) {}

    LogTruncation(JournaledLog log, LogEnds ends, JournalFeed feed) {
        this.log = log;
        this.ends = ends;
        this.feed = feed;
    }

    void truncateTo(long endOffset) {
        if (endOffset >= log.logEndOffset()) {
            return;
        }
        if (endOffset <= ends.logStartOffset()) {
            resetTo(endOffset);
            return;
        }
        boolean inTail = endOffset >= log.tail().startOffset();
        if (inTail) {
            log.tail().truncateTo(endOffset);
        } else {
            log.tail().resetTo(endOffset);
        }
        // May be lower than asked for: a batch goes as a whole.
        long end = log.tail().endOffset();
        if (end < ends.logStartOffset()) {
            // The batch held the log start as well: nothing readable is left.
            resetTo(end);
            return;
        }
        boolean journalled = inTail && end < ends.collectedEnd();
        if (journalled) {
            feed.truncate(end);
        }
        ended(end);
        log.reads().clear();
        log.files().truncated(inTail, journalled, end);
    }

    /** Where a truncation below the tail cuts is known: a batch begins there. Now it goes to the journal. */
    void cutAt(long endOffset) {
        if (endOffset < ends.logStartOffset()) {
            resetTo(endOffset);
            return;
        }
        log.tail().resetTo(endOffset);
        feed.truncate(endOffset);
        ended(endOffset);
    }

    private void ended(long endOffset) {
        ends.clampTo(endOffset);
        feed.generations().clamp(endOffset);
    }

    void resetTo(long offset) {
        feed.reset(offset);
        log.tail().resetTo(offset);
        ends.resetTo(offset);
        log.quarantine().lifted();
        // What was appended is needed no more, but only a row says so: until then a start goes on from the old one.
        feed.generations().clamp(offset);
        log.observers().cleared();
        log.reads().clear();
        log.files().reset(offset);
    }

    void logStartTo(long offset) {
        if (offset <= ends.logStartOffset()) {
            return;
        }
        if (offset > log.logEndOffset()) {
            throw new IllegalArgumentException("log start " + offset + " above log end " + log.logEndOffset());
        }
        ends.logStart(offset);
        if (offset == log.logEndOffset() && !log.files().isCutting()) {
            // So that the file of the last segment goes as well.
            log.files().rolls().rollAt(offset);
        }
        feed.logStart(offset);
        log.observers().logStartMovedTo(offset);
        log.reads().clear();
    }

    void logStartTo(long offset, Runnable durable) {
        logStartTo(offset);
        awaited.add(new AwaitedStart(offset, durable));
        logStartSynced();
    }

    /** Tells those whose log start is durable. */
    void logStartSynced() {
        AwaitedStart first;
        while ((first = awaited.peek()) != null && first.offset <= ends.syncedLogStart()) {
            awaited.remove();
            first.durable.run();
        }
    }
}
