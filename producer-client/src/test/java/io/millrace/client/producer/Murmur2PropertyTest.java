package io.millrace.client.producer;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;

/** Keys go where Kafka's clients send them. */
class Murmur2PropertyTest {

    @Property(tries = 5_000)
    void hashesAreKafkas(@ForAll @Size(max = 70) byte[] key) {
        assertThat(Murmur2.hash(key)).isEqualTo(Utils.murmur2(key));
    }

    @Property(tries = 2_000)
    void partitionsAreKafkas(
            @ForAll @Size(max = 40) byte[] key, @ForAll @IntRange(min = 1, max = 1000) int partitions) {
        assertThat(Murmur2.partition(key, partitions))
                .isEqualTo(BuiltInPartitioner.partitionForKey(key, partitions))
                .isBetween(0, partitions - 1);
    }

    @Test
    void everyLengthOfTailIsKafkas() {
        byte[] key = new byte[9];
        java.util.Arrays.fill(key, (byte) 0xFF);
        for (int length = 0; length <= key.length; length++) {
            byte[] prefix = java.util.Arrays.copyOf(key, length);
            assertThat(Murmur2.hash(prefix)).isEqualTo(Utils.murmur2(prefix));
        }
    }
}
