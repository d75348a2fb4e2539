package io.millrace.storage.log;

/** How a log takes its leave, with its store or for good: it takes nothing from then on. Owner: the log's loop. */
final class LogClosing {

    private final JournaledLog log;
    private boolean closed;

    LogClosing(JournaledLog log) {
        this.log = log;
    }

    boolean isClosed() {
        return closed;
    }

    /** What was appended still reaches the segments. */
    void close() {
        closed = true;
        log.compaction().close();
        LogFiles files = log.files();
        // While a cut or rebuild is due the derived state still knows batches that are gone.
        if (!files.isCutting() && (files.need().needsCheckpoint() || log.feed().isPending())) {
            files.rolls().takeSnapshot(log.logEndOffset());
        }
    }

    /** The delete record goes out first, then the files go. */
    void delete() {
        closed = true;
        log.retention().close();
        log.compaction().close();
        log.feed().delete();
        // What is in the running group still goes out; nothing after it but the delete. What the journal holds stays in
        // the tail until the files go: a checkpoint before that still describes the log.
        log.tail().truncateTo(log.ends().collectedEnd());
        log.reads().clear();
        log.observers().cleared();
        log.host().producerExpiry().forget(log);
        log.files().duties().deleteAsked();
    }
}
