package io.millrace.protocol.oracle;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Damages valid encodings in the ways that broken or hostile peers do. */
final class Mutation {
    private static final byte[][] TELLING_VALUES = {
        {-1, -1, -1, -1},
        {0x7F, -1, -1, -1},
        {-128, 0, 0, 0},
        {-1, -1, -1, -1, 0x07},
        {-1, -1, -1, -1, 0x0F},
        {0, 0, 0, 0},
        {0x7F, -1},
        {-1},
        {0},
        {0x7F},
        {-128, -128, -128, -128, -128, 0},
        {0x00, 0x10, 0x00, 0x00}
    };

    private final SplittableRandom random;

    Mutation(long seed) {
        this.random = new SplittableRandom(seed);
    }

    byte[] of(byte[] valid) {
        byte[] bytes = valid;
        for (int rounds = random.nextInt(8) == 0 ? 3 : 1; rounds > 0; rounds--) {
            bytes = once(bytes);
        }
        return bytes;
    }

    private byte[] once(byte[] bytes) {
        if (bytes.length == 0) {
            return TELLING_VALUES[random.nextInt(TELLING_VALUES.length)].clone();
        }
        int at = random.nextInt(bytes.length);
        return switch (random.nextInt(7)) {
            case 0 -> Arrays.copyOf(bytes, at);
            case 1 -> {
                byte[] changed = bytes.clone();
                changed[at] ^= (byte) (1 << random.nextInt(8));
                yield changed;
            }
            case 2, 3 -> overwrite(bytes, at, TELLING_VALUES[random.nextInt(TELLING_VALUES.length)]);
            case 4 -> splice(bytes, at, at, TELLING_VALUES[random.nextInt(TELLING_VALUES.length)]);
            case 5 -> splice(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(8)), new byte[0]);
            default ->
                splice(bytes, at, at, Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + random.nextInt(64))));
        };
    }

    private static byte[] overwrite(byte[] bytes, int at, byte[] with) {
        byte[] changed = bytes.clone();
        System.arraycopy(with, 0, changed, at, Math.min(with.length, bytes.length - at));
        return changed;
    }

    private static byte[] splice(byte[] bytes, int from, int to, byte[] with) {
        byte[] changed = new byte[bytes.length - (to - from) + with.length];
        System.arraycopy(bytes, 0, changed, 0, from);
        System.arraycopy(with, 0, changed, from, with.length);
        System.arraycopy(bytes, to, changed, from + with.length, bytes.length - to);
        return changed;
    }
}
