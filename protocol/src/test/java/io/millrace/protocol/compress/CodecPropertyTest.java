package io.millrace.protocol.compress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class CodecPropertyTest {
    private static final int OFFSET = 3;

    @Property(tries = 400)
    void whatIsCompressedUnpacksWhateverTheReadsAre(
            @ForAll Codec codec,
            @ForAll @IntRange(min = 0, max = 400_000) int size,
            @ForAll @IntRange(min = 1, max = 256) int distinct,
            @ForAll @IntRange(min = 1, max = 100_000) int readBytes,
            @ForAll boolean direct,
            @ForAll long seed)
            throws CorruptCompressionException {
        byte[] plain = Samples.bytes(size, distinct, seed);
        ByteBuffer packed = Samples.compress(codec, plain);
        ByteBuffer source = direct
                ? ByteBuffer.allocateDirect(packed.limit() + 2 * OFFSET)
                : ByteBuffer.allocate(packed.limit() + 2 * OFFSET);
        source.put(OFFSET, packed, 0, packed.limit());
        byte[] unpacked = new byte[plain.length];
        try (Decompressor decompressor = codec.newDecompressor()) {
            decompressor.start(source, OFFSET, packed.limit(), DecompressionLimits.DEFAULT);
            int done = 0;
            byte[] step = new byte[readBytes];
            for (int read = decompressor.read(step, 0, readBytes);
                    read >= 0;
                    read = decompressor.read(step, 0, readBytes)) {
                System.arraycopy(step, 0, unpacked, done, read);
                done += read;
            }
            assertThat(done).isEqualTo(plain.length);
            assertThat(decompressor.unpackedBytes()).isEqualTo(plain.length);
        }
        assertThat(unpacked).isEqualTo(plain);
    }

    @Property(tries = 200)
    void aDecompressorIsReusableAfterAnyOutcome(@ForAll Codec codec, @ForAll long seed)
            throws CorruptCompressionException {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] plain = Samples.bytes(random.nextInt(100_000), 20, seed);
        ByteBuffer packed = Samples.compress(codec, plain);
        try (Decompressor decompressor = codec.newDecompressor()) {
            Samples.outcome(decompressor, packed.slice(0, random.nextInt(packed.limit() + 1)));
            decompressor.start(packed, 0, packed.limit(), DecompressionLimits.DEFAULT);
            if (random.nextBoolean() && plain.length > 0) {
                assertThat(decompressor.read(new byte[10], 0, 10)).isPositive();
            }
            assertThat(Samples.unpack(decompressor, packed)).isEqualTo(plain);
        }
    }
}
