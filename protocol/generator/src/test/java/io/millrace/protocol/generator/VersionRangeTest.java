package io.millrace.protocol.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class VersionRangeTest {

    @Test
    void every_form_of_the_schemas_is_understood() {
        assertThat(VersionRange.parse("none").isEmpty()).isTrue();
        assertThat(VersionRange.parse("3")).isEqualTo(new VersionRange(3, 3));
        assertThat(VersionRange.parse("2-7")).isEqualTo(new VersionRange(2, 7));
        assertThat(VersionRange.parse("4+")).isEqualTo(new VersionRange(4, Short.MAX_VALUE));
        assertThatThrownBy(() -> VersionRange.parse("four")).isInstanceOf(SchemaException.class);
    }

    @Test
    void a_condition_tests_only_the_ends_that_are_in_doubt() {
        VersionRange possible = new VersionRange(2, 9);
        assertThat(VersionRange.parse("0+").condition(possible)).isEqualTo("true");
        assertThat(VersionRange.parse("0-1").condition(possible)).isEqualTo("false");
        assertThat(VersionRange.parse("0-5").condition(possible)).isEqualTo("version <= 5");
        assertThat(VersionRange.parse("5+").condition(possible)).isEqualTo("version >= 5");
        assertThat(VersionRange.parse("4-6").condition(possible)).isEqualTo("version >= 4 && version <= 6");
        assertThat(VersionRange.parse("4").condition(possible)).isEqualTo("version == 4");
    }

    @Test
    void names_become_constants_and_accessors() {
        assertThat(JavaNames.constant("OffsetForLeaderEpoch")).isEqualTo("OFFSET_FOR_LEADER_EPOCH");
        assertThat(JavaNames.accessor("TopicId")).isEqualTo("topicId");
        assertThat(JavaNames.accessor("Size")).isEqualTo("sizeField");
        assertThat(JavaNames.accessor("Class")).isEqualTo("classField");
    }
}
