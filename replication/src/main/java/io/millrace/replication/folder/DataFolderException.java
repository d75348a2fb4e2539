package io.millrace.replication.folder;

import org.jspecify.annotations.Nullable;

/** The data folder cannot be used. The message says what, why, and what to do; no file of it was changed. */
public final class DataFolderException extends Exception {

    private static final long serialVersionUID = 1L;

    /** What is wrong. */
    public enum Reason {
        NOT_A_FOLDER,
        NOT_WRITABLE,
        /** Another process uses it. */
        LOCKED,
        /** Holds files, and nothing says that they are Millrace's. */
        FOREIGN,
        /** Holds Apache Kafka's files. */
        KAFKA,
        NEWER_FORMAT,
        OTHER_NODE,
        OTHER_CLUSTER,
        /** Its identity cannot be read. */
        DAMAGED,
        /** No space left. */
        FULL,
        FAILED
    }

    private final Reason reason;

    DataFolderException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
