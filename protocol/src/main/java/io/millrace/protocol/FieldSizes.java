package io.millrace.protocol;

import io.netty.buffer.ByteBufUtil;
import org.jspecify.annotations.Nullable;

/**
 * How many bytes a field takes, its length prefix included; called by generated code.
 *
 * <p>{@code compact} chooses the flexible form: lengths are unsigned varints of length + 1, 0 being null. The plain form has an
 * int16 length for strings and an int32 length for everything else, -1 being null. Whether null is allowed is checked when writing.
 */
public final class FieldSizes {
    private FieldSizes() {}

    /** Size of an unsigned varint, 1 to 5 bytes. */
    public static int unsignedVarint(int value) {
        // 7 bits a byte: ceil(significant bits / 7), at least 1.
        return (38 - Integer.numberOfLeadingZeros(value | 1)) / 7;
    }

    public static int string(@Nullable String value, boolean compact, String field) {
        if (value == null) {
            return compact ? 1 : 2;
        }
        int bytes = ByteBufUtil.utf8Bytes(value);
        if (bytes > Short.MAX_VALUE) {
            throw new UnencodableMessageException(field + ": a string of " + bytes + " bytes is over 32767");
        }
        return bytes + (compact ? unsignedVarint(bytes + 1) : 2);
    }

    public static int bytes(byte @Nullable [] value, boolean compact, String field) {
        return value == null ? arrayLength(-1, compact) : arrayLength(value.length, compact) + value.length;
    }

    public static int records(@Nullable RecordsPayload value, boolean compact, String field) {
        if (value == null) {
            return arrayLength(-1, compact);
        }
        int size = value.sizeBytes();
        if (size < 0) {
            throw new UnencodableMessageException(field + ": a payload of " + size + " bytes");
        }
        return arrayLength(size, compact) + size;
    }

    /** Size of the count alone; -1 stands for null. */
    public static int arrayLength(int count, boolean compact) {
        return compact ? unsignedVarint(count + 1) : 4;
    }

    /** Size of an array of fixed-width elements; a count of -1 stands for null. */
    public static int array(int count, int elementBytes, boolean compact) {
        return arrayLength(count, compact) + (count < 0 ? 0 : count * elementBytes);
    }

    /** Size of a whole tagged field: tag, size, value. */
    public static int tag(int tag, int valueBytes) {
        return unsignedVarint(tag) + unsignedVarint(valueBytes) + valueBytes;
    }

    /** Bytes of a payload that writing does not copy. */
    public static int uncopied(@Nullable RecordsPayload value) {
        return value == null || value instanceof BufferRecords ? 0 : value.sizeBytes();
    }

    /** The value, or an exception when it is null where the message needs one. */
    public static <T> T required(@Nullable T value, String field) {
        if (value == null) {
            throw new UnencodableMessageException(field + " must not be null in this version");
        }
        return value;
    }
}
