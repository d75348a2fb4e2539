package io.millrace.protocol.record;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One header of a record. Names may repeat within a record and keep their order.
 *
 * @param name text, may be empty, never null
 * @param value any bytes, or null; not copied, so do not change it afterwards
 */
@SuppressWarnings("ArrayRecordComponent") // equality by content is defined below
public record RecordHeader(String name, byte @Nullable [] value) {
    /** Checks that there is a name. Spelled out because a compact constructor's class file loses the nullness of value. */
    public RecordHeader(String name, byte @Nullable [] value) {
        this.name = Objects.requireNonNull(name, "name");
        this.value = value;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RecordHeader that && name.equals(that.name) && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return "RecordHeader[name=" + name + ", valueBytes=" + (value == null ? -1 : value.length) + "]";
    }
}
