package io.millrace.replication.metadatalog;

import org.jspecify.annotations.Nullable;

/** The metadata log cannot be read or written. The message says what, where, why, and what to do. */
public final class MetadataLogException extends Exception {

    private static final long serialVersionUID = 1L;

    /** What kind of trouble; decides what the process does. */
    public enum Kind {
        /** Bytes that were durable are not what was written. Nothing was cut. */
        CORRUPT,
        /** Written by a newer build. */
        NEWER_FORMAT,
        /** The records contradict the data folder or each other. */
        FOREIGN,
        /** No space left. */
        FULL,
        /** A disk operation failed. */
        FAILED
    }

    private final Kind kind;

    public MetadataLogException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public MetadataLogException(Kind kind, String message) {
        this(kind, message, null);
    }

    public Kind kind() {
        return kind;
    }
}
