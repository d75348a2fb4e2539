package io.millrace.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FileDutiesTest {

    private static final long NO_CHECKPOINT = 0;
    private static final long CHECKPOINT_END = 100;

    private final FileDuties duties = new FileDuties();

    @Test
    void aResetWaitsForItsOwnRecordOrARow() {
        duties.synced(PendingControls.RESET, false);
        duties.resetAsked();

        assertThat(duties.isWaitingForRecord(NO_CHECKPOINT)).isTrue();
        assertThat(duties.isResetAllowed()).isFalse();

        assertThat(duties.shownByRow()).isTrue();
        assertThat(duties.isResetAllowed()).isTrue();
    }

    @Test
    void aSecondResetWaitsAgainWhenTheFirstIsDone() {
        duties.resetAsked();
        duties.synced(PendingControls.RESET, false);
        duties.resetAsked();
        duties.resetDone();

        assertThat(duties.isResetAsked()).isTrue();
        assertThat(duties.isResetAllowed()).isFalse();
    }

    @Test
    void aCutOfWhatTheCheckpointSpeaksOfWaitsForItsRecord() {
        duties.truncated(40, true, true, true);

        assertThat(duties.isCutAllowed(CHECKPOINT_END)).isFalse();
        assertThat(duties.isCutAllowed(40)).isTrue();

        duties.synced(PendingControls.TRUNCATED, true);
        assertThat(duties.isCutAllowed(CHECKPOINT_END)).isFalse();
        duties.synced(PendingControls.TRUNCATED, false);
        assertThat(duties.isCutAllowed(CHECKPOINT_END)).isTrue();
    }

    @Test
    void aTruncationInTheTailAloneAsksForNothing() {
        duties.truncated(40, true, false, true);

        assertThat(duties.isCutDue()).isFalse();
        assertThat(duties.isAnyAllowed(NO_CHECKPOINT)).isFalse();
    }

    @Test
    void appendsWaitUntilBothTheCutAndTheRebuildAreDone() {
        duties.truncated(40, false, true, true);
        duties.rebuildAsked();

        duties.cutDone();
        assertThat(duties.isCutting()).isTrue();
        assertThat(duties.isRebuildNext()).isTrue();

        duties.rebuilt();
        assertThat(duties.isCutting()).isFalse();
    }

    @Test
    void aCutThatMetDamageIsNotNextUntilTheContentsChange() {
        duties.truncated(40, false, true, true);
        duties.stuck(duties.plan());

        assertThat(duties.isCutNext()).isFalse();
        assertThat(duties.isCutDue()).isFalse();
        assertThat(duties.isCutting()).isTrue();

        duties.contentsChanged();
        assertThat(duties.isCutNext()).isTrue();
    }

    @Test
    void aDeletedLogHasNoRecordForALaterCut() {
        duties.truncated(40, true, true, true);
        duties.deleteAsked();
        duties.synced(PendingControls.TRUNCATED | PendingControls.DELETED, false);

        assertThat(duties.isDeleteAllowed()).isTrue();
        assertThat(duties.isCutAllowed(CHECKPOINT_END)).isFalse();
    }

    @Test
    void segmentsBelowTheLogStartAreAskedForOnce() {
        duties.synced(PendingControls.LOG_START, false);

        assertThat(duties.takeRemove()).isTrue();
        assertThat(duties.takeRemove()).isFalse();
    }
}
