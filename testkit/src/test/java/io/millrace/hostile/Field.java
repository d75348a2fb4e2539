package io.millrace.hostile;

import java.nio.ByteBuffer;

/** One primitive of an encoded request, in the order of the wire. Immutable; {@code bytes} is never changed. */
@SuppressWarnings({"ArrayRecordComponent", "EnumOrdinal"}) // never compared; the kinds are in order
record Field(Kind kind, byte[] bytes) {

    enum Kind {
        INT8,
        INT16,
        INT32,
        INT64,
        /** Lengths of compact strings and arrays, numbers and lengths of tagged fields. */
        VARINT,
        UUID,
        /** Strings and byte arrays without their length. */
        BYTES,
        RECORDS;

        boolean isNumber() {
            return ordinal() <= INT64.ordinal();
        }
    }

    static Field int16(int value) {
        return new Field(
                Kind.INT16,
                ByteBuffer.allocate(Short.BYTES).putShort((short) value).array());
    }

    static Field int32(int value) {
        return new Field(
                Kind.INT32, ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
    }

    static Field varint(int value) {
        byte[] bytes = new byte[5];
        int length = 0;
        int left = value;
        while ((left & ~0x7F) != 0) {
            bytes[length++] = (byte) ((left & 0x7F) | 0x80);
            left >>>= 7;
        }
        bytes[length++] = (byte) left;
        return new Field(Kind.VARINT, java.util.Arrays.copyOf(bytes, length));
    }

    /** A number of this field's width. */
    Field withNumber(long value) {
        ByteBuffer eight = ByteBuffer.allocate(Long.BYTES).putLong(value);
        return new Field(kind, java.util.Arrays.copyOfRange(eight.array(), Long.BYTES - bytes.length, Long.BYTES));
    }

    long number() {
        long value = 0;
        for (byte each : bytes) {
            value = (value << Byte.SIZE) | (each & 0xFF);
        }
        int unused = Long.SIZE - bytes.length * Byte.SIZE;
        return value << unused >> unused;
    }
}
