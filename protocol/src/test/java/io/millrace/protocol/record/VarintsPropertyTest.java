package io.millrace.protocol.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.kafka.common.utils.ByteUtils;

class VarintsPropertyTest {
    @Property(tries = 2000)
    void varintsReadBackAndMatchKafka(@ForAll int value) {
        ByteBuffer ours = ByteBuffer.allocate(16);
        Varints.writeVarint(ours, value);
        ByteBuffer kafkas = ByteBuffer.allocate(16);
        ByteUtils.writeVarint(value, kafkas);
        assertThat(ours.flip()).isEqualTo(kafkas.flip());
        assertThat(ours.limit()).isEqualTo(Varints.sizeOfVarint(value));
        assertThat(Varints.readVarint(ours)).isEqualTo(value);
        assertThat(ours.hasRemaining()).isFalse();
    }

    @Property(tries = 2000)
    void varlongsReadBackAndMatchKafka(@ForAll long value) {
        ByteBuffer ours = ByteBuffer.allocate(16);
        Varints.writeVarlong(ours, value);
        ByteBuffer kafkas = ByteBuffer.allocate(16);
        ByteUtils.writeVarlong(value, kafkas);
        assertThat(ours.flip()).isEqualTo(kafkas.flip());
        assertThat(ours.limit()).isEqualTo(Varints.sizeOfVarlong(value));
        assertThat(Varints.readVarlong(ours)).isEqualTo(value);
        assertThat(ours.hasRemaining()).isFalse();
    }
}
