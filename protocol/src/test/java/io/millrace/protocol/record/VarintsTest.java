package io.millrace.protocol.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class VarintsTest {
    @Test
    void sizesChangeAtEverySevenBits() {
        for (int bits = 0; bits < 64; bits++) {
            for (long value : new long[] {1L << bits, (1L << bits) - 1, -(1L << bits), ~(1L << bits)}) {
                ByteBuffer out = ByteBuffer.allocate(Varints.MAX_VARLONG_BYTES);
                Varints.writeVarlong(out, value);
                assertThat(Varints.sizeOfVarlong(value)).as("varlong %d", value).isEqualTo(out.position());
                out.clear();
                Varints.writeVarint(out, (int) value);
                assertThat(Varints.sizeOfVarint((int) value))
                        .as("varint %d", (int) value)
                        .isEqualTo(out.position());
            }
        }
    }

    @Test
    void refusesEncodingsLongerThanTheType() {
        assertCorruptVarint("8080808080" + "01");
        assertCorruptVarint("ffffffff1f");
        assertCorruptVarlong("80808080808080808080" + "01");
        assertCorruptVarlong("ffffffffffffffffff02");
    }

    @Test
    void refusesBytesThatEndInside() {
        assertCorruptVarint("");
        assertCorruptVarint("80");
        assertCorruptVarlong("ffffff");
    }

    @Test
    void acceptsPaddedEncodings() {
        assertThat(Varints.readVarint(hex("8000"))).isZero();
        assertThat(Varints.readVarlong(hex("828000"))).isEqualTo(1);
    }

    private static void assertCorruptVarint(String bytes) {
        assertThatExceptionOfType(CorruptBatchException.class).isThrownBy(() -> Varints.readVarint(hex(bytes)));
    }

    private static void assertCorruptVarlong(String bytes) {
        assertThatExceptionOfType(CorruptBatchException.class).isThrownBy(() -> Varints.readVarlong(hex(bytes)));
    }

    private static ByteBuffer hex(String bytes) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(bytes));
    }
}
