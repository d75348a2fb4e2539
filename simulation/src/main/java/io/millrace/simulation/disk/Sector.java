package io.millrace.simulation.disk;

import io.millrace.simulation.TraceHash;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** The unit that a disk writes whole, barring a tear: 512 bytes. Immutable, so copies of a disk share it. */
final class Sector {

    static final int BYTES = 512;
    static final Sector ZERO = new Sector(new byte[BYTES]);

    private final byte[] bytes;
    private long digest;

    private Sector(byte[] bytes) {
        this.bytes = bytes;
    }

    private static Sector of(byte[] bytes) {
        return Arrays.equals(bytes, ZERO.bytes) ? ZERO : new Sector(bytes);
    }

    /** This sector with {@code count} bytes taken from {@code source}. */
    Sector with(int from, int count, ByteBuffer source) {
        byte[] next = bytes.clone();
        source.get(next, from, count);
        return of(next);
    }

    /** The first bytes of {@code other}, the rest of this one. */
    Sector tornBy(Sector other, int firstBytes) {
        byte[] mixed = bytes.clone();
        System.arraycopy(other.bytes, 0, mixed, 0, firstBytes);
        return of(mixed);
    }

    /** Zeros from {@code from} on. */
    Sector cut(int from) {
        byte[] rest = bytes.clone();
        Arrays.fill(rest, from, BYTES, (byte) 0);
        return of(rest);
    }

    Sector flipped(int at, int bit) {
        byte[] rotten = bytes.clone();
        rotten[at] ^= (byte) (1 << bit);
        return of(rotten);
    }

    void copyTo(ByteBuffer target, int from, int count) {
        target.put(bytes, from, count);
    }

    long digest() {
        if (digest == 0) {
            digest = TraceHash.hash(bytes, 0, BYTES) | 1;
        }
        return digest;
    }
}
