package io.millrace.storage.journal;

import io.millrace.storage.disk.DiskFile;

/** Told, in the order of writing, what a journal holds. */
public interface JournalVisitor {

    void record(JournalRecord record);

    /**
     * Groups below the durable mark cannot be read: any log of this journal may have lost records here. {@code message} names
     * file and position.
     */
    void damaged(String message);

    /** As {@link #damaged(String)}, with the place. */
    default void damaged(DiskFile file, long filePosition, String message) {
        damaged(message);
    }
}
