package io.millrace.protocol;

import java.nio.ByteBuffer;
import java.util.Base64;

/**
 * A 128-bit id as the protocol carries it: two big-endian longs, printed as 22 characters of unpadded URL-safe base64.
 *
 * <p>Immutable. New ids come from a source of randomness the caller owns; see {@link #isReserved()}.
 */
public record Uuid(long mostSignificantBits, long leastSignificantBits) implements Comparable<Uuid> {
    /** No id. */
    public static final Uuid ZERO = new Uuid(0, 0);

    /** The id of the metadata log's topic. */
    public static final Uuid METADATA_TOPIC = new Uuid(0, 1);

    private static final int TEXT_LENGTH = 22;

    /** Parses the 22 characters that {@link #toString()} prints; with or without padding. */
    public static Uuid parse(String text) {
        byte[] bytes;
        try {
            bytes = text.length() > TEXT_LENGTH + 2
                    ? Defaults.NO_BYTES
                    : Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("not an id in URL-safe base64: '" + text + "'", e);
        }
        if (bytes.length != 16) {
            throw new IllegalArgumentException(
                    "an id has " + TEXT_LENGTH + " characters of base64, not '" + text + "'");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new Uuid(buffer.getLong(), buffer.getLong());
    }

    /**
     * The version 4 id made of two random longs. The caller draws again when the result {@link #isReserved() is reserved} or its
     * text starts with a dash, which command lines would take for an option.
     */
    public static Uuid ofRandom(long high, long low) {
        return new Uuid((high & ~0xF000L) | 0x4000L, (low & 0x3FFFFFFFFFFFFFFFL) | 0x8000000000000000L);
    }

    public boolean isZero() {
        return mostSignificantBits == 0 && leastSignificantBits == 0;
    }

    /** Kafka gives the first hundred ids meanings of their own; a topic or directory must not get one. */
    public boolean isReserved() {
        return mostSignificantBits == 0 && leastSignificantBits >= 0 && leastSignificantBits < 100;
    }

    @Override
    public int compareTo(Uuid other) {
        int high = Long.compare(mostSignificantBits, other.mostSignificantBits);
        return high != 0 ? high : Long.compare(leastSignificantBits, other.leastSignificantBits);
    }

    @Override
    public String toString() {
        byte[] bytes = ByteBuffer.allocate(16)
                .putLong(mostSignificantBits)
                .putLong(leastSignificantBits)
                .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
