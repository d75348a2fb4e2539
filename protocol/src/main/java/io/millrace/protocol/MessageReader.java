package io.millrace.protocol;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads fields from one buffer on behalf of generated code, trusting nothing.
 *
 * <p>Invariant: {@code index <= limit <= the buffer's writer index}. Every declared length is compared with {@code limit - index}
 * before anything is allocated for it. The limit is the end of the buffer or of the tagged field being read. Used by one call of a
 * message's {@code read}, then dropped.
 *
 * <p>What is decoded is charged, about as the heap counts it, before it is allocated: at most {@value #FREE_BYTES} bytes and
 * {@value #MAX_RATIO} times the message's own size, because two bytes of input can ask for an object; a request, which anybody may
 * send, at most {@value #MAX_REQUEST_BYTES} in all. Records are slices of the frame and cost nothing.
 *
 * <pre>
 *             plain                        compact (flexible versions)
 * string      int16 length, -1 null        unsigned varint length + 1, 0 null
 * bytes       int32 length, -1 null        unsigned varint length + 1, 0 null
 * array       int32 count, -1 null         unsigned varint count + 1, 0 null
 * tags        none                         unsigned varint count, then {varint tag, varint size, bytes}, tags rising
 * </pre>
 */
public final class MessageReader {
    /** Unknown tagged fields one message may carry, in all its structs together. */
    public static final int MAX_UNKNOWN_TAGS = 1_000;

    /** What every message may cost once it is decoded. */
    static final int FREE_BYTES = 4 * 1024 * 1024;
    /** What each of its bytes may cost on top. */
    static final int MAX_RATIO = 16;
    /** What a request may cost, whatever its size: some 50,000 topics or 80,000 partitions. */
    static final int MAX_REQUEST_BYTES = 8 * 1024 * 1024;

    /** A struct in a list: the object, its place in the list, small fields. */
    private static final int ELEMENT_COST = 96;
    /** A string or an array, without its content. */
    private static final int OBJECT_COST = 56;

    private final ByteBuf in;
    private long leftBytes;
    private int index;
    private int limit;
    private int unknownTags;
    private @Nullable ArrayList<BufferRecords> taken;

    /** Reads a request from the buffer's reader index on; moves that index only in {@link #finish()}. */
    public static MessageReader ofRequest(ByteBuf in) {
        return new MessageReader(in, MAX_REQUEST_BYTES);
    }

    /** As {@link #ofRequest}, for what comes from a broker or from our own files. */
    public MessageReader(ByteBuf in) {
        this(in, Long.MAX_VALUE);
    }

    private MessageReader(ByteBuf in, long maxBytes) {
        this.in = in;
        this.leftBytes = Math.min(maxBytes, FREE_BYTES + (long) MAX_RATIO * in.readableBytes());
        this.index = in.readerIndex();
        this.limit = in.writerIndex();
    }

    /** Moves the buffer's reader index after what was read. */
    public void finish() {
        in.readerIndex(index);
    }

    /** Gives back the record slices taken so far, because the message is not going to be returned. */
    public void abandon() {
        if (taken != null) {
            taken.forEach(BufferRecords::release);
        }
    }

    private int take(int bytes, String field) {
        int at = index;
        if (bytes > limit - at) {
            throw malformed("needs " + bytes + " bytes, " + (limit - at) + " left", field);
        }
        index = at + bytes;
        return at;
    }

    private void charge(long bytes, String field) {
        leftBytes -= bytes;
        if (leftBytes < 0) {
            throw malformed("more entries than a message of this size may have: ask for fewer at a time", field);
        }
    }

    private MalformedMessageException malformed(String what, String field) {
        return new MalformedMessageException(what, field, index);
    }

    public byte readByte(String field) {
        return in.getByte(take(1, field));
    }

    public boolean readBoolean(String field) {
        return in.getByte(take(1, field)) != 0;
    }

    public short readShort(String field) {
        return in.getShort(take(2, field));
    }

    public int readUnsignedShort(String field) {
        return in.getUnsignedShort(take(2, field));
    }

    public int readInt(String field) {
        return in.getInt(take(4, field));
    }

    public long readUnsignedInt(String field) {
        return in.getUnsignedInt(take(4, field));
    }

    public long readLong(String field) {
        return in.getLong(take(8, field));
    }

    public double readDouble(String field) {
        return in.getDouble(take(8, field));
    }

    public Uuid readUuid(String field) {
        int at = take(16, field);
        long high = in.getLong(at);
        long low = in.getLong(at + 8);
        return (high | low) == 0 ? Uuid.ZERO : new Uuid(high, low);
    }

    /** Whether a nullable struct follows: a negative byte stands for null. */
    public boolean readPresence(String field) {
        return in.getByte(take(1, field)) >= 0;
    }

    /** Whether a nullable struct follows inside its tagged field, where a varint says so: 0 stands for null. */
    public boolean readTaggedPresence(String field) {
        return readUnsignedVarint(field) != 0;
    }

    /** An unsigned varint of at most 31 bits; every number the protocol writes this way is a length, a count or a tag. */
    public int readUnsignedVarint(String field) {
        int value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            byte next = in.getByte(take(1, field));
            if (shift == 28 && (next & 0xF8) != 0) {
                throw malformed("varint is over 31 bits", field);
            }
            value |= (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw malformed("varint is over 5 bytes", field);
    }

    private int length(boolean compact, boolean nullable, String field) {
        int length = compact ? readUnsignedVarint(field) - 1 : readInt(field);
        if (length == -1) {
            if (!nullable) {
                throw malformed("null where a value is needed", field);
            }
            return -1;
        }
        if (length < 0) {
            throw malformed("negative length " + length, field);
        }
        return length;
    }

    public @Nullable String readString(boolean compact, boolean nullable, String field) {
        int length = compact ? readUnsignedVarint(field) - 1 : readShort(field);
        if (length == -1) {
            if (!nullable) {
                throw malformed("null where a string is needed", field);
            }
            return null;
        }
        if (length < 0 || length > Short.MAX_VALUE) {
            throw malformed("string length " + length + " is not in 0-32767", field);
        }
        int at = take(length, field);
        charge(length == 0 ? 0 : OBJECT_COST + length, field);
        return length == 0 ? "" : in.toString(at, length, StandardCharsets.UTF_8);
    }

    public byte @Nullable [] readBytes(boolean compact, boolean nullable, String field) {
        int length = length(compact, nullable, field);
        if (length < 0) {
            return null;
        }
        int at = take(length, field);
        if (length == 0) {
            return Defaults.NO_BYTES;
        }
        charge(OBJECT_COST + length, field);
        byte[] bytes = new byte[length];
        in.getBytes(at, bytes);
        return bytes;
    }

    /** Records as a retained slice of the frame: nothing is copied. */
    public @Nullable RecordsPayload readRecords(boolean compact, boolean nullable, String field) {
        int length = length(compact, nullable, field);
        if (length < 0) {
            return null;
        }
        int at = take(length, field);
        BufferRecords records = new BufferRecords(in.retainedSlice(at, length));
        if (taken == null) {
            taken = new ArrayList<>(4);
        }
        taken.add(records);
        return records;
    }

    /**
     * The count of an array, -1 for null.
     *
     * @param elementBytes the fewest bytes one element can take, at least 1
     */
    public int readArrayLength(boolean compact, boolean nullable, int elementBytes, String field) {
        int count = count(compact, nullable, elementBytes, field);
        charge(OBJECT_COST + (long) ELEMENT_COST * Math.max(0, count), field);
        return count;
    }

    private int scalarCount(boolean compact, boolean nullable, int elementBytes, String field) {
        int count = count(compact, nullable, elementBytes, field);
        // A value of two bytes may become one of four.
        charge(count <= 0 ? 0 : OBJECT_COST + 2L * elementBytes * count, field);
        return count;
    }

    private int count(boolean compact, boolean nullable, int elementBytes, String field) {
        int count = length(compact, nullable, field);
        if (count > (limit - index) / elementBytes) {
            throw malformed(
                    count + " elements of at least " + elementBytes + " bytes, " + (limit - index) + " bytes left",
                    field);
        }
        return count;
    }

    public byte @Nullable [] readByteArray(boolean compact, boolean nullable, String field) {
        return readBytes(compact, nullable, field);
    }

    public short @Nullable [] readShortArray(boolean compact, boolean nullable, String field) {
        int count = scalarCount(compact, nullable, 2, field);
        if (count <= 0) {
            return count < 0 ? null : Defaults.NO_SHORTS;
        }
        int at = take(count * 2, field);
        short[] array = new short[count];
        for (int i = 0; i < count; i++) {
            array[i] = in.getShort(at + i * 2);
        }
        return array;
    }

    public int @Nullable [] readUnsignedShortArray(boolean compact, boolean nullable, String field) {
        int count = scalarCount(compact, nullable, 2, field);
        if (count <= 0) {
            return count < 0 ? null : Defaults.NO_INTS;
        }
        int at = take(count * 2, field);
        int[] array = new int[count];
        for (int i = 0; i < count; i++) {
            array[i] = in.getUnsignedShort(at + i * 2);
        }
        return array;
    }

    public int @Nullable [] readIntArray(boolean compact, boolean nullable, String field) {
        int count = scalarCount(compact, nullable, 4, field);
        if (count <= 0) {
            return count < 0 ? null : Defaults.NO_INTS;
        }
        int at = take(count * 4, field);
        int[] array = new int[count];
        for (int i = 0; i < count; i++) {
            array[i] = in.getInt(at + i * 4);
        }
        return array;
    }

    public long @Nullable [] readLongArray(boolean compact, boolean nullable, String field) {
        int count = scalarCount(compact, nullable, 8, field);
        if (count <= 0) {
            return count < 0 ? null : Defaults.NO_LONGS;
        }
        int at = take(count * 8, field);
        long[] array = new long[count];
        for (int i = 0; i < count; i++) {
            array[i] = in.getLong(at + i * 8);
        }
        return array;
    }

    /** The number of tagged fields that follow; each takes at least two bytes. */
    public int readTagCount(String struct) {
        int count = readUnsignedVarint(struct);
        if (count > (limit - index) / 2) {
            throw malformed(count + " tagged fields, " + (limit - index) + " bytes left", struct);
        }
        return count;
    }

    /** The next tag number, which must be above the one before. */
    public int readTag(int previous, String struct) {
        int tag = readUnsignedVarint(struct);
        if (tag <= previous) {
            throw malformed("tag " + tag + " after tag " + previous, struct);
        }
        return tag;
    }

    /** Reads the size of a tagged field and narrows the limit to it; returns the limit to restore in {@link #leaveTag}. */
    public int enterTag(String struct) {
        int size = readUnsignedVarint(struct);
        if (size > limit - index) {
            throw malformed("tagged field of " + size + " bytes, " + (limit - index) + " left", struct);
        }
        int outer = limit;
        limit = index + size;
        return outer;
    }

    /** Checks that the tagged field was read to its end and restores the limit. */
    public void leaveTag(int outerLimit, String struct) {
        if (index != limit) {
            throw malformed((limit - index) + " bytes of a tagged field are left over", struct);
        }
        limit = outerLimit;
    }

    /** Skips the tagged field just entered. */
    public void skipUnknownTag(String struct) {
        if (++unknownTags > MAX_UNKNOWN_TAGS) {
            throw malformed("more than " + MAX_UNKNOWN_TAGS + " unknown tagged fields", struct);
        }
        index = limit;
    }

    /** Reads the tagged fields of a struct that knows none. */
    public void skipUnknownTags(String struct) {
        int count = readTagCount(struct);
        int tag = -1;
        for (int i = 0; i < count; i++) {
            tag = readTag(tag, struct);
            int outer = enterTag(struct);
            skipUnknownTag(struct);
            leaveTag(outer, struct);
        }
    }

    /** How many unknown tagged fields were skipped so far. */
    public int unknownTags() {
        return unknownTags;
    }

    /** Slices taken so far and not yet handed over with the message. */
    List<BufferRecords> taken() {
        return taken == null ? List.of() : taken;
    }
}
