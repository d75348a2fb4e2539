package io.millrace.storage.log;

/**
 * How far a log's records have come, and where it starts. Owner: the log's loop.
 *
 * <p>Invariant: {@code logStart <= synced <= written <= inFlight <= collected}, and the log end, which the tail has, is at or
 * above all of them. A truncation clamps every one, the end that the running group will report included.
 */
final class LogEnds {

    private final long recoveredHighWatermark;
    private long logStartOffset;
    private long collectedLogStart;
    private long syncedLogStart;
    private long collectedEnd;
    private long inFlightEnd;
    private long writtenEnd;
    private long syncedEnd;
    private long highWatermark;

    LogEnds(LogStart start) {
        startAt(start.endOffset());
        logStartOffset = start.logStartOffset();
        collectedLogStart = logStartOffset;
        syncedLogStart = logStartOffset;
        recoveredHighWatermark = Math.max(logStartOffset, Math.min(start.highWatermark(), start.endOffset()));
        highWatermark = recoveredHighWatermark;
    }

    private void startAt(long endOffset) {
        collectedEnd = endOffset;
        inFlightEnd = endOffset;
        writtenEnd = endOffset;
        syncedEnd = endOffset;
    }

    long recoveredHighWatermark() {
        return recoveredHighWatermark;
    }

    long logStartOffset() {
        return logStartOffset;
    }

    /** The log start that survives a power loss: segments below it may go. */
    long syncedLogStart() {
        return syncedLogStart;
    }

    /** Exclusive end of what has gone into a group. */
    long collectedEnd() {
        return collectedEnd;
    }

    /** Exclusive end of what survives a killed process. */
    long writtenEnd() {
        return writtenEnd;
    }

    /** Exclusive end of what survives a power loss. */
    long syncedEnd() {
        return syncedEnd;
    }

    long highWatermark() {
        return highWatermark;
    }

    void highWatermark(long offset) {
        highWatermark = offset;
    }

    void logStart(long offset) {
        logStartOffset = offset;
    }

    void collected(long endOffset) {
        collectedEnd = endOffset;
    }

    /** The record of the log start went into a group. */
    void logStartCollected() {
        collectedLogStart = logStartOffset;
    }

    void logStartSynced() {
        syncedLogStart = collectedLogStart;
    }

    /** The running group ends here. */
    void inFlight() {
        inFlightEnd = collectedEnd;
    }

    /** The running group is written; whether that moved the end. */
    boolean written() {
        boolean moved = inFlightEnd > writtenEnd;
        writtenEnd = Math.max(writtenEnd, inFlightEnd);
        return moved;
    }

    /** The running group is synced; whether that moved the end. */
    boolean synced() {
        boolean moved = inFlightEnd > syncedEnd;
        syncedEnd = Math.max(syncedEnd, inFlightEnd);
        return moved;
    }

    /** The log was truncated. */
    void clampTo(long endOffset) {
        collectedEnd = Math.min(collectedEnd, endOffset);
        inFlightEnd = Math.min(inFlightEnd, endOffset);
        writtenEnd = Math.min(writtenEnd, endOffset);
        syncedEnd = Math.min(syncedEnd, endOffset);
        highWatermark = Math.min(highWatermark, endOffset);
    }

    /** The log is empty and begins at {@code offset}. */
    void resetTo(long offset) {
        startAt(offset);
        logStartOffset = offset;
        collectedLogStart = offset;
        syncedLogStart = offset;
        highWatermark = offset;
    }
}
