package io.millrace.rounds;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The check of the rounds sees what it is there for. */
class GroupRoundsCheckTest {

    private final GroupRoundsCheck check = new GroupRoundsCheck(1);

    @Test
    void aRunAsItShouldBeHasNothingBroken() {
        check.read("P 10 0 0\nR 0 0 100\nR 0 1 106\nC 20 0 2\n");
        check.read("P 30 0 2\nR 0 2 112\nC 40 0 3\nR 0 3 11");
        assertThat(check.missing(0, 3)).isZero();
        assertThat(check.lost(List.of(Map.of(0L, 100L, 1L, 106L, 2L, 112L)))).isZero();
        assertThat(check.unsorted() + check.changed() + check.outOfOrder() + check.wentBack())
                .isZero();
        assertThat(check.duplicatePercent()).isZero();
        assertThat(check.records()).isEqualTo(3);
    }

    @Test
    void aRecordThatNobodyReadIsMissingAndLost() {
        check.read("P 10 0 0\nR 0 0 100\nR 0 2 112\n");
        assertThat(check.missing(0, 4)).isEqualTo(2);
        assertThat(check.outOfOrder()).isEqualTo(1);
        assertThat(check.lost(List.of(Map.of(0L, 100L, 1L, 106L)))).isEqualTo(1);
    }

    @Test
    void anAcknowledgedRecordWithAnotherInItsPlaceIsLost() {
        check.read("P 10 0 0\nR 0 0 106\n");
        assertThat(check.lost(List.of(Map.of(0L, 100L)))).isEqualTo(1);
    }

    @Test
    void aMemberThatReadsWithoutHavingBegunOrBackwardsIsOutOfOrder() {
        check.read("R 0 0 100\nR 0 1 106\nR 0 0 100\n");
        assertThat(check.outOfOrder()).isEqualTo(2);
    }

    @Test
    void anOffsetThatIsReadWithTwoNumbersHasChanged() {
        check.read("P 10 0 0\nR 0 0 100\n");
        check.read("P 20 0 0\nR 0 0 106\n");
        assertThat(check.changed()).isEqualTo(1);
        assertThat(check.duplicatePercent()).isEqualTo(50);
    }

    @Test
    void aNumberThatIsInTheLogTwiceIsUnsorted() {
        check.read("P 10 0 0\nR 0 0 100\nR 0 1 100\n");
        assertThat(check.unsorted()).isEqualTo(1);
    }

    @Test
    void aMemberThatBeginsBehindACommitHasGoneBack() {
        check.read("P 10 0 0\nR 0 0 100\nR 0 1 106\nC 20 0 2\n");
        check.read("P 30 0 1\nR 0 1 106\n");
        assertThat(check.wentBack()).isEqualTo(1);
    }

    @Test
    void aCommitBehindAnotherMembersHasGoneBack() {
        check.read("P 10 0 0\nC 30 0 5\n");
        check.read("C 40 0 4\n");
        assertThat(check.wentBack()).isEqualTo(1);
    }
}
