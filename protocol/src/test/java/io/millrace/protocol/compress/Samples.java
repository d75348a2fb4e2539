package io.millrace.protocol.compress;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/** Bytes to compress, and short ways to compress and unpack them, for tests. */
final class Samples {
    private Samples() {}

    /** Bytes with repetitions near and far, over an alphabet of {@code distinct} values. */
    static byte[] bytes(int size, int distinct, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] bytes = new byte[size];
        int done = 0;
        while (done < size) {
            int run = Math.min(size - done, random.nextInt(1, 5_000));
            if (done > 0 && random.nextInt(3) == 0) {
                int from = random.nextInt(done);
                for (int i = 0; i < run; i++) {
                    bytes[done + i] = bytes[from + i];
                }
            } else {
                for (int i = 0; i < run; i++) {
                    bytes[done + i] = (byte) random.nextInt(distinct);
                }
            }
            done += run;
        }
        return bytes;
    }

    static ByteBuffer compress(Codec codec, byte[] plain) {
        return compress(codec, codec.defaultLevel(), plain);
    }

    static ByteBuffer compress(Codec codec, int level, byte[] plain) {
        OutputBuffer out = new OutputBuffer(16, Integer.MAX_VALUE - 8);
        try (Compressor compressor = codec.newCompressor(level)) {
            compressor.compress(plain, 0, plain.length, out);
        }
        return out.view();
    }

    static byte[] unpack(Codec codec, byte[] packed) throws CorruptCompressionException {
        try (Decompressor decompressor = codec.newDecompressor()) {
            return unpack(decompressor, ByteBuffer.wrap(packed));
        }
    }

    static byte[] unpack(Decompressor decompressor, ByteBuffer packed) throws CorruptCompressionException {
        decompressor.start(packed, 0, packed.limit(), DecompressionLimits.DEFAULT);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] step = new byte[10_000];
        for (int read = decompressor.read(step, 0, step.length);
                read >= 0;
                read = decompressor.read(step, 0, step.length)) {
            out.write(step, 0, read);
        }
        return out.toByteArray();
    }

    /** Unpacks and tells how it went; whatever is thrown besides the expected exception goes through. */
    static Outcome outcome(Decompressor decompressor, ByteBuffer packed) {
        try {
            unpack(decompressor, packed);
            return Outcome.UNPACKED;
        } catch (CorruptCompressionException e) {
            return e.limitExceeded() ? Outcome.LIMIT : Outcome.CORRUPT;
        }
    }

    enum Outcome {
        UNPACKED,
        CORRUPT,
        LIMIT
    }
}
