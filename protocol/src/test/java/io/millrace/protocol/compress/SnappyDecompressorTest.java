package io.millrace.protocol.compress;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.xerial.snappy.Snappy;
import org.xerial.snappy.SnappyOutputStream;

class SnappyDecompressorTest {
    private static final String FRAME_HEADER = "82534e4150505900" + "00000001" + "00000001";

    @Test
    void readsRawBlocksOfEverySize() throws IOException {
        for (int size : new int[] {0, 1, 60, 61, 300, 65_535, 65_536, 65_537, 131_072, 131_073, 3_000_000}) {
            for (int distinct : new int[] {1, 4, 256}) {
                byte[] plain = Samples.bytes(size, distinct, size);
                assertThat(Samples.unpack(Codec.SNAPPY, Snappy.compress(plain))).isEqualTo(plain);
            }
        }
    }

    @Test
    void readsXerialFramesWithAnyChunkSize() throws IOException {
        byte[] plain = Samples.bytes(500_000, 9, 1);
        for (int chunk : new int[] {1024, 32 * 1024, 64 * 1024, 1 << 20}) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (SnappyOutputStream snappy = new SnappyOutputStream(out, chunk)) {
                snappy.write(plain);
            }
            assertThat(Samples.unpack(Codec.SNAPPY, out.toByteArray())).isEqualTo(plain);
        }
    }

    @Test
    void framesOneAfterAnotherAreOneStream() throws IOException {
        byte[] plain = Samples.bytes(50_000, 9, 1);
        byte[] frame = Samples.compress(Codec.SNAPPY, plain).array();
        int length = Samples.compress(Codec.SNAPPY, plain).limit();
        byte[] twice = Arrays.copyOf(frame, 2 * length);
        System.arraycopy(frame, 0, twice, length, length);
        byte[] expected = Arrays.copyOf(plain, 100_000);
        System.arraycopy(plain, 0, expected, 50_000, 50_000);
        assertThat(Samples.unpack(Codec.SNAPPY, twice)).isEqualTo(expected);
    }

    @Test
    void decodesEveryKindOfElement() throws CorruptCompressionException {
        assertThat(unpack("05" + "10" + "6162636465")).isEqualTo("abcde"); // literal
        assertThat(unpack("0a" + "04" + "6162" + "1102")).isEqualTo("ab".repeat(5)); // copy, 1-byte distance, a run
        assertThat(unpack("06" + "04" + "6162" + "0e0200")).isEqualTo("ab".repeat(3)); // copy, 2-byte distance
        assertThat(unpack("06" + "04" + "6162" + "0f02000000")).isEqualTo("ab".repeat(3)); // copy, 4-byte distance
        assertThat(unpack("02" + "f001" + "6162")).isEqualTo("ab"); // literal, length in 1 byte
        assertThat(unpack("02" + "f40100" + "6162")).isEqualTo("ab"); // in 2
        assertThat(unpack("02" + "f8010000" + "6162")).isEqualTo("ab"); // in 3
        assertThat(unpack("02" + "fc01000000" + "6162")).isEqualTo("ab"); // in 4
        assertThat(unpack("00")).isEmpty();
    }

    @Test
    void refusesWhatIsNotABlock() {
        assertCorrupt("", "ends inside");
        assertCorrupt("8080808080" + "01", "longer than 32 bits");
        assertCorrupt("05" + "10" + "61626364", "longer than its block");
        assertCorrupt("05" + "fcffffffff" + "61", "longer than its block");
        assertCorrupt("06" + "04" + "6162" + "0e0000", "reaches back 0");
        assertCorrupt("06" + "04" + "6162" + "0e0300", "reaches back 3");
        assertCorrupt("06" + "04" + "6162" + "0fffffffff", "reaches back 4294967295");
        assertCorrupt("03" + "04" + "6162", "ends 1 bytes early");
        assertCorrupt("01" + "04" + "6162", "more than it declares");
        assertCorrupt("06" + "04" + "6162" + "0e02", "inside an element");
        assertCorrupt("ffffffff0f" + "04" + "6162", "bytes early");
    }

    @Test
    void refusesWhatIsNotAFrame() {
        assertCorrupt(FRAME_HEADER + "000000", "snappy chunk length");
        assertCorrupt(FRAME_HEADER + "00000000", "chunk length is 0");
        assertCorrupt(FRAME_HEADER + "ffffffff", "chunk length is -1");
        assertCorrupt(FRAME_HEADER + "00000009" + "05106162636465", "snappy chunk needs 9 bytes");
        assertCorrupt("82534e4150505900" + "00000000" + "00000001", "version 0");
    }

    @Test
    void copiesReachBackAtMost64KibibytesEvenIfTheFormatAllowsMore() throws CorruptCompressionException {
        // A literal of 65,537 bytes, then a copy of 4 bytes from 65,536 or 65,537 back.
        byte[] literal = new byte[65_537];
        Arrays.fill(literal, (byte) 'x');
        String head = "858004" + "f8000001" + HexFormat.of().formatHex(literal);
        assertThat(unpack(head + "0f00000100")).hasSize(65_541);
        assertCorrupt(head + "0f01000100", "at most 65536");
    }

    private static String unpack(String hex) throws CorruptCompressionException {
        return new String(Samples.unpack(Codec.SNAPPY, HexFormat.of().parseHex(hex)), US_ASCII);
    }

    private static void assertCorrupt(String hex, String message) {
        assertThatExceptionOfType(CorruptCompressionException.class)
                .isThrownBy(() -> unpack(hex))
                .withMessageContaining(message);
    }
}
