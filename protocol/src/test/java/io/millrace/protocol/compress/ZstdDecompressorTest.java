package io.millrace.protocol.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class ZstdDecompressorTest {
    @Test
    void readsStreamsOfEveryLevelEvenWhereTheyDeclareHugeWindows() throws IOException {
        byte[] plain = Samples.bytes(700_000, 9, 1);
        for (int level = 1; level <= 22; level++) {
            byte[] streamed = stream(plain, level, 0);
            assertThat(Samples.unpack(Codec.ZSTD, streamed))
                    .as("level %d", level)
                    .isEqualTo(plain);
        }
        byte[] widest = stream(plain, 3, 27);
        assertThat((widest[5] & 0xFF) >>> 3).as("window exponent of the frame").isEqualTo(17);
        assertThat(Samples.unpack(Codec.ZSTD, widest)).isEqualTo(plain);
    }

    @Test
    void refusesMatchesThatReallyReachFurtherThanTheWindow() throws IOException {
        byte[] noise = Samples.bytes(3_000_000, 256, 5);
        byte[] plain = Arrays.copyOf(noise, 20_000_000);
        System.arraycopy(noise, 0, plain, 17_000_000, noise.length);
        byte[] packed = stream(plain, 3, 27);
        assertThatExceptionOfType(CorruptCompressionException.class)
                .isThrownBy(() -> Samples.unpack(Codec.ZSTD, packed))
                .withMessageContaining("damaged");
    }

    @Test
    void framesOneAfterAnotherAreOneStream() throws IOException {
        byte[] plain = Samples.bytes(100_000, 9, 1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(stream(plain, 3, 27));
        out.write(stream(plain, 22, 0));
        out.write(stream(new byte[0], 3, 0));
        out.write(stream(plain, 3, 0));
        byte[] unpacked = Samples.unpack(Codec.ZSTD, out.toByteArray());
        assertThat(unpacked).hasSize(300_000);
        for (int i = 0; i < 3; i++) {
            assertThat(Arrays.copyOfRange(unpacked, i * 100_000, (i + 1) * 100_000))
                    .isEqualTo(plain);
        }
    }

    @Test
    void verifiesTheContentChecksum() throws IOException {
        byte[] packed;
        try (ZstdCompressCtx context = new ZstdCompressCtx().setChecksum(true)) {
            packed = context.compress(Samples.bytes(1000, 9, 1));
        }
        assertThat(Samples.unpack(Codec.ZSTD, packed)).hasSize(1000);
        packed[packed.length - 1] ^= 1;
        assertCorrupt(packed, "damaged");
    }

    @Test
    void refusesFramesThatWantMoreMemoryThanAllowed() {
        assertCorrupt(HexFormat.of().parseHex("28b52ffd00" + "89" + "010000"), "window of 150994944 bytes");
        // Single segments: content size of 8 MiB and one byte, then of 2^60 bytes, as windows.
        assertCorrupt(HexFormat.of().parseHex("28b52ffda0" + "01008000" + "000000"), "window of 8388609 bytes");
        assertCorrupt(HexFormat.of().parseHex("28b52ffde0" + "0000000000000010" + "000000"), "window of 115292150460");
    }

    @Test
    void refusesDictionariesReservedBitsSkippableFramesAndNothing() {
        assertCorrupt(HexFormat.of().parseHex("28b52ffd21" + "0700"), "dictionary");
        assertCorrupt(HexFormat.of().parseHex("28b52ffd28" + "0700"), "reserved");
        assertCorrupt(HexFormat.of().parseHex("502a4d1804000000" + "00000000"), "not a zstd frame");
        assertCorrupt(new byte[0], "no zstd frame");
        byte[] frame = new byte[20];
        ByteBuffer packed = Samples.compress(Codec.ZSTD, new byte[100]);
        packed.get(0, frame, 0, Math.min(20, packed.limit()));
        assertCorrupt(Arrays.copyOf(frame, packed.limit() + 1), "zstd frame header needs");
    }

    private static byte[] stream(byte[] plain, int level, int windowLog) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZstdOutputStreamNoFinalizer zstd = new ZstdOutputStreamNoFinalizer(out, level)) {
            if (windowLog != 0) {
                zstd.setLong(windowLog);
            }
            zstd.write(plain);
        }
        return out.toByteArray();
    }

    private static void assertCorrupt(byte[] packed, String message) {
        assertThatExceptionOfType(CorruptCompressionException.class)
                .isThrownBy(() -> Samples.unpack(Codec.ZSTD, packed))
                .withMessageContaining(message);
    }
}
