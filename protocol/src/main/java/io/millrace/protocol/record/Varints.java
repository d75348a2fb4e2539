package io.millrace.protocol.record;

import java.nio.ByteBuffer;

/**
 * Zigzag variable-length integers as the record format uses them: seven bits per byte, least significant first, the high
 * bit set on every byte but the last; the sign moves to bit 0 so that small negative numbers stay short.
 *
 * <p>Reading refuses encodings longer than the type needs (more than {@link #MAX_VARINT_BYTES} or
 * {@link #MAX_VARLONG_BYTES} bytes, or bits past the type's width); padded ones such as {@code 0x80 0x00} are accepted,
 * as Kafka accepts them.
 */
public final class Varints {
    /** Bytes of the longest 32-bit varint. */
    public static final int MAX_VARINT_BYTES = 5;

    /** Bytes of the longest 64-bit varint. */
    public static final int MAX_VARLONG_BYTES = 10;

    private Varints() {}

    /**
     * Reads a 32-bit zigzag varint at the buffer's position and moves the position past it.
     *
     * @throws CorruptBatchException when the encoding is too long or the buffer ends inside it
     */
    public static int readVarint(ByteBuffer in) {
        int raw = 0;
        for (int shift = 0; shift <= 28; shift += 7) {
            int next = readByte(in);
            if (shift == 28 && (next & 0xF0) != 0) {
                break;
            }
            raw |= (next & 0x7F) << shift;
            if (next >= 0) {
                return decodeZigZag(raw);
            }
        }
        throw new CorruptBatchException("varint is longer than 32 bits, ending at buffer position " + in.position());
    }

    /**
     * Reads a 64-bit zigzag varint at the buffer's position and moves the position past it.
     *
     * @throws CorruptBatchException when the encoding is too long or the buffer ends inside it
     */
    public static long readVarlong(ByteBuffer in) {
        long raw = 0;
        for (int shift = 0; shift <= 63; shift += 7) {
            int next = readByte(in);
            if (shift == 63 && (next & 0xFE) != 0) {
                break;
            }
            raw |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return decodeZigZag(raw);
            }
        }
        throw new CorruptBatchException("varlong is longer than 64 bits, ending at buffer position " + in.position());
    }

    /** Writes a 32-bit zigzag varint at the buffer's position. */
    public static void writeVarint(ByteBuffer out, int value) {
        int raw = (value << 1) ^ (value >> 31);
        while ((raw & ~0x7F) != 0) {
            out.put((byte) (raw | 0x80));
            raw >>>= 7;
        }
        out.put((byte) raw);
    }

    /** Writes a 64-bit zigzag varint at the buffer's position. */
    public static void writeVarlong(ByteBuffer out, long value) {
        long raw = (value << 1) ^ (value >> 63);
        while ((raw & ~0x7FL) != 0) {
            out.put((byte) (raw | 0x80));
            raw >>>= 7;
        }
        out.put((byte) raw);
    }

    /** Bytes that {@link #writeVarint} writes for this value, 1 to 5. */
    public static int sizeOfVarint(int value) {
        int raw = (value << 1) ^ (value >> 31);
        // (38 - leading zeros) / 7 is the byte count for 1..32 significant bits; zero still needs one byte.
        return (38 - Integer.numberOfLeadingZeros(raw | 1)) / 7;
    }

    /** Bytes that {@link #writeVarlong} writes for this value, 1 to 10. */
    public static int sizeOfVarlong(long value) {
        long raw = (value << 1) ^ (value >> 63);
        return (70 - Long.numberOfLeadingZeros(raw | 1)) / 7;
    }

    static int decodeZigZag(int raw) {
        return (raw >>> 1) ^ -(raw & 1);
    }

    static long decodeZigZag(long raw) {
        return (raw >>> 1) ^ -(raw & 1);
    }

    private static int readByte(ByteBuffer in) {
        if (!in.hasRemaining()) {
            throw new CorruptBatchException("bytes end inside a varint at buffer position " + in.position());
        }
        return in.get();
    }
}
