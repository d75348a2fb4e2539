package io.millrace.storage.journal;

/** A journal of this directory was written by another version: this build must not touch it. The message says what to do. */
public final class JournalFormatException extends Exception {

    private static final long serialVersionUID = 1L;

    JournalFormatException(String message) {
        super(message);
    }
}
