package io.millrace.storage.log;

/**
 * What is to be done to a log's files besides writing its tail to them: what was asked for, and what of it may be done. A file
 * may only be touched when a start without the work would do it itself: the record of it is synced, or a durable row shows it.
 * Owner: the log's loop.
 *
 * <pre>
 *   delete   NONE --asked--> ASKED --record synced------------------> allowed --done--> REMOVED
 *   reset    NONE --asked--> ASKED --record synced, or shown by row-> allowed --done--> NONE
 *   cut      see {@link PendingCut}; a reset takes it away
 *   rebuild  NONE --a truncation that the observers cannot follow--> asked and allowed --done--> NONE
 *   remove   NONE --log start synced, or a segment sealed below it--> asked and allowed --done--> NONE
 * </pre>
 *
 * A truncation that reaches below the tail stops appends until the file is cut and the derived state is right again
 * ({@link #isCutting}).
 */
final class FileDuties {

    private static final int NEVER = -1;

    private int plan;
    private boolean deleteAsked;
    private boolean deleteAllowed;
    private boolean removed;
    private boolean resetAsked;
    private boolean resetAllowed;
    private final PendingCut cut = new PendingCut();
    private boolean cutting;
    private boolean rebuildAsked;
    // Contents whose cut or rebuild met damage: it is not tried again.
    private int stuckPlan = NEVER;
    private boolean removeAsked;

    /** Number of the log's contents, see {@link LogFiles#plan}. */
    int plan() {
        return plan;
    }

    void contentsChanged() {
        plan++;
    }

    /** Whether appends wait for a cut or a rebuild. */
    boolean isCutting() {
        return cutting;
    }

    /** Whether files will be cut, or are right now: what look-ups find in them may be half gone. */
    boolean isCutDue() {
        return (cut.isDue() && !isStuck()) || resetAsked || deleteAsked;
    }

    private boolean isStuck() {
        return stuckPlan == plan;
    }

    PendingCut cut() {
        return cut;
    }

    /** Whether the next step of a cut is to be done, be it to wait; false for one that met damage. */
    boolean isCutNext() {
        return cut.isDue() && !isStuck();
    }

    /**
     * What no checkpoint speaks of, such as what a running write adds, may be taken back at once: a start would cut it, too.
     * Anything else waits for its record, for a start without it would miss what is cut.
     *
     * @param checkpointEnd exclusive end of what the checkpoint may speak of
     */
    boolean isCutAllowed(long checkpointEnd) {
        return cut.isRecorded() || cut.endOffset() >= checkpointEnd;
    }

    boolean isRebuildNext() {
        return rebuildAsked && !isStuck();
    }

    /** Whether all segments go. */
    boolean isResetAsked() {
        return resetAsked;
    }

    boolean isResetAllowed() {
        return resetAllowed;
    }

    boolean isDeleteAsked() {
        return deleteAsked;
    }

    boolean isDeleteAllowed() {
        return deleteAllowed;
    }

    /** Whether the log's files are gone. */
    boolean isRemoved() {
        return removed;
    }

    /** Whether there is something that may be done now. */
    boolean isAnyAllowed(long checkpointEnd) {
        return deleteAllowed
                || resetAllowed
                || (isCutNext() && (!cut.isExact() || isCutAllowed(checkpointEnd)))
                || isRebuildNext()
                || removeAsked;
    }

    /** Whether a cut or removal is to be done that the journal has no durable record of. */
    boolean isWaitingForRecord(long checkpointEnd) {
        return (resetAsked && !resetAllowed) || (cut.isDue() && !isCutAllowed(checkpointEnd));
    }

    /**
     * Records of the log are synced.
     *
     * @param controls which, see {@link PendingControls}
     * @param truncationPending whether a later truncation waits for its record
     */
    void synced(int controls, boolean truncationPending) {
        deleteAllowed |= deleteAsked && (controls & PendingControls.DELETED) != 0;
        resetAllowed |= resetAsked && (controls & PendingControls.RESET) != 0;
        // With another truncation waiting, or its place not known yet, the record that was synced is an older one's.
        // A deleted log's later truncations get no record at all.
        if (!deleteAsked && !truncationPending && (controls & PendingControls.TRUNCATED) != 0) {
            cut.recordSynced();
        }
        removeAsked |= (controls & PendingControls.LOG_START) != 0;
    }

    /** A durable row shows the log as it is: a start would do what is due itself. Tells whether anything is. */
    boolean shownByRow() {
        resetAllowed |= resetAsked;
        return resetAllowed || cut.isDue();
    }

    /**
     * @param inTail whether all of the cut lies in the tail
     * @param inFiles whether segments hold some of it, or may when a piece of work has ended
     * @param journalled whether a record of it goes to the journal
     */
    void truncated(long endOffset, boolean inTail, boolean inFiles, boolean journalled) {
        // After a reset all that segments hold goes anyway.
        if (!resetAsked && (!inTail || inFiles)) {
            cutting |= !inTail;
            // What the journal never had is in no segment either.
            cut.asked(endOffset, inTail, !inTail || journalled);
        }
    }

    void rebuildAsked() {
        cutting = true;
        rebuildAsked = true;
    }

    void resetAsked() {
        resetAsked = true;
        resetAllowed = false;
        cut.clear();
        cutting = false;
        rebuildAsked = false;
    }

    void deleteAsked() {
        deleteAsked = true;
    }

    void removeAsked() {
        removeAsked = true;
    }

    /** Whether segments below the log start are to be removed; asked once only. */
    boolean takeRemove() {
        boolean asked = removeAsked;
        removeAsked = false;
        return asked;
    }

    void cutDone() {
        cut.clear();
        cutting = rebuildAsked;
    }

    /** What was to be done to contents of that number met damage. */
    void stuck(int met) {
        stuckPlan = met;
    }

    void rebuilt() {
        rebuildAsked = false;
        cutting = cut.isDue();
    }

    void resetDone() {
        // Another reset since then waits for its own record.
        if (resetAllowed) {
            resetAllowed = false;
            resetAsked = false;
        }
    }

    void deleteDone() {
        removed = true;
    }

    @Override
    public String toString() {
        return cut + " rebuild=" + rebuildAsked + " reset=" + resetAsked + " delete=" + deleteAsked;
    }
}
