package io.millrace.storage.segment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SegmentNamesTest {

    private final Path folder = Path.of("t-0");

    @Test
    void namesAreKafkas() {
        assertThat(SegmentNames.log(folder, 42)).isEqualTo(Path.of("t-0/00000000000000000042.log"));
        assertThat(SegmentNames.baseOffsetOf("00000000000000000042.log")).isEqualTo(42);
        assertThat(SegmentNames.baseOffsetOf("09223372036854775807.log")).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void otherNamesAreNoSegments() {
        assertThat(SegmentNames.baseOffsetOf("09223372036854775808.log")).isEqualTo(-1);
        assertThat(SegmentNames.baseOffsetOf("00000000000000000042.side")).isEqualTo(-1);
        assertThat(SegmentNames.baseOffsetOf("42.log")).isEqualTo(-1);
        assertThat(SegmentNames.baseOffsetOf("0000000000000000004x.log")).isEqualTo(-1);
    }

    @Test
    void leftOversAreKnownByTheirEnd() {
        assertThat(SegmentNames.isLeftOver("00000000000000000042.log.deleted")).isTrue();
        assertThat(SegmentNames.isLeftOver("00000000000000000042.side.tmp")).isTrue();
        assertThat(SegmentNames.isLeftOver("00000000000000000042.log")).isFalse();
    }
}
