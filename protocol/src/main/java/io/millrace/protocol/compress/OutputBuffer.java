package io.millrace.protocol.compress;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Heap bytes that grow as they are written, up to a cap. One owner; kept between uses so that its array is reused.
 * Numbers are big endian unless the method says otherwise.
 */
public final class OutputBuffer {
    private final int maxBytes;
    private byte[] bytes;
    private int size;

    /**
     * @param initialBytes first capacity
     * @param maxBytes the size it may never exceed
     */
    public OutputBuffer(int initialBytes, int maxBytes) {
        if (initialBytes < 1 || maxBytes < initialBytes) {
            throw new IllegalArgumentException("initialBytes=" + initialBytes + ", maxBytes=" + maxBytes);
        }
        this.bytes = new byte[initialBytes];
        this.maxBytes = maxBytes;
    }

    /** Bytes written. */
    public int size() {
        return size;
    }

    /** The most it may hold. */
    public int maxBytes() {
        return maxBytes;
    }

    /** The bytes, valid in {@code [0, size())} until the next write; later writes may move to another array. */
    public byte[] array() {
        return bytes;
    }

    /** Forgets what was written past {@code newSize}, or leaves a gap of old bytes up to it for the caller to fill. */
    public void resize(int newSize) {
        if (newSize > size) {
            reserve(newSize - size);
        }
        size = newSize;
    }

    /** Makes room for {@code more} bytes after {@link #size()}. */
    public void reserve(int more) {
        long needed = (long) size + more;
        if (needed > maxBytes) {
            throw new IllegalStateException("buffer would hold " + needed + " bytes, its cap is " + maxBytes);
        }
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(maxBytes, Math.max(needed, 2L * bytes.length)));
        }
    }

    /** Appends one byte. */
    public void writeByte(int value) {
        reserve(1);
        bytes[size++] = (byte) value;
    }

    /** Appends a range of an array. */
    public void write(byte[] from, int offset, int length) {
        reserve(length);
        System.arraycopy(from, offset, bytes, size, length);
        size += length;
    }

    /** Appends the remaining bytes of a buffer, whose position is not moved. */
    public void write(ByteBuffer from) {
        int length = from.remaining();
        reserve(length);
        from.get(from.position(), bytes, size, length);
        size += length;
    }

    /** Appends 32 bits, most significant byte first. */
    public void writeInt(int value) {
        writeIntLittleEndian(Integer.reverseBytes(value));
    }

    /** Appends 32 bits, least significant byte first. */
    public void writeIntLittleEndian(int value) {
        reserve(4);
        bytes[size++] = (byte) value;
        bytes[size++] = (byte) (value >>> 8);
        bytes[size++] = (byte) (value >>> 16);
        bytes[size++] = (byte) (value >>> 24);
    }

    /** A view of what was written, position 0, valid until the next write. */
    public ByteBuffer view() {
        return ByteBuffer.wrap(bytes, 0, size).slice();
    }
}
