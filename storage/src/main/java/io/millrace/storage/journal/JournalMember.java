package io.millrace.storage.journal;

/**
 * A log that has something for the journal. Called on the owner loop. A member is in at most one group at a time, because the
 * next group is built only when the last one is synced.
 */
public interface JournalMember {

    /**
     * Adds what is pending to the group, in order, as far as it has room. A batch that {@link GroupBuilder#fits} no file ends
     * that: the member is not enlisted any more then, until {@link #fileFreed}.
     *
     * @return whether nothing is left for a later group
     */
    boolean collect(GroupBuilder group);

    /** Whether somebody waits for {@link #groupWritten} of what it added; if nobody does, it may come with {@link #groupSynced}. */
    boolean awaitsWritten();

    /** What it added to the running group survives a killed process. */
    void groupWritten();

    /** What it added to the running group survives power loss. */
    void groupSynced();

    /** There may be a file now for the batch that fitted none: it is to enlist again. */
    void fileFreed();
}
