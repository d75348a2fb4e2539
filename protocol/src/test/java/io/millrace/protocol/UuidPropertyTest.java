package io.millrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class UuidPropertyTest {

    @Property
    void text_is_kafkas_in_both_directions(@ForAll long high, @ForAll long low) {
        Uuid ours = new Uuid(high, low);
        assertThat(ours.toString()).isEqualTo(new org.apache.kafka.common.Uuid(high, low).toString());
        assertThat(Uuid.parse(ours.toString())).isEqualTo(ours);
    }

    @Property
    void random_bits_make_a_version_4_id(@ForAll long high, @ForAll long low) {
        Uuid id = Uuid.ofRandom(high, low);
        java.util.UUID java = new java.util.UUID(id.mostSignificantBits(), id.leastSignificantBits());
        assertThat(java.version()).isEqualTo(4);
        assertThat(java.variant()).isEqualTo(2);
        assertThat(id.isReserved()).isFalse();
    }

    @Test
    void text_of_another_length_or_alphabet_is_refused() {
        for (String text : new String[] {"", "AAAA", "not base 64 at all!!!!", "A".repeat(23), "A".repeat(200)}) {
            assertThatThrownBy(() -> Uuid.parse(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
