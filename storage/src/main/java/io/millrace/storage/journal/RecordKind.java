package io.millrace.storage.journal;

import org.jspecify.annotations.Nullable;

/** What a journal record says. The number is on disk. */
public enum RecordKind {
    /** Batches; {@code baseOffset..endOffset}, laid out as in the segment. */
    APPEND(1),
    /** The log now ends at {@code baseOffset}. */
    TRUNCATE(2),
    /** The log now starts at {@code baseOffset}. */
    LOG_START(3),
    /** Binds the log id; bytes: topic id (16), partition (4), topic name (UTF-8, the rest). The log begins at {@code baseOffset}. */
    CREATE(4),
    /** The log is gone and its folder may be removed. */
    DELETE(5),
    /** Everything is dropped; the log is empty and begins at {@code baseOffset}. */
    RESET(6);

    private static final RecordKind[] BY_ID = {null, APPEND, TRUNCATE, LOG_START, CREATE, DELETE, RESET};

    private final byte id;

    RecordKind(int id) {
        this.id = (byte) id;
    }

    public byte id() {
        return id;
    }

    /** Null for a number that this version does not know. */
    public static @Nullable RecordKind byId(byte id) {
        return id > 0 && id < BY_ID.length ? BY_ID[id] : null;
    }
}
