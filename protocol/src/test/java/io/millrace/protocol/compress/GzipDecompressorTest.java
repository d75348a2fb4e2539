package io.millrace.protocol.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class GzipDecompressorTest {
    // Deflate of no bytes, then the CRC and length of nothing.
    private static final String NOTHING = "0300" + "00000000" + "00000000";

    @Test
    void readsOneMemberAndSeveral() throws IOException {
        byte[] plain = Samples.bytes(300_000, 9, 1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < 3; i++) {
            try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
                gzip.write(plain, i * 100_000, 100_000);
            }
        }
        assertThat(Samples.unpack(Codec.GZIP, out.toByteArray())).isEqualTo(plain);
    }

    @Test
    void skipsOptionalHeaderFields() throws CorruptCompressionException {
        String fixed = "000000000003";
        assertThat(unpack("1f8b0800" + fixed + NOTHING)).isEmpty();
        assertThat(unpack("1f8b0804" + fixed + "0300" + "aabbcc" + NOTHING)).isEmpty();
        assertThat(unpack("1f8b0808" + fixed + "6100" + NOTHING)).isEmpty();
        assertThat(unpack("1f8b0810" + fixed + "00" + NOTHING)).isEmpty();
        assertThat(unpack("1f8b0802" + fixed + "1234" + NOTHING)).isEmpty();
        assertThat(unpack("1f8b081f" + fixed + "0100aa" + "6100" + "6200" + "1234" + NOTHING))
                .isEmpty();
    }

    @Test
    void refusesHeadersOfOtherThings() {
        assertCorrupt("1f8c0800" + "000000000003" + NOTHING, "not a gzip header");
        assertCorrupt("1f8b0700" + "000000000003" + NOTHING, "not a gzip header");
        assertCorrupt("1f8b0820" + "000000000003" + NOTHING, "not a gzip header");
        assertCorrupt("1f8b0804" + "000000000003" + "ffff" + NOTHING, "gzip extra field needs 65535");
        assertCorrupt("1f8b0808" + "000000000003" + "616161", "gzip name");
    }

    @Test
    void verifiesTheTrailer() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(new byte[1000]);
        }
        byte[] packed = out.toByteArray();
        for (int i = 1; i <= 8; i++) {
            byte[] wrong = packed.clone();
            wrong[packed.length - i] ^= 1;
            assertCorrupt(HexFormat.of().formatHex(wrong), "trailer does not match");
        }
        assertCorrupt(HexFormat.of().formatHex(packed) + "00", "gzip header needs 10 bytes");
        assertCorrupt(HexFormat.of().formatHex(Arrays.copyOf(packed, packed.length - 1)), "gzip trailer needs");
    }

    private static byte[] unpack(String hex) throws CorruptCompressionException {
        return Samples.unpack(Codec.GZIP, HexFormat.of().parseHex(hex));
    }

    private static void assertCorrupt(String hex, String message) {
        assertThatExceptionOfType(CorruptCompressionException.class)
                .isThrownBy(() -> unpack(hex))
                .withMessageContaining(message);
    }
}
