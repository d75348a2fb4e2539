package io.millrace.protocol.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Input that unpacks to far more than it is, or claims to, costs neither memory nor time past the limits. */
class DecompressionBombTest {
    private static final int BOMB_BYTES = 96 << 20;
    private static final int STEP_BYTES = 16 * 1024;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @ParameterizedTest
    @EnumSource(value = Codec.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void stopsAtTheByteLimit(Codec codec) throws CorruptCompressionException {
        ByteBuffer bomb = Samples.compress(codec, new byte[BOMB_BYTES]);
        assertStopsAfter(codec, bomb, new DecompressionLimits(4 << 20, Integer.MAX_VALUE), 4 << 20);
    }

    @ParameterizedTest
    @EnumSource(value = Codec.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void stopsAtTheRatio(Codec codec) throws CorruptCompressionException {
        ByteBuffer bomb = Samples.compress(codec, new byte[BOMB_BYTES]);
        long allowed = Math.max(DecompressionLimits.RATIO_FREE_BYTES, 10L * bomb.limit());
        assertStopsAfter(codec, bomb, new DecompressionLimits(Long.MAX_VALUE, 10), allowed);
    }

    @ParameterizedTest
    @EnumSource(Codec.class)
    void smallBatchesOfEqualBytesAreFreeOfTheRatio(Codec codec) throws CorruptCompressionException {
        byte[] zeros = new byte[(int) DecompressionLimits.RATIO_FREE_BYTES];
        ByteBuffer packed = Samples.compress(codec, zeros);
        DecompressionLimits limits = new DecompressionLimits(zeros.length, 1);
        try (Decompressor decompressor = codec.newDecompressor()) {
            decompressor.start(packed, 0, packed.limit(), limits);
            byte[] step = new byte[STEP_BYTES];
            while (decompressor.read(step, 0, STEP_BYTES) >= 0) {}
            assertThat(decompressor.unpackedBytes()).isEqualTo(zeros.length);
        }
    }

    @Test
    void declaredSizesAreNotAllocated() {
        assertRefusedCheaply(Codec.SNAPPY, "ffffffff0f" + "0061"); // a block that says 4 GiB
        assertRefusedCheaply(Codec.SNAPPY, "82534e4150505900" + "0000000100000001" + "7fffffff" + "0061");
        assertRefusedCheaply(Codec.LZ4, "04224d18" + "6070" + "73" + "0000400000"); // blocks of 4 MiB, one declared
        assertRefusedCheaply(Codec.ZSTD, "28b52ffd00" + "ff" + "010000"); // a window of 2^41 * 15 / 8
    }

    private void assertStopsAfter(Codec codec, ByteBuffer bomb, DecompressionLimits limits, long allowedBytes)
            throws CorruptCompressionException {
        byte[] step = new byte[STEP_BYTES];
        try (Decompressor decompressor = codec.newDecompressor()) {
            decompressor.start(bomb, 0, bomb.limit(), limits);
            long before = threads.getCurrentThreadAllocatedBytes();
            assertThatExceptionOfType(CorruptCompressionException.class)
                    .isThrownBy(() -> {
                        while (decompressor.read(step, 0, STEP_BYTES) >= 0) {}
                    })
                    .satisfies(e -> assertThat(e.limitExceeded()).isTrue());
            assertThat(decompressor.unpackedBytes()).isBetween(allowedBytes, allowedBytes + STEP_BYTES);
            assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1 << 20);
        }
    }

    private void assertRefusedCheaply(Codec codec, String hex) {
        ByteBuffer packed = ByteBuffer.wrap(HexFormat.of().parseHex(hex));
        try (Decompressor decompressor = codec.newDecompressor()) {
            Samples.outcome(decompressor, packed); // loads classes
            long before = threads.getCurrentThreadAllocatedBytes();
            assertThat(Samples.outcome(decompressor, packed)).isEqualTo(Samples.Outcome.CORRUPT);
            assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(100_000);
        }
    }
}
