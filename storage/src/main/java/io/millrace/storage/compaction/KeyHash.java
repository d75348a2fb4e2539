package io.millrace.storage.compaction;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * SipHash-2-4 with 128 bits of output: a hash under a secret of 128 bits. Mutable, one owner; allocates nothing.
 *
 * <p>Keys are told apart by their hash alone, so two that share one would cost one of them its record. By chance: among 2^32 keys
 * there are fewer than 2^63 pairs, each of which shares its 128 bits with a chance of 2^-128, so that any does with one below
 * 2^-64. By intent: who does not know the secret can do no better than to try keys, and learns of no hash what it is; the secret is
 * drawn for one pass and never leaves it.
 *
 * <pre>
 *   v0..v3 = secret and constants
 *   every 8 bytes, then what is left with the length in byte 7:  v3 ^= word, two rounds, v0 ^= word
 *   v2 ^= ee, four rounds: the low half;  v1 ^= dd, four rounds: the high half
 * </pre>
 *
 * Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012; 128 bits as in their reference implementation.
 */
final class KeyHash {

    private static final int WORD_BYTES = Long.BYTES;

    private final long secret0;
    private final long secret1;
    private long low;
    private long high;

    KeyHash(long secret0, long secret1) {
        this.secret0 = secret0;
        this.secret1 = secret1;
    }

    /** The first eight bytes of the last hash, as a little-endian number. */
    long low() {
        return low;
    }

    /** The other eight. */
    long high() {
        return high;
    }

    /** Hashes {@code length} bytes from index {@code from}; position and limit of the buffer are not moved. */
    void of(ByteBuffer buffer, int from, int length) {
        int words = length / WORD_BYTES;
        // The bytes of "somepseudorandomlygeneratedbytes".
        long v0 = secret0 ^ 0x736f6d6570736575L;
        long v1 = secret1 ^ 0x646f72616e646f6dL ^ 0xee;
        long v2 = secret0 ^ 0x6c7967656e657261L;
        long v3 = secret1 ^ 0x7465646279746573L;
        // Two steps more than there are words: they take none and give a half each.
        for (int step = 0; step <= words + 2; step++) {
            long word = 0;
            int rounds = 2;
            if (step < words) {
                word = word(buffer, from + step * WORD_BYTES);
            } else if (step == words) {
                word = lastWord(buffer, from, length);
            } else {
                rounds = 4;
                if (step == words + 1) {
                    v2 ^= 0xee;
                } else {
                    low = v0 ^ v1 ^ v2 ^ v3;
                    v1 ^= 0xdd;
                }
            }
            v3 ^= word;
            for (int round = 0; round < rounds; round++) {
                v0 += v1;
                v2 += v3;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 = Long.rotateLeft(v0, 32) + v3;
                v2 += v1;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v2 = Long.rotateLeft(v2, 32);
            }
            v0 ^= word;
        }
        high = v0 ^ v1 ^ v2 ^ v3;
    }

    private static long word(ByteBuffer buffer, int at) {
        long word = buffer.getLong(at);
        return buffer.order() == ByteOrder.BIG_ENDIAN ? Long.reverseBytes(word) : word;
    }

    private static long lastWord(ByteBuffer buffer, int from, int length) {
        long word = (long) length << 56;
        int at = from + length / WORD_BYTES * WORD_BYTES;
        for (int shift = 0; at < from + length; at++, shift += Byte.SIZE) {
            word |= (buffer.get(at) & 0xffL) << shift;
        }
        return word;
    }
}
