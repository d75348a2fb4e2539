package io.millrace.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes fields into exactly one buffer on behalf of generated code.
 *
 * <p>The caller sizes the buffer: {@code message.size(version) - message.uncopiedBytes()}. Records that are not {@link BufferRecords}
 * are not written; the writer notes at which writer index each belongs, in order ({@link #splits()}). Does not own the buffer.
 */
public final class MessageWriter {
    /** A payload and the writer index in front of which it belongs. */
    public record Split(int writerIndex, RecordsPayload payload) {}

    private final ByteBuf out;
    private @Nullable ArrayList<Split> splits;

    public MessageWriter(ByteBuf out) {
        this.out = out;
    }

    /** Payloads left out of the buffer, in the order of their places. */
    public List<Split> splits() {
        return splits == null ? List.of() : splits;
    }

    /** A value is set but does not exist in this version. */
    public static UnencodableMessageException absent(String field, short version) {
        return new UnencodableMessageException(field + " is set, but version " + version + " has no such field");
    }

    /** A value is null where the version needs one. */
    public static UnencodableMessageException nullValue(String field) {
        return new UnencodableMessageException(field + " must not be null in this version");
    }

    public void writeByte(byte value) {
        out.writeByte(value);
    }

    public void writeBoolean(boolean value) {
        out.writeByte(value ? 1 : 0);
    }

    public void writeShort(short value) {
        out.writeShort(value);
    }

    public void writeUnsignedShort(int value) {
        if (value < 0 || value > 0xFFFF) {
            throw new UnencodableMessageException(value + " does not fit an unsigned 16-bit field");
        }
        out.writeShort(value);
    }

    public void writeInt(int value) {
        out.writeInt(value);
    }

    public void writeUnsignedInt(long value) {
        if (value < 0 || value > 0xFFFF_FFFFL) {
            throw new UnencodableMessageException(value + " does not fit an unsigned 32-bit field");
        }
        out.writeInt((int) value);
    }

    public void writeLong(long value) {
        out.writeLong(value);
    }

    public void writeDouble(double value) {
        out.writeDouble(value);
    }

    public void writeUuid(@Nullable Uuid value, String field) {
        Uuid id = FieldSizes.required(value, field);
        out.writeLong(id.mostSignificantBits());
        out.writeLong(id.leastSignificantBits());
    }

    public void writeUnsignedVarint(int value) {
        int rest = value;
        while ((rest & ~0x7F) != 0) {
            out.writeByte((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.writeByte(rest);
    }

    /** Writes whether a nullable struct follows; in versions where it is not nullable nothing is written and null is refused. */
    public boolean writePresence(@Nullable Object value, boolean nullable, String field) {
        if (!nullable) {
            FieldSizes.required(value, field);
            return true;
        }
        out.writeByte(value == null ? -1 : 1);
        return value != null;
    }

    /** As {@link #writePresence}, for a struct that is a tagged field. */
    public boolean writeTaggedPresence(@Nullable Object value, boolean nullable, String field) {
        if (!nullable) {
            FieldSizes.required(value, field);
            return true;
        }
        out.writeByte(value == null ? 0 : 1);
        return value != null;
    }

    public void writeString(@Nullable String value, boolean compact, boolean nullable, String field) {
        if (value == null) {
            if (!nullable) {
                throw nullValue(field);
            }
            if (compact) {
                out.writeByte(0);
            } else {
                out.writeShort(-1);
            }
            return;
        }
        int bytes = ByteBufUtil.utf8Bytes(value);
        if (bytes > Short.MAX_VALUE) {
            throw new UnencodableMessageException(field + ": a string of " + bytes + " bytes is over 32767");
        }
        if (compact) {
            writeUnsignedVarint(bytes + 1);
        } else {
            out.writeShort(bytes);
        }
        ByteBufUtil.reserveAndWriteUtf8(out, value, bytes);
    }

    public void writeBytes(byte @Nullable [] value, boolean compact, boolean nullable, String field) {
        if (value == null) {
            writeNullArray(compact, nullable, field);
            return;
        }
        writeArrayLength(value.length, compact);
        out.writeBytes(value);
    }

    /** Copies {@link BufferRecords}; leaves any other payload out and notes its place. */
    public void writeRecords(@Nullable RecordsPayload value, boolean compact, boolean nullable, String field) {
        if (value == null) {
            writeNullArray(compact, nullable, field);
            return;
        }
        writeArrayLength(value.sizeBytes(), compact);
        if (value instanceof BufferRecords records) {
            ByteBuf bytes = records.buffer();
            out.writeBytes(bytes, bytes.readerIndex(), bytes.readableBytes());
            return;
        }
        if (splits == null) {
            splits = new ArrayList<>(8);
        }
        splits.add(new Split(out.writerIndex(), value));
    }

    public void writeArrayLength(int count, boolean compact) {
        if (compact) {
            writeUnsignedVarint(count + 1);
        } else {
            out.writeInt(count);
        }
    }

    public void writeNullArray(boolean compact, boolean nullable, String field) {
        if (!nullable) {
            throw nullValue(field);
        }
        writeArrayLength(-1, compact);
    }

    public void writeByteArray(byte @Nullable [] value, boolean compact, boolean nullable, String field) {
        writeBytes(value, compact, nullable, field);
    }

    public void writeShortArray(short @Nullable [] value, boolean compact, boolean nullable, String field) {
        if (value == null) {
            writeNullArray(compact, nullable, field);
            return;
        }
        writeArrayLength(value.length, compact);
        for (short element : value) {
            out.writeShort(element);
        }
    }

    public void writeUnsignedShortArray(int @Nullable [] value, boolean compact, boolean nullable, String field) {
        if (value == null) {
            writeNullArray(compact, nullable, field);
            return;
        }
        writeArrayLength(value.length, compact);
        for (int element : value) {
            writeUnsignedShort(element);
        }
    }

    public void writeIntArray(int @Nullable [] value, boolean compact, boolean nullable, String field) {
        if (value == null) {
            writeNullArray(compact, nullable, field);
            return;
        }
        writeArrayLength(value.length, compact);
        for (int element : value) {
            out.writeInt(element);
        }
    }

    public void writeLongArray(long @Nullable [] value, boolean compact, boolean nullable, String field) {
        if (value == null) {
            writeNullArray(compact, nullable, field);
            return;
        }
        writeArrayLength(value.length, compact);
        for (long element : value) {
            out.writeLong(element);
        }
    }
}
