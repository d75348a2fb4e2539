package io.millrace.protocol.compress;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.compress.Samples.Outcome;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Damaged input ends in the one expected exception, or unpacks to something; nothing else, and never without end. */
class CorruptInputTest {
    private static final int ROUNDS = 4_000;

    @ParameterizedTest
    @EnumSource(value = Codec.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void everyTruncationIsNoticed(Codec codec) {
        byte[] plain = Samples.bytes(70_000, 3, 5);
        ByteBuffer packed = Samples.compress(codec, plain);
        try (Decompressor decompressor = codec.newDecompressor()) {
            for (int length = 0; length < packed.limit(); length += length < 200 ? 1 : 97) {
                Outcome outcome = Samples.outcome(decompressor, packed.slice(0, length));
                // Cut between two chunks, a snappy frame is whole: only the record walk can tell.
                if (codec != Codec.SNAPPY) {
                    assertThat(outcome).as("%d of %d", length, packed.limit()).isEqualTo(Outcome.CORRUPT);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = Codec.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void flippedBitsGiveTheExpectedExceptionOrOtherBytes(Codec codec, TestReporter reporter) {
        Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
        SplittableRandom random = new SplittableRandom(42);
        try (Decompressor decompressor = codec.newDecompressor()) {
            for (int round = 0; round < ROUNDS; round++) {
                byte[] plain = Samples.bytes(random.nextInt(1, 3_000), 4, round);
                ByteBuffer packed = Samples.compress(codec, plain);
                for (int flips = random.nextInt(1, 4); flips > 0; flips--) {
                    int at = random.nextInt(packed.limit());
                    packed.put(at, (byte) (packed.get(at) ^ 1 << random.nextInt(8)));
                }
                outcomes.merge(Samples.outcome(decompressor, packed), 1, Integer::sum);
            }
        }
        reporter.publishEntry(codec.name(), outcomes.toString());
        assertThat(outcomes.getOrDefault(Outcome.CORRUPT, 0))
                .as("%s %s", codec, outcomes)
                .isGreaterThan(ROUNDS / 20);
    }

    @ParameterizedTest
    @EnumSource(value = Codec.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void noiseGivesTheExpectedException(Codec codec, TestReporter reporter) {
        Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
        SplittableRandom random = new SplittableRandom(43);
        ByteBuffer frame = Samples.compress(codec, new byte[10]);
        try (Decompressor decompressor = codec.newDecompressor()) {
            for (int round = 0; round < ROUNDS; round++) {
                byte[] noise = new byte[random.nextInt(200)];
                random.nextBytes(noise);
                // Half of them keep a right beginning, so that they get past the header.
                if (round % 2 == 0) {
                    int kept = Math.min(noise.length, random.nextInt(frame.limit()));
                    frame.get(0, noise, 0, kept);
                }
                outcomes.merge(Samples.outcome(decompressor, ByteBuffer.wrap(noise)), 1, Integer::sum);
            }
        }
        reporter.publishEntry(codec.name(), outcomes.toString());
        assertThat(outcomes.getOrDefault(Outcome.CORRUPT, 0))
                .as("%s %s", codec, outcomes)
                .isGreaterThan(ROUNDS / 2);
    }
}
