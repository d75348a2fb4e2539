package io.millrace.storage.observer;

import io.millrace.protocol.record.RecordBatchView;

/**
 * State derived from a log and nothing else: the same batches give the same state, whether they come as leader, as follower
 * or in replay. Called by the owner of the log (or by the one lane job that rebuilds a fresh observer), in offset order.
 *
 * <pre>
 *   cleared() or restored(section) --> appended()* --> sealed() at any batch boundary
 *                                      truncatedTo(end): true -> go on; false -> cleared()/restored(), appended()* up to end
 * </pre>
 */
public interface LogObserver {

    /** {@link SideSection#type()} of this observer's sections; one observer per type in a log. */
    int sectionType();

    /**
     * A batch is in the log.
     *
     * @param batch as stored; valid during the call, not to be changed
     * @param baseOffset its first offset
     * @param leaderEpoch of the leader that appended it
     */
    void appended(RecordBatchView batch, long baseOffset, int leaderEpoch);

    /**
     * Everything at and above {@code endOffset} is gone.
     *
     * @return true when the state is now what the remaining log gives; false when it cannot know, and must be restored from the
     *     last section at or below {@code endOffset} and fed the batches from there on
     */
    boolean truncatedTo(long endOffset);

    /** Everything below {@code logStartOffset} is out of readers' reach. */
    void logStartMovedTo(long logStartOffset);

    /** The state as of the current log end; not changed by the call. */
    SideSection sealed();

    /**
     * Replaces the state by the one a section holds.
     *
     * @throws DamagedSectionException when the section does not parse; the state is then {@link #cleared()}
     */
    void restored(SideSection section);

    /** Replaces the state by that of an empty log. */
    void cleared();
}
