package io.millrace.storage.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SegmentListTest {

    private final SegmentList segments = new SegmentList();
    private final Path folder = Path.of("t-0");

    @BeforeEach
    void threeSegments() {
        segments.add(Segment.found(folder, 10, 20, 100));
        segments.add(Segment.found(folder, 20, 35, 200));
        Segment active = new Segment(folder, 35);
        active.wrote(new WriteOutcome(50, 40, 7, 0, 1));
        segments.add(active);
    }

    @Test
    void anOffsetIsInTheLastSegmentThatBeginsAtOrBelowIt() {
        assertThat(segments.floor(9)).isEqualTo(-1);
        assertThat(segments.floor(10)).isZero();
        assertThat(segments.floor(19)).isZero();
        assertThat(segments.floor(20)).isEqualTo(1);
        assertThat(segments.floor(1000)).isEqualTo(2);
        assertThat(segments.lengthBytes()).isEqualTo(350);
    }

    @Test
    void onlyWholeSegmentsBelowTheLogStartGo() {
        assertThat(segments.removeBelow(19)).isEmpty();
        assertThat(segments.removeBelow(34)).extracting(Segment::baseOffset).containsExactly(10L);
        assertThat(segments.removeBelow(40)).extracting(Segment::baseOffset).containsExactly(20L);
        assertThat(segments.active()).isNotNull();
    }

    @Test
    void aSealedLastSegmentGoesTooWhenAllOfItIsBelow() {
        segments.get(2).seal();
        assertThat(segments.removeBelow(39)).hasSize(2);
        assertThat(segments.removeBelow(40)).hasSize(1);
        assertThat(segments.isEmpty()).isTrue();
    }

    @Test
    void aTruncationTakesWhatBeginsAtOrAboveIt() {
        assertThat(segments.removeFrom(35)).extracting(Segment::baseOffset).containsExactly(35L);
        assertThat(segments.removeFrom(21)).isEmpty();
        assertThat(segments.removeFrom(0)).hasSize(2);
    }

    @Test
    void segmentsDoNotOverlap() {
        for (long base : List.of(35L, 39L, 0L)) {
            assertThatThrownBy(() -> segments.add(new Segment(folder, base)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void namesAreKafkas() {
        assertThat(SegmentNames.log(folder, 42)).isEqualTo(Path.of("t-0/00000000000000000042.log"));
        assertThat(SegmentNames.baseOffsetOf("00000000000000000042.log")).isEqualTo(42);
        assertThat(SegmentNames.baseOffsetOf("09223372036854775807.log")).isEqualTo(Long.MAX_VALUE);
        assertThat(SegmentNames.baseOffsetOf("09223372036854775808.log")).isEqualTo(-1);
        assertThat(SegmentNames.baseOffsetOf("00000000000000000042.side")).isEqualTo(-1);
        assertThat(SegmentNames.baseOffsetOf("42.log")).isEqualTo(-1);
        assertThat(SegmentNames.baseOffsetOf("0000000000000000004x.log")).isEqualTo(-1);
        assertThat(SegmentNames.isLeftOver("00000000000000000042.log.deleted")).isTrue();
        assertThat(SegmentNames.isLeftOver("00000000000000000042.log")).isFalse();
    }
}
