package io.millrace.storage.log;

import io.millrace.storage.LogIdentity;
import io.millrace.storage.journal.GroupBuilder;
import io.millrace.storage.journal.RecordKind;
import io.millrace.storage.journal.RecordLayout;

/**
 * Changes of a log, other than batches, on their way into the journal. A truncation that only takes back what was never
 * collected needs no record; several truncations between two groups fold into the lowest. Owner: the log's loop.
 */
final class PendingControls {

    static final int CREATED = 1;
    static final int RESET = 2;
    static final int TRUNCATED = 4;
    static final int LOG_START = 8;
    static final int DELETED = 16;

    private static final long NONE = -1;
    private static final byte[] NO_BYTES = {};

    private final int logId;
    private boolean create;
    private boolean delete;
    private long resetTo = NONE;
    private long truncateTo = NONE;
    private long logStartTo = NONE;

    PendingControls(int logId) {
        this.logId = logId;
    }

    void create() {
        create = true;
    }

    void delete() {
        delete = true;
    }

    void reset(long offset) {
        resetTo = offset;
        truncateTo = NONE;
        logStartTo = NONE;
    }

    void truncate(long endOffset) {
        truncateTo = truncateTo == NONE ? endOffset : Math.min(truncateTo, endOffset);
    }

    void logStart(long offset) {
        logStartTo = offset;
    }

    boolean isTruncationPending() {
        return truncateTo != NONE;
    }

    /** Adds what must come before the log's batches; returns which kinds were added, or -1 when the group has no room. */
    int collectBefore(GroupBuilder group, LogIdentity identity, long startOffset) {
        byte[] name = create ? RecordLayout.createBytes(identity) : NO_BYTES;
        if (group.roomBytes() < name.length + 4 * RecordLayout.HEADER_BYTES) {
            return -1;
        }
        int added = 0;
        if (create) {
            group.control(RecordKind.CREATE, logId, -1, startOffset, name);
            create = false;
            added |= CREATED;
        }
        if (resetTo != NONE) {
            group.control(RecordKind.RESET, logId, -1, resetTo, NO_BYTES);
            resetTo = NONE;
            added |= RESET;
        }
        if (truncateTo != NONE) {
            group.control(RecordKind.TRUNCATE, logId, -1, truncateTo, NO_BYTES);
            truncateTo = NONE;
            added |= TRUNCATED;
        }
        if (delete) {
            group.control(RecordKind.DELETE, logId, -1, startOffset, NO_BYTES);
            delete = false;
            logStartTo = NONE;
            added |= DELETED;
        }
        return added;
    }

    /** Adds the log start, which may lie above what earlier groups hold, so it follows the batches; -1 without room. */
    int collectAfter(GroupBuilder group) {
        if (logStartTo == NONE) {
            return 0;
        }
        if (group.roomBytes() < RecordLayout.HEADER_BYTES) {
            return -1;
        }
        group.control(RecordKind.LOG_START, logId, -1, logStartTo, NO_BYTES);
        logStartTo = NONE;
        return LOG_START;
    }
}
